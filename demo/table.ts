import type { DemoReport, ReleaseReport } from './report.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const count = (value: number): string => value.toLocaleString('en-US');

const proxyMs = ({ switchMsByProxy }: ReleaseReport, kind: 'gateway' | 'sidecar'): string => {
  const timings = switchMsByProxy.filter(({ proxy }) => proxy.startsWith(kind));
  return timings.length === 0 ? '–' : timings.map(({ ms }) => `${String(Math.round(ms))} ms`).join(', ');
};

const rows: readonly (readonly [string, (release: ReleaseReport) => string])[] = [
  ['slot', ({ slot }) => slot],
  ['outcome', ({ outcome }) => (outcome === 'live' ? 'live' : 'rolled back by itself')],
  ['time to deploy', ({ deployMs }) => seconds(deployMs)],
  ['time to verify', ({ verifyMs }) => seconds(verifyMs)],
  ['patch to 100 %, each gateway', (release) => proxyMs(release, 'gateway')],
  ["patch to 100 %, caller's sidecar", (release) => proxyMs(release, 'sidecar')],
  ['requests during the switch', ({ switchRequests }) => count(switchRequests)],
  [
    'reached it before the switch',
    ({ reachedEarly: { outside, inside } }) => `${count(outside)} from outside, ${count(inside)} from inside`,
  ],
  ['requests in all', ({ requests }) => count(requests)],
  ['failed requests', ({ failedRequests }) => count(failedRequests)],
  [
    'first bad answer to the last',
    ({ firstBadToLastBadMs }) => (firstBadToLastBadMs === null ? 'none' : seconds(firstBadToLastBadMs)),
  ],
  ['serves now', ({ servesNow }) => `${servesNow.version} in ${servesNow.slot}`],
];

/** The releases side by side, one measure a line. */
export function renderTable({ releases }: DemoReport): string {
  const cells = [
    ['', ...releases.map(({ version }) => version)],
    ...rows.map(([title, cell]) => [title, ...releases.map(cell)]),
  ];
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  │ ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('──┼─');
  return [lines[0] ?? '', rule, ...lines.slice(1)].join('\n');
}
