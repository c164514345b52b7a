import type { KubeApi, KubeObject, Resource } from '../cluster/api/kubeApi.ts';
import { virtualServices } from '../cluster/api/resources.ts';
import { objectAt, sameJson, without } from '../domain/json.ts';
import type { JsonObject } from '../domain/json.ts';
import { testVersion } from '../domain/jsonPatch.ts';
import type { Plan } from '../domain/jsonPatch.ts';
import { readVirtualService } from '../domain/routing/readVirtualService.ts';
import { formatObject } from '../domain/routing/routing.ts';
import type { ManagedVirtualService, ObjectName, ServiceRouting } from '../domain/routing/routing.ts';
import { ConflictError, PreconditionError } from '../runtime/errors.ts';

const attempts = 5;

/** An object that was read, as far as a write needs it. */
interface Readable extends ObjectName {
  readonly object: JsonObject;
}

/**
 * Makes a plan from what was read and writes it, compare and swap; on conflict reads and plans again.
 * @param reread the object as it is now
 * @returns the object as it was just before the write; null when nothing had to be written
 * @throws ConflictError after five lost races; PreconditionError when something else changed what was written
 */
export async function writePlanned<T extends Readable>(
  api: KubeApi,
  resource: Resource,
  read: T,
  planFor: (current: T) => Plan,
  reread: () => Promise<T>,
): Promise<T | null> {
  let current = read;
  for (let attempt = 1; ; attempt += 1) {
    const plan = planFor(current);
    if (plan.patch.length === 0) return null;
    try {
      const written = await api.jsonPatch(resource, current.namespace, current.name, plan.patch);
      await compare(api, resource, current, plan, written);
      return current;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attempts) throw error;
      current = await reread();
    }
  }
}

/** Nothing but what was planned may differ (an admission webhook could have its own ideas): else put back. */
async function compare(
  api: KubeApi,
  resource: Resource,
  before: Readable,
  plan: Plan,
  written: KubeObject,
): Promise<void> {
  const same =
    sameJson(written['spec'], plan.expectedSpec) && sameJson(lasting(written), lasting(before.object));
  if (same) return;
  const put = await api.jsonPatch(resource, before.namespace, before.name, [
    testVersion(written.metadata.resourceVersion ?? ''),
    { op: 'replace', path: '/spec', value: before.object['spec'] },
  ]);
  const back = sameJson(put['spec'], before.object['spec']) ? 'It was put back' : 'It could NOT be put back';
  throw new PreconditionError(
    `${formatObject(resource.kind, before)} came back from the API server with more changes than were written. ${back}.`,
    'Find the admission webhook that rewrites it (kubectl get mutatingwebhookconfigurations) and exempt the object.',
  );
}

/** Metadata without what every write changes. */
const lasting = (object: JsonObject): JsonObject =>
  ['resourceVersion', 'generation', 'managedFields'].reduce(without, objectAt(object, 'metadata'));

/**
 * A VirtualService as it is now.
 * @throws PreconditionError when it is gone, or cannot be managed any more
 */
export async function rereadVirtualService(
  api: KubeApi,
  { name: service, purpose }: ServiceRouting,
  place: ManagedVirtualService,
): Promise<ManagedVirtualService> {
  const object = await api.get(virtualServices, place.namespace, place.name);
  const reading = object === null ? null : readVirtualService(object, service, purpose, place);
  if (reading?.kind === 'managed') return reading.virtualService;
  const name = formatObject('VirtualService', place);
  throw new PreconditionError(
    reading?.kind === 'refused'
      ? `${name} was changed meanwhile: ${reading.problems.map(({ what }) => what).join('; ')}`
      : `${name} does not route to ${service.service} any more: someone changed it meanwhile`,
    'Find out who changed it, and run the step again.',
  );
}
