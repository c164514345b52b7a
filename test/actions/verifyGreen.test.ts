import { expect, test } from '@jest/globals';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { fields } from '../../src/actions/verify-green/inputs.ts';
import type { Inputs } from '../../src/actions/verify-green/inputs.ts';
import { verifyGreen } from '../../src/actions/verify-green/run.ts';
import { parseInputs } from '../../src/runtime/inputs.ts';
import { Bench } from '../fakes/bench.ts';
import { virtualService } from '../fakes/shop.ts';

const inputs = (given: Readonly<Record<string, string>> = {}): Inputs =>
  parseInputs({ service: 'order-api', 'smoke-paths': '/api/v1/orders', ...given }, fields);

/** Every request reaches the candidate, and the gateways count it there. */
function bench(health: string | null = null, arrives = true) {
  const made = new Bench();
  const counted = new Map<string, number>();
  made.envoys.onRequest = ({ name }) => {
    counted.set(name, (counted.get(name) ?? 0) + 1);
    if (arrives) made.envoys.count(name, 'green', '10.244.0.31', counted.get(name) ?? 0, 0);
    return 200;
  };
  return { made, tools: { ...made.tools, podHealth: { check: () => Promise.resolve(health) } } };
}

test('a good candidate is verified through every gateway, and no trace of the test is left', async () => {
  const { made, tools } = bench();
  await made.begin('deployed', { verdicts: {} });
  await verifyGreen(inputs(), tools);
  expect(made.envoys.requests.map(({ pod }) => pod).toSorted()).toEqual([
    ...Array<string>(3).fill('gateway-1'),
    ...Array<string>(3).fill('gateway-2'),
  ]);
  expect(made.envoys.requests[0]).toMatchObject({
    port: 8080,
    request: { path: '/api/v1/orders', headers: { host: 'api.c4ang.com', version: 'v1.1.0' } },
  });
  expect(made.given.get('verdict')).toBe('pass');
  expect(await made.release()).toMatchObject({
    phase: 'verified',
    verdicts: { verify: { verdict: 'pass' } },
  });
  expect(made.api.peek(virtualServices, 'ecommerce', 'order-api-vs')['spec']).toEqual(
    virtualService()['spec'],
  );
});

test('a wrong answer fails it, with the request that got it, and the header route is closed', async () => {
  const { made, tools } = bench();
  await made.begin('deployed');
  made.envoys.onRequest = ({ name }) => (name === 'gateway-2' ? 503 : 200);
  await expect(verifyGreen(inputs(), tools)).rejects.toThrow(
    '3 of 6 requests went wrong: /api/v1/orders through gateway istio-system/gateway-2 got status 503, not 200',
  );
  expect((await made.release()).phase).toBe('failed');
  expect(made.routeCount()).toBe(1);
});

test('right answers from somebody else fail it', async () => {
  const { made, tools } = bench(null, false);
  await made.begin('deployed');
  await expect(verifyGreen(inputs(), tools)).rejects.toThrow('only 0 reached the candidate');
});

test('a pod that is not well fails it', async () => {
  const { made, tools } = bench('order-api-green-1 /actuator/health: status 503 (db DOWN)');
  await made.begin('deployed');
  await expect(verifyGreen(inputs(), tools)).rejects.toThrow('db DOWN');
});

test('a candidate that takes traffic already is not tested', async () => {
  const { made, tools } = bench();
  made.api.put(virtualServices, virtualService({ weights: [90, 10] }));
  await made.begin('deployed');
  await expect(verifyGreen(inputs(), tools)).rejects.toThrow('green takes traffic already');
  expect(made.api.writes).toEqual([]);
});

test('what a killed run left open is replaced, and closed in the end', async () => {
  const { made, tools } = bench();
  const routing = await made.mesh.read(made.name);
  await made.mesh.openPreview(routing, { slot: 'green', header: 'version', value: 'v0.9.9' });
  await made.begin('verifying');
  await verifyGreen(inputs(), tools);
  expect(made.api.peek(virtualServices, 'ecommerce', 'order-api-vs')['spec']).toEqual(
    virtualService()['spec'],
  );
});

test('a cancelled test closes its header route', async () => {
  const { made, tools } = bench();
  await made.begin('deployed');
  made.envoys.onRequest = () => {
    made.stop.abort(new Error('stopped by SIGTERM'));
    return 200;
  };
  await expect(verifyGreen(inputs(), tools)).rejects.toThrow('stopped by SIGTERM');
  expect(made.routeCount()).toBe(1);
});

test('without a deployed candidate there is nothing to verify', async () => {
  const { made, tools } = bench();
  await expect(verifyGreen(inputs(), tools)).rejects.toThrow('no candidate of order-api is on record');
  await made.begin('stable');
  await expect(verifyGreen(inputs(), tools)).rejects.toThrow('there is nothing to verify');
});

test('the header is read without regard to case, and nonsense is refused', () => {
  expect(inputs({ header: 'X-Version' }).header).toBe('x-version');
  expect(() => inputs({ header: 'a b' })).toThrow('header: given "a b"');
});

test('who loses the lease while testing leaves the rest to the one that took it', async () => {
  const { made, tools } = bench();
  await made.begin('deployed');
  made.envoys.onRequest = () => {
    void made.leaseOf('rollback by ben').take(made.name);
    made.clock.advance(20_000);
    return 200;
  };
  await expect(verifyGreen(inputs(), tools)).rejects.toThrow('was taken by rollback by ben');
  expect(made.routeCount()).toBe(2);
  expect((await made.release()).phase).toBe('verifying');
});
