import type { RollbackTarget } from '../../domain/release/rollbackTarget.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import type { LeaseHolder } from '../../domain/release/lease.ts';
import { all, formatSplit } from '../../domain/split.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import type { Moved } from '../../mesh/moveTraffic.ts';
import { formatProxy } from '../../mesh/proxies/podView.ts';
import { servingNow } from '../../mesh/proxies/servingNow.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';

interface Result {
  readonly target: RollbackTarget;
  readonly before: string;
  readonly moved: Moved;
  /** From the start of the work until every proxy served it. */
  readonly tookMs: number;
  readonly interrupted: LeaseHolder | null;
}

interface Tools {
  readonly name: ServiceName;
  readonly mesh: Mesh;
  readonly log: Log;
  readonly outputs: Outputs;
  readonly summary: Summary;
}

/** The last line says what serves the users. */
export async function report(result: Result, { name, mesh, log, outputs, summary }: Tools): Promise<void> {
  const { target, before, moved, tookMs, interrupted } = result;
  const { changed } = moved;
  const split = formatSplit(all(target.slot));
  const ms = Math.round(tookMs);
  const timings = moved.proof.proxies
    .map((one) => ({ proxy: formatProxy(one.proxy), ms: Math.round(one.ms) }))
    .toSorted((a, b) => b.ms - a.ms);
  log.group(
    changed
      ? `${split}: served by all ${String(timings.length)} proxies ${String(ms)} ms after the decision, ${String(Math.round(moved.proof.worstMs))} ms after the patch`
      : `${split} already: nothing was written, all ${String(timings.length)} proxies serve it`,
    timings.map((one) => `${one.proxy}: ${String(one.ms)} ms`),
  );
  const serving = await servingNow(mesh, name).catch(
    (error: unknown) => `${split}, proven; which version that is could not be read: ${String(error)}`,
  );
  outputs.set('changed', changed);
  outputs.set('previous-split', before);
  outputs.set('split', split);
  outputs.set('rollback-ms', ms);
  outputs.set('proxies', JSON.stringify(timings));
  outputs.set('interrupted', interrupted?.title ?? '');
  outputs.set('serving', serving);
  summary.heading(changed ? `${name.service}: rolled back` : `${name.service}: was rolled back already`);
  summary.facts([
    ['serving now', serving],
    ['before', before],
    ['back to', `${target.slot}: ${target.because}`],
    [
      'took',
      changed ? `${String(ms)} ms, proven in ${String(timings.length)} proxies` : 'nothing had to move',
    ],
    ...(interrupted === null ? [] : [['interrupted', interrupted.title] as const]),
  ]);
  log.info(`Serving now: ${serving}`);
}
