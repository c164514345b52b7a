import { afterEach, expect, test } from '@jest/globals';
import type { ApiServer } from '../../../src/cluster/api/apiServer.ts';
import type { KubeApi } from '../../../src/cluster/api/kubeApi.ts';
import { restApi } from '../../../src/cluster/api/restApi.ts';
import { configMaps, namespaces, pods, virtualServices } from '../../../src/cluster/api/resources.ts';
import {
  ConflictError,
  ConnectionError,
  PermissionError,
  PreconditionError,
} from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { HttpApi, status } from '../../fakes/httpApi.ts';
import type { Reply } from '../../fakes/httpApi.ts';

let http = new HttpApi();
let server: ApiServer;
const clock = new FakeClock();

async function answering(...replies: readonly Reply[]): Promise<KubeApi> {
  http = new HttpApi(...replies);
  server = await http.open({ Authorization: 'Bearer secret' });
  return restApi(server, clock);
}

afterEach(async () => {
  server.close();
  await http.close();
  clock.slept.length = 0;
});

const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };

test('reads an object of a group, with who we are', async () => {
  const api = await answering({ status: 200, body: { metadata: { name: 'a-vs' }, spec: {} } });
  const object = await api.get(virtualServices, 'shop', 'a-vs');
  expect(object).toMatchObject({ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService' });
  expect(http.received).toMatchObject([
    {
      method: 'GET',
      path: '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/a-vs',
      headers: { authorization: 'Bearer secret' },
    },
  ]);
});

test('an object that is not there is null; deleting it is false', async () => {
  const api = await answering(status(404, 'not found'), status(404, 'not found'));
  expect(await api.get(configMaps, 'shop', 'a')).toBeNull();
  expect(await api.delete(configMaps, 'shop', 'a')).toBe(false);
});

test('a kind that the cluster does not know is no missing object', async () => {
  const api = await answering({ status: 404, body: '404 page not found' });
  const failure = await api.get(virtualServices, 'shop', 'a').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PreconditionError);
  expect(failure).toMatchObject({ remedy: expect.stringContaining('Install Istio') });
});

test('reads a long list page by page, in all namespaces', async () => {
  const api = await answering(
    { status: 200, body: { metadata: { continue: 'more' }, items: [map] } },
    { status: 200, body: { metadata: {}, items: [map, map] } },
  );
  expect(await api.list(pods, { labels: { app: 'a', slot: 'blue' } })).toHaveLength(3);
  expect(http.received.map(({ path }) => path)).toEqual([
    '/api/v1/pods?limit=500&labelSelector=app%3Da%2Cslot%3Dblue',
    '/api/v1/pods?limit=500&labelSelector=app%3Da%2Cslot%3Dblue&continue=more',
  ]);
});

test('writes under our name, and dry runs when told to', async () => {
  const api = await answering(
    { status: 200, body: map },
    { status: 201, body: map },
    { status: 200, body: map },
  );
  await api.jsonPatch(configMaps, 'shop', 'a', [{ op: 'remove', path: '/data' }], { dryRun: true });
  await api.create(configMaps, map);
  await api.update(configMaps, { ...map, metadata: { ...map.metadata, resourceVersion: '7' } });
  expect(http.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'PATCH /api/v1/namespaces/shop/configmaps/a?fieldManager=c4ang-actions&dryRun=All',
    'POST /api/v1/namespaces/shop/configmaps?fieldManager=c4ang-actions',
    'PUT /api/v1/namespaces/shop/configmaps/a?fieldManager=c4ang-actions',
  ]);
  expect(http.received[0]?.headers['content-type']).toBe('application/json-patch+json');
});

test('an update without a resourceVersion is refused: it would overwrite whatever is there', async () => {
  const api = await answering();
  await expect(api.update(configMaps, map)).rejects.toThrow(ConflictError);
  expect(http.received).toEqual([]);
});

test('a missing permission prints the rule to add', async () => {
  const message = 'virtualservices.networking.istio.io "a" is forbidden: User "x" cannot patch resource';
  const api = await answering(status(403, message, 'Forbidden'));
  const failure = await api.jsonPatch(virtualServices, 'shop', 'a', []).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PermissionError);
  expect(failure).toMatchObject({
    remedy:
      'Add this rule to a Role in namespace shop that this identity is bound to:\n' +
      '  - apiGroups: ["networking.istio.io"]\n    resources: ["virtualservices"]\n    verbs: ["patch"]',
  });
});

test('a policy that refuses is no missing permission', async () => {
  const api = await answering(status(403, 'admission webhook "policy" denied the request: no', 'Forbidden'));
  await expect(api.create(configMaps, map)).rejects.toThrow(PreconditionError);
});

test.each([
  ['401', status(401, 'Unauthorized'), ConnectionError, /has expired/],
  ['409', status(409, 'object has been modified'), ConflictError, /has been modified/],
  [
    'a failed test of a patch',
    status(422, 'the server rejected our request due to an error in our request', 'Invalid'),
    ConflictError,
    /no longer there/,
  ],
  ['an invalid object', status(422, 'ConfigMap "a" is invalid: data'), PreconditionError, /is invalid/],
] as const)('%s has its own message', async (_what, reply, type, message) => {
  const api = await answering(reply);
  const failure = await api.jsonPatch(configMaps, 'shop', 'a', []).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(type);
  expect(failure).toMatchObject({ message: expect.stringMatching(message) });
});

test('reads are asked again after what may pass, with growing pauses', async () => {
  const api = await answering(status(503, 'busy'), status(500, 'oops'), { status: 200, body: map });
  expect(await api.get(configMaps, 'shop', 'a')).toMatchObject({ metadata: { name: 'a' } });
  expect(clock.slept).toEqual([100, 200]);
});

test('a write is asked again only when the API server says that it did not take it', async () => {
  const slow = { ...status(429, 'slow down'), headers: { 'retry-after': '1' } };
  const api = await answering(slow, { status: 201, body: map }, status(500, 'oops'));
  await api.create(configMaps, map);
  expect(clock.slept).toEqual([1000]);
  await expect(api.create(configMaps, map)).rejects.toThrow(ConnectionError);
  expect(http.received).toHaveLength(3);
});

test('a read that gets no answer within 4 s is asked again on another connection; a write has its whole deadline', async () => {
  const api = await answering({ status: 200, body: map }, { status: 200, body: map });
  await api.get(configMaps, 'shop', 'a');
  const real = server.call.bind(server);
  const given: number[] = [];
  server.call = (call) => {
    given.push(call.timeoutMs);
    if (given.length === 2) return real(call);
    return Promise.reject(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  };
  expect(await api.get(configMaps, 'shop', 'a')).toMatchObject({ metadata: { name: 'a' } });
  await expect(api.create(configMaps, map)).rejects.toThrow(ConnectionError);
  expect(given).toEqual([4_000, 4_000, 10_000]);
});

test('gives up at the deadline of the call with the last answer', async () => {
  const api = await answering(...Array.from({ length: 20 }, () => status(503, 'busy')));
  await expect(api.get(configMaps, 'shop', 'a')).rejects.toThrow(/503 from .*after retries/);
  expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(10_000);
});

test('a cluster that does not answer is named, at once', async () => {
  const api = await answering();
  await http.close();
  await expect(api.get(namespaces, '', 'shop')).rejects.toThrow(
    /the cluster at http:\/\/127.0.0.1:\d+ cannot be reached to get namespaces shop: .*ECONNREFUSED/,
  );
  expect(clock.slept).toEqual([]);
});

test('a page of something else is not taken for Kubernetes', async () => {
  const api = await answering({ status: 200, body: '<html>Please sign in</html>' });
  await expect(api.get(configMaps, 'shop', 'a')).rejects.toThrow(/not what Kubernetes sends: <html>/);
});
