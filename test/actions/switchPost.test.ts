import { expect, test } from '@jest/globals';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import { leftOpen } from '../../src/actions/switch-traffic/notedForPost.ts';
import { undoCutOff } from '../../src/actions/switch-traffic/post.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { Bench } from '../fakes/bench.ts';
import { virtualService } from '../fakes/shop.ts';

const inputs = (given: Readonly<Record<string, string>> = {}) => parse({ service: 'order-api', ...given });

/** A main step that was killed when everything was written and nothing proven. */
async function cutOff(weights: readonly [number, number] = [0, 100]): Promise<Bench> {
  const bench = new Bench([virtualServices, virtualService({ weights })]);
  await bench.begin('switching');
  bench.state.set('release', 'rel-1');
  return bench;
}

test('a step that came to its end leaves nothing to do', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await switchTraffic(inputs(), bench.tools);
  expect(bench.state.get('release')).toBe('rel-1');
  expect(leftOpen(bench.tools.state)).toBeNull();
});

test('a step that put back what it had begun leaves nothing to do either', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  const tools = bench.tools;
  const mesh = { ...tools.mesh, proveSplit: once(bench) };
  await expect(switchTraffic(inputs(), { ...tools, mesh })).rejects.toThrow(
    'the previous split is back'.slice(4),
  );
  expect(leftOpen(tools.state)).toBeNull();
});

/** No proof of the new split; every other one as it is. */
function once(bench: Bench): Bench['mesh']['proveSplit'] {
  return (routing, target, options) =>
    target !== 'as-read' && target.green === 100
      ? Promise.reject(new Error('not proven'))
      : bench.mesh.proveSplit(routing, target, options);
}

test('a step that was killed before it had begun leaves nothing to do', () => {
  expect(leftOpen(new Bench().tools.state)).toBeNull();
});

test('what a killed step has begun is undone, proven and on record', async () => {
  const bench = await cutOff();
  expect(leftOpen(bench.tools.state)).toBe('rel-1');
  await undoCutOff(inputs(), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(await bench.release()).toMatchObject({ phase: 'verified', splitAfter: null });
  expect(bench.lines.join('\n')).toContain('undone: blue 100 / green 0');
});

test('a share that was proven before is kept: only what was on its way is undone', async () => {
  const bench = await cutOff([50, 50]);
  await bench.begin('switching', { splitAfter: { blue: 70, green: 30 } });
  await undoCutOff(inputs({ weight: '50' }), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 70/30']);
  expect(await bench.release()).toMatchObject({ phase: 'switching', splitAfter: { blue: 70, green: 30 } });
});

test('steps that were cut off go back to their beginning', async () => {
  const bench = await cutOff([50, 50]);
  await bench.begin('switching', { splitAfter: { blue: 70, green: 30 } });
  await undoCutOff(inputs({ steps: '30, 50, 100' }), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('a way back that was cut off is finished', async () => {
  const bench = await cutOff([90, 10]);
  await bench.begin('rolling-back');
  await undoCutOff(inputs({ steps: '10, 100' }), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('rolled-back');
});

test.each(['monitoring', 'rolled-back', 'stable'] as const)(
  'a release that is %s by now is left alone',
  async (phase) => {
    const bench = await cutOff();
    await bench.begin(phase);
    await undoCutOff(inputs(), 'rel-1', bench.tools);
    expect(bench.api.writes).toEqual([]);
  },
);

test('another release is left alone', async () => {
  const bench = await cutOff();
  await undoCutOff(inputs(), 'rel-0', bench.tools);
  expect(bench.api.writes).toEqual([]);
});

test('whoever is at work now is left to it, and named', async () => {
  const bench = await cutOff();
  await bench.leaseOf('rollback of run 8').hold(bench.name, bench.forOthers);
  await undoCutOff(inputs({ 'on-busy': 'fail' }), 'rel-1', bench.tools);
  expect(bench.api.writes).toEqual([]);
  expect(bench.lines.join('\n')).toContain('rollback of run 8');
});
