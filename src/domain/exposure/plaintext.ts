import { objectAt, textAt, textsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ServiceRouting } from '../routing/routing.ts';
import { selects } from '../routing/subsets.ts';
import { hasProxy, isOwnPod } from './unproxiedCallers.ts';

/** Where PeerAuthentications hold for the whole mesh, unless its installation says otherwise. */
const rootNamespace = 'istio-system';

/**
 * Whether every pod of the service has a sidecar that takes nothing but mutual TLS: a caller without a proxy is
 * refused there, and cannot slip past the weights. (Source: Istio, PeerAuthentication: the one that selects the pod,
 * then its namespace's, then the mesh's; a port may be excepted.)
 * @param policies PeerAuthentications of all namespaces
 */
export function refusesPlaintext(
  policies: readonly JsonObject[],
  routing: ServiceRouting,
  pods: readonly JsonObject[],
): boolean {
  const own = pods.filter((pod) => isOwnPod(pod, routing));
  return own.length > 0 && own.every((pod) => hasProxy(pod) && isStrict(policies, routing, pod));
}

function isStrict(policies: readonly JsonObject[], { name }: ServiceRouting, pod: JsonObject): boolean {
  const labels = textsAt(objectAt(pod, 'metadata'), 'labels');
  const here = policies.filter((policy) => namespaceOf(policy) === name.namespace);
  const levels = [
    here.filter((policy) => selectorOf(policy) !== null && selects(selectorOf(policy) ?? {}, labels)),
    here.filter((policy) => selectorOf(policy) === null),
    policies.filter((policy) => namespaceOf(policy) === rootNamespace && selectorOf(policy) === null),
  ];
  for (const level of levels) {
    if (level.some(hasException)) return false;
    const modes = level.map(modeOf).filter((mode) => mode !== 'UNSET');
    if (modes.length > 0) return modes.every((mode) => mode === 'STRICT');
  }
  return false;
}

const namespaceOf = (policy: JsonObject): string | null => textAt(objectAt(policy, 'metadata'), 'namespace');

/** null for a policy of the whole namespace. */
function selectorOf(policy: JsonObject): Readonly<Record<string, string>> | null {
  const labels = textsAt(objectAt(objectAt(policy, 'spec'), 'selector'), 'matchLabels');
  return Object.keys(labels).length === 0 ? null : labels;
}

const modeOf = (policy: JsonObject): string =>
  textAt(objectAt(objectAt(policy, 'spec'), 'mtls'), 'mode') ?? 'UNSET';

/** A port that takes less, whichever it is: not worth being clever about. */
const hasException = (policy: JsonObject): boolean =>
  Object.values(objectAt(objectAt(policy, 'spec'), 'portLevelMtls')).some(
    (port) => textAt(objectAt({ port }, 'port'), 'mode') !== 'STRICT',
  );
