import { expect, test } from '@jest/globals';
import { fields, givenTo, parse, parts } from '../../src/release/inputs.ts';
import type { PartName } from '../../src/release/inputs.ts';
import { leftUnjudged } from '../../src/release/notedForPost.ts';
import { openOnce } from '../../src/release/openOnce.ts';
import { putBackUnjudged } from '../../src/release/post.ts';
import { release } from '../../src/release/run.ts';
import type { Parts } from '../../src/release/run.ts';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import type { OpenService } from '../../src/mesh/openService.ts';
import type { ActionContext } from '../../src/runtime/action.ts';
import { RollbackError, VerificationError } from '../../src/runtime/errors.ts';
import { Bench } from '../fakes/bench.ts';
import { virtualService } from '../fakes/shop.ts';

const given = {
  service: 'order-api',
  image: `shop/order-api@sha256:${'a'.repeat(64)}`,
  version: 'v1.1.0',
  'smoke-paths': '/api/v1/orders',
  'switch-timeout': '20s',
  'health-paths': '/healthz',
};

/** Runs it on parts that note when they are called, and do what the test says. */
async function run(
  does: Partial<Record<PartName, (context: ActionContext) => Promise<void>>> = {},
  bench = new Bench(),
) {
  const called: (readonly [PartName, Readonly<Record<string, string>>])[] = [];
  const context = { ...bench.tools, action: 'release', inputs: given } as unknown as ActionContext;
  const fakes = Object.fromEntries(
    parts.map((part) => [
      part,
      async (own: ActionContext) => {
        called.push([part, own.inputs]);
        if (part === 'deploy-green') own.outputs.set('release-id', 'rel-1');
        await does[part]?.(own);
      },
    ]),
  ) as unknown as Parts;
  const failure = await release(context, fakes).catch((error: unknown) => error);
  return { called, failure, state: context.state };
}

test('the four parts run one after the other, each with its own inputs by its own names', async () => {
  const { called, failure, state } = await run();
  expect(failure).toBeUndefined();
  expect(called.map(([part]) => part)).toEqual(parts);
  const inputs = Object.fromEntries(called);
  expect(inputs['deploy-green']).toEqual({
    service: 'order-api',
    image: given.image,
    version: 'v1.1.0',
    'health-paths': '/healthz',
  });
  expect(inputs['verify-green']).toMatchObject({
    'smoke-paths': '/api/v1/orders',
    'health-paths': '/healthz',
  });
  expect(inputs['switch-traffic']).toEqual({ service: 'order-api', timeout: '20s' });
  expect(leftUnjudged(state)).toBeNull();
});

test('where a part fails the release ends, and what was verified badly was never watched', async () => {
  const { called, failure, state } = await run({
    'verify-green': () => Promise.reject(new VerificationError('bad', 'mend it')),
  });
  expect(called.map(([part]) => part)).toEqual(['deploy-green', 'verify-green']);
  expect(failure).toBeInstanceOf(VerificationError);
  expect(leftUnjudged(state)).toBeNull();
});

test('what monitoring has judged is nobody else’s, and what could not be put back is tried again', async () => {
  const judged = await run({
    'monitor-and-rollback': () => Promise.reject(new VerificationError('rolled back', 'look')),
  });
  expect(leftUnjudged(judged.state)).toBeNull();
  const stuck = await run({
    'monitor-and-rollback': () => Promise.reject(new RollbackError('not proven', 'look now')),
  });
  expect(leftUnjudged(stuck.state)).toBe('rel-1');
});

test('a step that was cancelled while it watched leaves its release to the post step', async () => {
  const bench = new Bench();
  const cancelled = new VerificationError('stopped by SIGINT', 'run it again');
  const { state } = await run(
    {
      'monitor-and-rollback': () => {
        bench.stop.abort(cancelled);
        return Promise.reject(cancelled);
      },
    },
    bench,
  );
  expect(leftUnjudged(state)).toBe('rel-1');
});

test('every wrong input is told before anything is done, also where two do not go together', () => {
  expect(() => parse({ ...given, image: 'latest', duration: 'soon' })).toThrow(/^2 wrong inputs/);
  expect(() => parse({ ...given, metrics: 'prometheus' })).toThrow('prometheus-url');
  expect(() => parse({ ...given, preview: 'true' })).toThrow('preview');
  expect(() => parse({ ...given, weight: '30' })).toThrow('weight (no such input)');
});

test('no input is left to nobody', () => {
  const all = Object.fromEntries(Object.keys(fields).map((name) => [name, 'x']));
  const taken = parts.flatMap((part) => Object.keys(givenTo(part, all)));
  const limits = ['deploy-timeout', 'verify-timeout', 'switch-timeout'];
  expect(new Set([...taken, ...limits])).toEqual(new Set([...Object.keys(fields), 'timeout']));
});

test('one service is opened for all, and its lease is taken once', async () => {
  const bench = new Bench();
  let opened = 0;
  let claims = 0;
  const lease = {
    ...bench.lease,
    hold: (...asked: Parameters<typeof bench.lease.hold>) => {
      claims += 1;
      return bench.lease.hold(...asked);
    },
  };
  const open = openOnce(() => {
    opened += 1;
    return Promise.resolve({ name: bench.name, lease } as unknown as OpenService);
  });
  const inputs = {} as Parameters<typeof open>[1];
  const [first, second] = [await open({} as ActionContext, inputs), await open({} as ActionContext, inputs)];
  const options = { onBusy: 'fail', timeoutMs: 0, signal: bench.stop.signal } as const;
  expect(await first.lease.hold(bench.name, options)).toBe(await second.lease.hold(bench.name, options));
  expect([opened, claims]).toEqual([1, 1]);
  // A part that has ended gives nothing back: the next one works under it.
  first.lease.giveBack();
  await bench.lease.check();
  expect(await bench.leaseOf('another').read(bench.name)).not.toBeNull();
});

test('traffic that nobody came to judge goes back, and is on record as that', async () => {
  const bench = new Bench([virtualServices, virtualService({ weights: [0, 100] })]);
  await bench.begin('monitoring', { splitAfter: { blue: 0, green: 100 } });
  await putBackUnjudged(parse(given), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(await bench.release()).toMatchObject({ phase: 'rolled-back', splitAfter: { blue: 100, green: 0 } });
});

test('a release that is stable, or another one, is left alone', async () => {
  const bench = new Bench([virtualServices, virtualService({ weights: [0, 100] })]);
  await bench.begin('stable', { splitAfter: { blue: 0, green: 100 } });
  await putBackUnjudged(parse(given), 'rel-1', bench.tools);
  await bench.begin('monitoring', { id: 'rel-2' });
  await putBackUnjudged(parse(given), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});
