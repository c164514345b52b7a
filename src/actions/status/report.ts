import type { Status } from '../../domain/status/status.ts';
import { formatSplit } from '../../domain/split.ts';
import { ago, forHowLong, proxyName, servesWhat, slotRows } from '../../domain/status/text.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';

interface Tools {
  readonly outputs: Outputs;
  readonly summary: Summary;
}

/** Outputs for later steps, and the page that a manager reads. */
export function report(status: Status, { outputs, summary }: Tools): void {
  const { health, live, split, serving, proxies, proxiesAgree, findings, next } = status;
  outputs.set('health', health);
  outputs.set('serving', serving);
  outputs.set('live', live ?? '');
  outputs.set('split', split === null ? '' : formatSplit(split));
  outputs.set('json', JSON.stringify(status));

  summary.heading(`${status.service}: ${serving}`);
  const [header = [], ...rows] = slotRows(status);
  summary.table(
    header.map((name) => name.toLowerCase()),
    rows,
  );
  summary.facts(releaseFacts(status));
  if (proxiesAgree === false) {
    summary.table(
      ['proxy', 'serves', 'as the API server has it'],
      proxies.map((proxy) => [proxyName(proxy), servesWhat(proxy), proxy.difference ?? 'yes']),
    );
  }
  if (findings.length > 0) {
    summary.table(
      ['', 'what', 'what to do'],
      findings.map(({ severity, what, remedy }) => [severity, what, remedy]),
    );
  }
  if (next.length === 0) return;
  summary.table(
    ['next', 'why'],
    next.map(({ command, why }) => [command, why]),
  );
}

function releaseFacts({
  release,
  lease,
  proxies,
  proxiesAgree,
  at,
}: Status): readonly (readonly [string, string])[] {
  const rows: (readonly [string, string])[] = [];
  if (proxiesAgree === true) {
    rows.push(['proxies', `all ${String(proxies.length)} serve what the API server has`]);
  }
  if (lease !== null) rows.push(['lease', `held by ${lease.title}, for ${ago(lease.since, at)}`]);
  if (release === null) return [...rows, ['release', 'none on record']];
  const { id, candidate, phase, slots, verdicts } = release;
  rows.push([
    'release',
    `${slots[candidate]?.version ?? 'a version'} in ${candidate} is ${phase}${forHowLong(release, at)} (${id})`,
  ]);
  for (const kind of ['verify', 'monitor'] as const) {
    const verdict = verdicts[kind];
    if (verdict !== undefined) rows.push([kind, `${verdict.verdict}: ${verdict.reason}`]);
  }
  return rows;
}
