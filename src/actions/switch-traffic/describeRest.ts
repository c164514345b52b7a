import type { Proof, Rest } from '../../mesh/mesh.ts';

/** What is known of the sidecars that a proof left out, in one line for people. */
export interface LeftOut {
  readonly text: string;
  /** Whether nothing of it has to be looked at by anybody. */
  readonly isKnown: boolean;
}

/** null when nobody was left out. */
export function describeRest({ proxies, unasked, callers, rest }: Proof, service: string): LeftOut | null {
  if (unasked === 0) return null;
  const left = `${String(unasked)} sidecars were not asked themselves`;
  if (rest === null)
    return { text: `${left}: verify: callers asks a sample, verify: all every one`, isKnown: false };
  const sample = proxies.filter(({ proxy }) => proxy.kind === 'caller').length;
  const first =
    callers === null
      ? `${service} has no sidecar that tells who calls it`
      : `first of all those of the ${String(callers)} that have called ${service} since its pods started`;
  const sampled = `a sample of 50 was (${first}; ${String(sample)} of the 50 know ${service})`;
  return { text: `${left}, ${sampled}. ${saidBy(rest)}`, isKnown: isKnown(rest) };
}

const isKnown = (rest: Rest): boolean =>
  rest.kind === 'told' && rest.unknown === 0 && rest.silent.length === 0;

function saidBy(rest: Rest): string {
  if (rest.kind === 'unasked') {
    return `istiod cannot be asked for the others: ${rest.why.replaceAll('\n', ' ')} (verify: all asks every sidecar)`;
  }
  const parts = [
    `${String(rest.current)} have taken the same routes or newer ones`,
    ...(rest.unsent > 0
      ? [`${String(rest.unsent)} were sent none: they have no such route, or no turn yet`]
      : []),
    ...(rest.unknown > 0 ? [`nothing is known of ${String(rest.unknown)}`] : []),
    ...rest.silent.map((reason) => `no answer from one: ${reason.replaceAll('\n', ' ')}`),
  ];
  return `By istiod, of the others ${parts.join('; ')}`;
}
