import { listAt, numberAt, objectAt, objectsAt, textAt, textsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';

type Labels = Readonly<Record<string, string>>;

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly { readonly name: string | null; readonly number: number }[];
}

/** A Deployment as far as a release looks at it: rendered from a chart, or in the cluster. */
export interface Workload {
  readonly name: string;
  readonly replicas: number;
  /** `spec.selector.matchLabels`: immutable once applied. */
  readonly selector: Labels;
  readonly podLabels: Labels;
  readonly containers: readonly Container[];
  /** The Helm release that owns it; null when Helm does not. */
  readonly helmRelease: string | null;
  /** When what it runs now was rolled out, ISO 8601; null for one that never was. Scaling does not change it. */
  readonly rolledOutAt: string | null;
}

export function readWorkload(object: JsonObject): Workload {
  const metadata = objectAt(object, 'metadata');
  const spec = objectAt(object, 'spec');
  const template = objectAt(spec, 'template');
  return {
    name: textAt(metadata, 'name') ?? '',
    replicas: numberAt(spec, 'replicas') ?? 1,
    selector: textsAt(objectAt(spec, 'selector'), 'matchLabels'),
    podLabels: textsAt(objectAt(template, 'metadata'), 'labels'),
    containers: objectsAt(objectAt(template, 'spec'), 'containers').map(([, container]) =>
      readContainer(container),
    ),
    helmRelease: textsAt(metadata, 'annotations')['meta.helm.sh/release-name'] ?? null,
    rolledOutAt: rolledOutAt(objectAt(object, 'status')),
  };
}

/** Source: apps/v1 DeploymentCondition; `Progressing` is written while a rollout goes on, and once when it is done. */
function rolledOutAt(status: JsonObject): string | null {
  const progressing = objectsAt(status, 'conditions').find(
    ([, condition]) => textAt(condition, 'type') === 'Progressing',
  );
  return progressing === undefined ? null : textAt(progressing[1], 'lastUpdateTime');
}

export const readContainer = (container: JsonObject): Container => ({
  name: textAt(container, 'name') ?? '',
  image: textAt(container, 'image') ?? '',
  ports: objectsAt(container, 'ports').flatMap(([, port]) => {
    const number = numberAt(port, 'containerPort');
    return number === null ? [] : [{ name: textAt(port, 'name'), number }];
  }),
});

/** A Service's targetPort, by number or by name, as it is in a pod; null when the pod has none of that name. */
export function targetPort(
  service: JsonObject,
  servicePort: number,
  containers: readonly Container[],
): number | null {
  const port = objectsAt(objectAt(service, 'spec'), 'ports').find(
    ([, one]) => numberAt(one, 'port') === servicePort,
  )?.[1];
  if (port === undefined) return null;
  const named = textAt(port, 'targetPort');
  if (named === null) return numberAt(port, 'targetPort') ?? servicePort;
  return containers.flatMap(({ ports }) => ports).find(({ name }) => name === named)?.number ?? null;
}

/** A pod of a workload, by its own word. */
export interface WorkloadPod {
  readonly name: string;
  readonly namespace: string;
  /** Empty until it has one. */
  readonly ip: string;
  readonly ready: boolean;
  readonly labels: Labels;
  readonly containers: readonly Container[];
  /** `repository@sha256:…` as the runtime pulled it, by container name. */
  readonly imageIds: Labels;
}

/** null for a pod on its way out. */
export function readPod(object: JsonObject): WorkloadPod | null {
  const metadata = objectAt(object, 'metadata');
  if (textAt(metadata, 'deletionTimestamp') !== null) return null;
  const status = objectAt(object, 'status');
  if (textAt(status, 'phase') === 'Failed' || textAt(status, 'phase') === 'Succeeded') return null;
  return {
    name: textAt(metadata, 'name') ?? '',
    namespace: textAt(metadata, 'namespace') ?? '',
    ip: textAt(status, 'podIP') ?? '',
    ready: objectsAt(status, 'conditions').some(
      ([, condition]) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
    ),
    labels: textsAt(metadata, 'labels'),
    containers: objectsAt(objectAt(object, 'spec'), 'containers').map(([, container]) =>
      readContainer(container),
    ),
    imageIds: Object.fromEntries(
      objectsAt(status, 'containerStatuses').map(([, container]) => [
        textAt(container, 'name') ?? '',
        textAt(container, 'imageID') ?? '',
      ]),
    ),
  };
}

/** What pods and events say about why a workload does not come up, one line each, nothing twice. */
export function troubles(
  podObjects: readonly JsonObject[],
  eventObjects: readonly JsonObject[],
): readonly string[] {
  const ofPods = podObjects.flatMap((pod) => {
    const name = textAt(objectAt(pod, 'metadata'), 'name') ?? '';
    return containerTroubles(objectAt(pod, 'status')).map((line) => `pod ${name}: ${line}`);
  });
  const podNames = podObjects.map((pod) => textAt(objectAt(pod, 'metadata'), 'name'));
  const ofEvents = eventObjects
    .filter((event) => textAt(event, 'type') === 'Warning')
    // Of pods that are gone nobody wants to know.
    .filter((event) => {
      const { kind, name } = textsAt(event, 'involvedObject');
      return kind !== 'Pod' || podNames.includes(name ?? null);
    })
    .map((event) => {
      const { kind, name } = textsAt(event, 'involvedObject');
      return `${kind ?? ''} ${name ?? ''}: ${textAt(event, 'reason') ?? ''}: ${oneLine(textAt(event, 'message') ?? '')}`;
    });
  return [...new Set([...ofPods, ...ofEvents.slice(-8)])];
}

function containerTroubles(status: JsonObject): readonly string[] {
  const all = [...listAt(status, 'initContainerStatuses'), ...listAt(status, 'containerStatuses')];
  return objectsAt({ all }, 'all').flatMap(([, container]) => {
    const name = textAt(container, 'name') ?? '';
    const waiting = objectAt(objectAt(container, 'state'), 'waiting');
    const reason = textAt(waiting, 'reason');
    const ended = objectAt(objectAt(container, 'lastState'), 'terminated');
    const exitCode = numberAt(ended, 'exitCode');
    const lines: string[] = [];
    if (reason !== null && !['ContainerCreating', 'PodInitializing'].includes(reason)) {
      lines.push(`container ${name}: ${reason}: ${oneLine(textAt(waiting, 'message') ?? '')}`);
    }
    if (exitCode !== null) {
      lines.push(
        `container ${name}: ended with ${textAt(ended, 'reason') ?? 'Error'} (exit code ${String(exitCode)}), ${String(numberAt(container, 'restartCount') ?? 0)} restarts`,
      );
    }
    return lines;
  });
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 400);
