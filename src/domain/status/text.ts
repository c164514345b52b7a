import { shortDigest } from '../digest.ts';
import type { Release } from '../release/release.ts';
import { otherSlot } from '../slot.ts';
import type { Slot } from '../slot.ts';
import { formatSplit } from '../split.ts';
import type { Status } from './status.ts';
import type { ProxyStatus, SlotStatus } from './facts.ts';

/** How a word is made to stand out; without colours, not at all. */
export interface Paint {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly command: (text: string) => string;
}

const same = (text: string): string => text;
export const plain: Paint = { strong: same, faint: same, good: same, bad: same, command: same };

/** As a person reads it at a terminal: what serves, the slots, the proxies, the release, what is wrong, what to type. */
export function statusLines(status: Status, paint: Paint): readonly string[] {
  const { service, namespace, serving, health } = status;
  const title = `${paint.strong(service)} in ${namespace}: ${health === 'well' ? paint.good(serving) : paint.bad(serving)}`;
  return [
    title,
    '',
    ...aligned(slotRows(status), paint),
    '',
    ...proxyLines(status, paint),
    ...releaseLines(status, paint),
    ...findingLines(status, paint),
    ...nextLines(status, paint),
  ];
}

/** The live slot first. */
export const slotRows = (status: Status): readonly (readonly string[])[] => {
  const first: Slot = status.live ?? 'blue';
  return [
    ['SLOT', 'ROLE', 'USERS', 'VERSION', 'READY', 'IMAGE', 'ROLLED OUT'],
    ...[first, otherSlot(first)].map((slot) => slotRow(status.slots[slot], status.at)),
  ];
};

const none = '-';

const slotRow = (slot: SlotStatus, at: string): readonly string[] => [
  slot.slot,
  slot.role,
  slot.percent === null ? '?' : `${String(slot.percent)} %`,
  slot.versions.join(', ') || none,
  slot.role === 'empty' ? none : `${String(slot.ready)}/${String(slot.wanted ?? slot.pods)}`,
  slot.digests.map(shortDigest).join(', ') || none,
  slot.rolledOutAt === null ? none : `${ago(slot.rolledOutAt, at)} ago`,
];

export const proxyName = ({ kind, namespace, pod }: ProxyStatus): string =>
  `${kind === 'gateway' ? 'gateway' : 'caller'} ${namespace}/${pod}`;

export const servesWhat = ({ splits, difference }: ProxyStatus): string =>
  splits.length === 0 ? `? ${difference ?? ''}` : splits.map(formatSplit).join(' and ');

/** One line when they are of one mind; a table when they are not. */
function proxyLines({ proxies, proxiesAgree, split }: Status, paint: Paint): readonly string[] {
  if (proxies.length === 0) return [];
  const gateways = proxies.filter(({ kind }) => kind === 'gateway').length;
  const count = `${plural(gateways, 'gateway')} and ${plural(proxies.length - gateways, 'caller')}`;
  if (proxiesAgree === true) {
    const what = split === null ? 'what the API server has' : formatSplit(split);
    return [`${paint.good('proxies')}  ${count} serve ${what}, as the API server has it`];
  }
  const rows = proxies.map((proxy) => [
    proxyName(proxy),
    servesWhat(proxy),
    proxy.difference === null ? 'as the API server' : 'NOT as the API server',
  ]);
  const api = split === null ? 'no single split' : formatSplit(split);
  return [
    paint.bad(`the proxies do not all serve what the API server has (${api}):`),
    ...aligned([['PROXY', 'SERVES', ''], ...rows], paint),
  ];
}

function releaseLines({ release, lease, at }: Status, paint: Paint): readonly string[] {
  const held = lease === null ? [] : [`lease    held by ${lease.title}, for ${ago(lease.since, at)}`];
  if (release === null) return [...held, `release  ${paint.faint('none on record')}`];
  const { id, phase, verdicts, runUrl, actor } = release;
  const last = release.timeline.at(-1);
  const verdictLines = (['verify', 'monitor'] as const).flatMap((kind) => {
    const verdict = verdicts[kind];
    return verdict === undefined ? [] : [`         ${kind}: ${verdict.verdict}, ${verdict.reason}`];
  });
  const from = [actor === null ? [] : [`by ${actor}`], runUrl === null ? [] : [runUrl]].flat().join(', ');
  return [
    ...held,
    `release  ${paint.strong(`${versionOf(release)} in ${release.candidate}`)} is ${paint.strong(phase)}${forHowLong(release, at)}${last?.phase === phase ? `: ${last.note}` : ''}`,
    ...verdictLines,
    `         ${paint.faint([id, from].filter((part) => part !== '').join(', '))}`,
  ];
}

const versionOf = ({ slots, candidate }: Release): string => slots[candidate]?.version ?? 'a version';

/** ` for 12 min`. A phase that only the routes tell (`asFound`) was entered by no entry. */
export function forHowLong({ timeline, phase }: Release, now: string): string {
  const before = timeline.findLastIndex((entry) => entry.phase !== phase);
  const since = timeline[before + 1]?.at;
  if (since !== undefined) return ` for ${ago(since, now)}`;
  return timeline.length === 0 ? '' : ', by its routes: its last entry does not say so yet';
}

const findingLines = ({ findings }: Status, paint: Paint): readonly string[] =>
  findings.length === 0
    ? []
    : [
        '',
        ...findings.flatMap(({ severity, what, remedy }) => [
          `${severity === 'wrong' ? paint.bad('wrong') : 'note '}  ${indented(what)}`,
          `       ${paint.faint(indented(remedy))}`,
        ]),
      ];

const indented = (text: string): string => text.replaceAll('\n', '\n       ');

function nextLines({ next }: Status, paint: Paint): readonly string[] {
  const width = Math.max(...next.map(({ command }) => command.length));
  return next.length === 0
    ? []
    : [
        '',
        ...next.map(
          ({ command, why }, index) =>
            `${index === 0 ? 'next' : '    '}  ${paint.command(command)}${' '.repeat(width - command.length)}  ${paint.faint(why)}`,
        ),
      ];
}

const plural = (count: number, word: string): string => `${String(count)} ${word}${count === 1 ? '' : 's'}`;

/** Columns under each other; the first row is the heading. */
function aligned(rows: readonly (readonly string[])[], paint: Paint): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row, index) => {
    const line = row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
    return index === 0 ? paint.faint(line) : line;
  });
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** `12 min`: how long before another moment something was. */
export function ago(since: string, at: string): string {
  const ms = Math.max(0, Date.parse(at) - Date.parse(since));
  const [unit, length] = units.find(([, one]) => ms >= one) ?? ['s', 1_000];
  return Number.isFinite(ms) ? `${String(Math.floor(ms / length))} ${unit}` : 'an unknown time';
}
