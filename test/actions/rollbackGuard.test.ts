import { expect, test } from '@jest/globals';
import { fields } from '../../src/actions/rollback/inputs.ts';
import { rollback } from '../../src/actions/rollback/run.ts';
import { clusterWorkloads } from '../../src/cluster/pods/workloads.ts';
import { configMaps, virtualServices } from '../../src/cluster/api/resources.ts';
import type { Phase } from '../../src/domain/release/release.ts';
import { parseInputs } from '../../src/runtime/inputs.ts';
import { Bench } from '../fakes/bench.ts';
import { shop, virtualService } from '../fakes/shop.ts';

const at = (...weights: readonly [number, number]): Bench =>
  new Bench([virtualServices, virtualService({ weights })]);

const guard = (bench: Bench, id = 'rel-1', tools = bench.tools): Promise<void> =>
  rollback(parseInputs({ service: 'order-api', 'if-unfinished': id }, fields), {
    ...tools,
    deployments: clusterWorkloads(bench.api),
  });

test.each<Phase>(['switching', 'monitoring', 'rolling-back'])(
  'a release that was left %s goes back, and the second time there is nothing to do',
  async (phase) => {
    const bench = at(0, 100);
    await bench.begin(phase);
    await guard(bench);
    expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
    expect((await bench.release()).phase).toBe('rolled-back');
    expect(bench.given.get('changed')).toBe('true');
    bench.api.writes.length = 0;
    await guard(bench);
    expect(bench.api.writes).toEqual([]);
    expect(bench.given.get('changed')).toBe('false');
  },
);

test('a switch that was killed before its first patch has nothing to move, and is called off', async () => {
  const bench = at(100, 0);
  await bench.begin('switching');
  await guard(bench);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('rolled-back');
});

test.each<Phase>(['stable', 'rolled-back', 'failed', 'complete', 'cleaning'])(
  'a release that is %s is over: nothing is written, wherever the traffic is, and the last line says what serves',
  async (phase) => {
    const bench = at(30, 70);
    await bench.begin(phase);
    await guard(bench);
    expect(bench.api.writes).toEqual([]);
    expect(bench.leases.writes).toEqual([]);
    expect(bench.lines.at(-2)).toBe(
      `nothing to put back: release rel-1 is ${phase}; somebody moved the traffic after it: blue 30 / green 70`,
    );
    expect(bench.lines.at(-1)).toMatch(/^Serving now: /);
    expect(bench.given.get('changed')).toBe('false');
  },
);

test.each<Phase>(['deploying', 'deployed', 'verifying', 'verified'])(
  'a release that is %s and has moved no traffic stays as it is: the failed job can be run again',
  async (phase) => {
    const bench = at(100, 0);
    await bench.begin(phase);
    await guard(bench);
    expect(bench.api.writes).toEqual([]);
    expect((await bench.release()).phase).toBe(phase);
  },
);

test('traffic that is with a candidate whose switch nobody wrote down goes back', async () => {
  const bench = at(70, 30);
  await bench.begin('verified');
  await guard(bench);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('while a newer release is under way nothing is touched, not even its lease', async () => {
  const bench = at(70, 30);
  await bench.begin('switching', { id: 'rel-2' });
  const theirs = await bench.leaseOf('switch-traffic of run 8').hold(shop, bench.forOthers);
  bench.leases.writes.length = 0;
  await guard(bench, 'rel-1');
  expect(bench.api.writes).toEqual([]);
  expect(bench.leases.writes).toEqual([]);
  await theirs.check();
  expect(bench.lines.join('\n')).toContain('nothing to put back: release rel-2 is on record now');
});

test('a runner that was given up and still works loses its lease', async () => {
  const bench = at(0, 100);
  await bench.begin('switching');
  const theirs = await bench.leaseOf('switch-traffic of run 7').hold(shop, bench.forOthers);
  await guard(bench);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(bench.given.get('interrupted')).toBe('switch-traffic of run 7');
  await expect(theirs.check()).rejects.toThrow('this step stops, and puts nothing back');
});

test('a release that begins between the look and the lease is left alone', async () => {
  const bench = at(0, 100);
  await bench.begin('monitoring');
  const tools = { ...bench.tools, lease: { ...bench.lease } };
  tools.lease.take = async (name) => {
    await bench.begin('deploying', { id: 'rel-2', candidate: 'blue' });
    return bench.lease.take(name);
  };
  await expect(guard(bench, 'rel-1', tools)).rejects.toThrow(
    'somebody has gone on in the meantime (release rel-2 is on record now): nothing was moved',
  );
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

test('without a record, traffic between the slots is for a rollback without one: it asks which where nothing tells', async () => {
  const bench = at(30, 70);
  await expect(guard(bench)).rejects.toThrow('which slot was live before cannot be told');
});

test.each([
  [null, 'there is no release record'],
  ['{"schemaVersion": 99}', 'its schema 99 is newer'],
])('with the record %s and all traffic in one slot it fails, and says how to look', async (text, reason) => {
  const bench = at(0, 100);
  if (text !== null) {
    bench.api.put(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'order-api-release', namespace: shop.namespace },
      data: { 'release.json': text },
    });
  }
  await expect(guard(bench)).rejects.toThrow(reason);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

test('what is no release id is refused', () => {
  expect(() => parseInputs({ service: 'order-api', 'if-unfinished': 'v1.1.0' }, fields)).toThrow(
    'if-unfinished: given "v1.1.0"; allowed: the id of a release',
  );
});
