import { objectAt, textAt, textsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Finding } from '../problem.ts';
import type { ServiceRouting } from '../routing/routing.ts';
import { usesWaypoint, waypointLabel } from '../routing/ambient.ts';
import { isOwnPod } from './unproxiedCallers.ts';

const dataplane = 'istio.io/dataplane-mode';
/** What istio-cni writes on a pod whose traffic it has given to ztunnel. */
const redirected = 'ambient.istio.io/redirection';

/**
 * Whether sidecars carry the service's traffic. In ambient mode ztunnel and waypoints do, which know neither the
 * weights of a VirtualService for certain nor an admin interface that proves them. (Source: Istio, "Ambient mode:
 * labels"; VirtualService with waypoints is alpha.)
 * @param namespace the service's; null when it does not exist
 */
export function carriedBySidecars(
  routing: ServiceRouting,
  namespace: JsonObject | null,
  pods: readonly JsonObject[],
): Finding {
  const labels = labelsOf(namespace ?? {});
  const place = `Namespace ${routing.name.namespace}`;
  const slotPods = pods.filter((pod) => isOwnPod(pod, routing));
  const ambient = slotPods.filter(isAmbientPod);
  const wrong = [
    ...(labels[dataplane] === 'ambient' ? [`${place} is in ambient mode (label ${dataplane})`] : []),
    ...(usesWaypoint(labels) ? [`${place} has an ambient waypoint (label ${waypointLabel})`] : []),
    ...ambient.map((pod) => `pod ${textAt(objectAt(pod, 'metadata'), 'name') ?? ''} is in ambient mode`),
  ];
  if (wrong.length === 0) {
    return {
      ok: true,
      detail: `none of ${String(slotPods.length)} pods, nor their namespace, is in ambient mode`,
      remedy: '',
    };
  }
  return {
    ok: false,
    detail: wrong.join(', '),
    remedy: `Ambient mode is not supported: its weights cannot be proven yet. Use sidecars for this service: remove the labels ${dataplane} and ${waypointLabel}, set istio-injection=enabled and restart its pods.`,
  };
}

const labelsOf = (object: JsonObject): Readonly<Record<string, string>> =>
  textsAt(objectAt(object, 'metadata'), 'labels');

const isAmbientPod = (pod: JsonObject): boolean =>
  labelsOf(pod)[dataplane] === 'ambient' ||
  textsAt(objectAt(pod, 'metadata'), 'annotations')[redirected] === 'enabled';
