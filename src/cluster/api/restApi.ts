import { fieldManager } from '../../domain/routing/writers.ts';
import { ConflictError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ApiCall, ApiServer } from './apiServer.ts';
import { asked, isUnknownKind, refused, unreachable } from './failures.ts';
import type { Asked } from './failures.ts';
import { errorCode, isTimeout } from './http.ts';
import type { HttpAnswer, KubeApi, KubeObject, ListOptions, Resource } from './kubeApi.ts';
import { parseList, parseObject } from './kubeObject.ts';

/** Each call, retries included. */
const deadlineMs = 10_000;
/** One read: a connection that a firewall has forgotten gives no answer, and the next one does. */
const readTimeoutMs = 4_000;
const firstPauseMs = 100;
const pageSize = 500;

type Call = Omit<ApiCall, 'timeoutMs'>;

/** Kubernetes by REST. Source: Kubernetes API concepts (resource URIs, dry run, chunks of large lists). */
export function restApi(server: ApiServer, clock: Clock): KubeApi {
  const send = sender(server, clock);
  const single = async (what: Asked, resource: Resource, call: Call): Promise<KubeObject> => {
    const answer = await send(what, call);
    if (!isSuccess(answer)) throw refused(what, answer, server.server);
    return parseObject(answer.body, resource);
  };

  return {
    async get(resource, namespace, name) {
      const what = asked('get', resource, namespaceOf(resource, namespace), name);
      const answer = await send(what, { method: 'GET', path: pathOf(resource, namespace, name) });
      if (answer.status === 404 && !isUnknownKind(answer)) return null;
      if (!isSuccess(answer)) throw refused(what, answer, server.server);
      return parseObject(answer.body, resource);
    },
    async list(resource, options) {
      const what = asked('list', resource, options.namespace ?? null, null);
      const objects: KubeObject[] = [];
      for (let next: string | null = ''; next !== null;) {
        const answer = await send(what, { method: 'GET', path: listPath(resource, options, next) });
        if (!isSuccess(answer)) throw refused(what, answer, server.server);
        const page = parseList(answer.body, resource);
        objects.push(...page.items);
        next = page.next;
      }
      return objects;
    },
    create: (resource, object) => {
      const namespace = namespaceOf(resource, object.metadata.namespace ?? '');
      return single(asked('create', resource, namespace, object.metadata.name), resource, {
        method: 'POST',
        path: `${pathOf(resource, namespace ?? '')}?${ourself}`,
        body: JSON.stringify(object),
      });
    },
    update: async (resource, object) => {
      const { name, resourceVersion } = object.metadata;
      const namespace = namespaceOf(resource, object.metadata.namespace ?? '');
      const what = asked('update', resource, namespace, name);
      // Without it the API server overwrites whatever is there.
      if (resourceVersion === undefined) {
        throw new ConflictError(
          `update ${resource.plural} ${name} without a resourceVersion`,
          'Read it first.',
        );
      }
      return single(what, resource, {
        method: 'PUT',
        path: `${pathOf(resource, namespace ?? '', name)}?${ourself}`,
        body: JSON.stringify(object),
      });
    },
    jsonPatch: (resource, namespace, name, patch, options) =>
      single(asked('patch', resource, namespaceOf(resource, namespace), name), resource, {
        method: 'PATCH',
        path: `${pathOf(resource, namespace, name)}?${ourself}${options?.dryRun === true ? '&dryRun=All' : ''}`,
        body: JSON.stringify(patch),
        contentType: 'application/json-patch+json',
      }),
    async delete(resource, namespace, name) {
      const what = asked('delete', resource, namespaceOf(resource, namespace), name);
      const path = `${pathOf(resource, namespace, name)}?propagationPolicy=Background`;
      const answer = await send(what, { method: 'DELETE', path });
      if (answer.status === 404 && !isUnknownKind(answer)) return false;
      if (!isSuccess(answer)) throw refused(what, answer, server.server);
      return true;
    },
  };
}

/** Shows in managedFields who wrote what. */
const ourself = `fieldManager=${fieldManager}`;

/**
 * Sends one call; asks again where that is safe, within the call's deadline: reads after anything that may
 * pass, writes only when the API server said that it did not take them (429) or was not reached at all.
 */
export function sender(
  server: ApiServer,
  clock: Clock,
  { retries } = { retries: true },
): (what: Asked, call: Call) => Promise<HttpAnswer> {
  let wasReached = false;
  return async (what, call) => {
    const deadline = clock.monotonic() + deadlineMs;
    const isRead = call.method === 'GET';
    for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
      const leftMs = Math.max(deadline - clock.monotonic(), 1);
      let waitMs = pauseMs;
      try {
        const timeoutMs = isRead && retries ? Math.min(leftMs, readTimeoutMs) : leftMs;
        const answer = await server.call({ ...call, timeoutMs });
        wasReached = true;
        const mayPass = answer.status === 429 || (isRead && answer.status >= 500);
        if (!retries || !mayPass) return answer;
        const retryAfterMs = Number(answer.headers['retry-after'] ?? '0') * 1000;
        waitMs = Math.max(pauseMs, Number.isFinite(retryAfterMs) ? retryAfterMs : 0);
        if (clock.monotonic() + waitMs >= deadline) return answer;
      } catch (error) {
        if (!isTransport(error)) throw error;
        const code = errorCode(error);
        // An address that never answered is more likely wrong than busy.
        const isBusy = code === 'ECONNREFUSED' || (isRead && (passing.has(code) || isTimeout(error)));
        const mayPass = wasReached && isBusy;
        if (!mayPass || clock.monotonic() + waitMs >= deadline) {
          throw unreachable(what, error, server.server, deadlineMs);
        }
      }
      await clock.sleep(waitMs);
    }
  };
}

const passing = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);

/** What node:http rejects with: system and TLS errors carry a code, aborted calls a name. */
const isTransport = (error: unknown): boolean => errorCode(error) !== '' || isTimeout(error);

const isSuccess = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300;

const namespaceOf = (resource: Resource, namespace: string): string | null =>
  resource.namespaced ? namespace : null;

/** Of one object, or of the collection without `name`. */
export function pathOf(resource: Resource, namespace: string | null, name?: string): string {
  const { group, version, plural, namespaced } = resource;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

function listPath(resource: Resource, options: ListOptions, next: string): string {
  const query = new URLSearchParams({ limit: String(pageSize) });
  const selector = Object.entries(options.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  if (selector.length > 0) query.set('labelSelector', selector.join(','));
  if (next !== '') query.set('continue', next);
  return `${pathOf(resource, options.namespace ?? null)}?${query.toString()}`;
}
