import { beforeEach, expect, test } from '@jest/globals';
import { pods } from '../../../src/cluster/api/resources.ts';
import type { HttpAnswer, HttpRequest, PodAddress } from '../../../src/cluster/api/kubeApi.ts';
import type { Proof } from '../../../src/mesh/mesh.ts';
import { clusterMesh } from '../../../src/mesh/clusterMesh.ts';
import { ConnectionError, PermissionError } from '../../../src/runtime/errors.ts';
import { Bench } from '../../fakes/bench.ts';
import { pod, shop } from '../../fakes/shop.ts';

const sidecarCount = 70;
const uuid = '1f5a6ccd-1cb3-48e0-9fc2-46fc2a8a122f';

const sidecars = Array.from({ length: sidecarCount }, (_, index) =>
  pod(`web-${String(index).padStart(2, '0')}`, { namespace: 'front', containers: ['app', 'istio-proxy'] }),
);
const istiod = (name: string) =>
  pod(name, { namespace: 'istio-system', labels: { app: 'istiod' }, containers: ['discovery'] });

/** By pod, the push that it was sent and the one that it took; all others have push 7. */
let told: Map<string, readonly [sent: number, acked: number]>;
let asked: string[];
let fault: (() => Error) | null;
let bench: Bench;
/** What a look changes: time goes by for the control plane too. */
let onLook: (count: number) => void;

beforeEach(() => {
  told = new Map();
  asked = [];
  fault = null;
  onLook = () => undefined;
  bench = new Bench(...sidecars.map((one) => [pods, one] as const), [pods, istiod('istiod-1')]);
});

const nonce = (push: number): string => `2026-11-21T03:00:00Z/${String(push)}${uuid}`;

/** istiod's answer in its own shape, about every pod that has a sidecar. */
function statuses(): string {
  const of = (name: string, namespace: string) => {
    const [sent, acked] = told.get(name) ?? [7, 7];
    return { proxy: `${name}.${namespace}`, route_sent: nonce(sent), route_acked: nonce(acked) };
  };
  return JSON.stringify([
    ...sidecars.map(({ metadata }) => of(metadata.name, 'front')),
    of('gateway-1', 'istio-system'),
    of('payment-caller', 'ecommerce'),
  ]);
}

async function request(target: PodAddress, port: number, what: HttpRequest): Promise<HttpAnswer> {
  if (!target.name.startsWith('istiod')) return bench.envoys.request(target, port, what);
  asked.push(`${target.name}:${String(port)}`);
  onLook(asked.length);
  await Promise.resolve();
  if (fault !== null) throw fault();
  return { status: 200, headers: {}, body: statuses() };
}

async function prove(timeoutMs = 15_000): Promise<Proof> {
  const { api, clock } = bench;
  const mesh = clusterMesh(api, { request, close: () => undefined }, clock);
  const routing = await mesh.read(shop);
  return mesh.proveSplit(routing, 'as-read', { timeoutMs, verify: 'callers', andRest: true });
}

/** Whom a proof left out. */
const leftOut = ({ proxies }: Proof): readonly string[] => {
  const names = new Set(proxies.map(({ proxy }) => proxy.pod.name));
  return sidecars.map(({ metadata }) => metadata.name).filter((name) => !names.has(name));
};

test('of seventy-one sidecars fifty are asked, and istiod says that the others have the same routes', async () => {
  const proof = await prove();
  expect(proof.proxies).toHaveLength(52);
  expect(proof.unasked).toBe(21);
  expect(proof.rest).toEqual({ kind: 'told', current: 21, unsent: 0, unknown: 0, silent: [] });
  expect(asked).toEqual(['istiod-1:15014']);
});

test('one that has not taken what it was sent is waited for', async () => {
  const [late = ''] = leftOut(await prove());
  asked = [];
  told.set(late, [7, 6]);
  onLook = (count) => {
    if (count === 3) told.delete(late);
  };
  expect((await prove()).rest).toMatchObject({ kind: 'told', current: 21 });
  expect(asked.length).toBe(3);
});

test('at the deadline it is named, and the proof fails', async () => {
  const [late = ''] = leftOut(await prove());
  told.set(late, [7, 6]);
  await expect(prove()).rejects.toMatchObject({
    name: 'DeadlineError',
    message: `no proof within 15 s that every sidecar has the routes: by istiod, 1 of those that were not asked themselves are behind\n  sidecar of front/${late}: it was sent the new routes and has not taken them`,
  });
});

test('whoever is sent nothing is told as that, once no more of them get their turn', async () => {
  const [idle = '', slow = ''] = leftOut(await prove());
  told.set(idle, [2, 2]);
  told.set(slow, [2, 2]);
  asked = [];
  onLook = (count) => {
    if (count === 2) told.delete(slow);
  };
  expect((await prove()).rest).toEqual({ kind: 'told', current: 20, unsent: 1, unknown: 0, silent: [] });
  expect(asked.length).toBe(4);
});

test('denied, it is said with the rule to add; the proof by the asked ones stands', async () => {
  fault = () => new PermissionError('not allowed to create pods/portforward istiod-1', 'Add this rule.');
  const proof = await prove();
  expect(proof.unasked).toBe(21);
  expect(proof.rest).toEqual({
    kind: 'unasked',
    why: 'not allowed to create pods/portforward istiod-1. Add this rule.',
  });
});

test('one that does not answer at its monitoring port is asked at the other, and given up after a few looks', async () => {
  fault = () => new ConnectionError('nobody listens', 'Look.');
  expect((await prove()).rest).toEqual({ kind: 'unasked', why: 'nobody listens' });
  expect(asked.slice(0, 2)).toEqual(['istiod-1:15014', 'istiod-1:8080']);
});

test('where no istiod has a pod, that is said', async () => {
  bench.api.drop(pods, 'istio-system', 'istiod-1');
  expect((await prove()).rest).toEqual({
    kind: 'unasked',
    why: 'no pod of istiod (label app=istiod) is in this cluster',
  });
});

test('of several the one that is silent is named, and what only it knows is not known', async () => {
  bench.api.put(pods, istiod('istiod-2'));
  fault = null;
  const answer = request;
  const mesh = clusterMesh(
    bench.api,
    {
      request: (target, port, what) =>
        target.name === 'istiod-2'
          ? Promise.reject(new ConnectionError('istiod-2 is gone', 'Look.'))
          : answer(target, port, what),
      close: () => undefined,
    },
    bench.clock,
  );
  const routing = await mesh.read(shop);
  const proof = await mesh.proveSplit(routing, 'as-read', {
    timeoutMs: 15_000,
    verify: 'callers',
    andRest: true,
  });
  expect(proof.rest).toEqual({
    kind: 'told',
    current: 21,
    unsent: 0,
    unknown: 0,
    silent: ['istiod-2 is gone'],
  });
});
