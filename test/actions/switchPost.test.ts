import { expect, test } from '@jest/globals';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import { leftOpen, notedForPost, wasUndoing } from '../../src/actions/switch-traffic/notedForPost.ts';
import { finishOrUndo } from '../../src/actions/switch-traffic/post.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { Bench } from '../fakes/bench.ts';
import { virtualService } from '../fakes/shop.ts';

const inputs = (given: Readonly<Record<string, string>> = {}) => parse({ service: 'order-api', ...given });

/** A main step that was killed after its writes. */
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

/** As above, and the proxies do not know all of the candidate's endpoints. */
async function unproven(weights?: readonly [number, number]): Promise<Bench> {
  const bench = await cutOff(weights);
  bench.envoys.hosts.green.pop();
  return bench;
}

test('what a killed step has begun is undone, proven and on record', async () => {
  const bench = await unproven();
  expect(leftOpen(bench.tools.state)).toBe('rel-1');
  await finishOrUndo(inputs({ timeout: '2s' }), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(await bench.release()).toMatchObject({ phase: 'verified', splitAfter: null });
  expect(bench.lines.join('\n')).toContain('undone: blue 100 / green 0');
});

test('a share that was proven before is kept: only what was on its way is undone', async () => {
  const bench = await unproven([50, 50]);
  await bench.begin('switching', { splitAfter: { blue: 70, green: 30 } });
  await finishOrUndo(inputs({ weight: '50', timeout: '2s' }), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 70/30']);
  expect(await bench.release()).toMatchObject({ phase: 'switching', splitAfter: { blue: 70, green: 30 } });
});

test('steps that were cut off go back to their beginning', async () => {
  const bench = await cutOff([50, 50]);
  await bench.begin('switching', { splitAfter: { blue: 70, green: 30 } });
  await finishOrUndo(inputs({ steps: '30, 50, 100' }), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('a switch that lacked only its last entry is finished, and says that nobody has watched it', async () => {
  const bench = await cutOff();
  await finishOrUndo(inputs(), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
  expect(await bench.release()).toMatchObject({ phase: 'monitoring', splitAfter: { blue: 0, green: 100 } });
  expect(bench.lines.join('\n')).toMatch(/is finished: blue 0 \/ green 100.*Nobody has watched it/);
});

test('a share that was written and reached every proxy is held', async () => {
  const bench = await cutOff([70, 30]);
  await finishOrUndo(inputs({ weight: '30' }), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 70/30']);
  expect(await bench.release()).toMatchObject({ phase: 'switching', splitAfter: { blue: 70, green: 30 } });
});

test('where a proxy does not serve it, or the candidate has no ready pod, nothing is finished', async () => {
  const bench = await cutOff();
  bench.envoys.freezeAs('gateway-1', new Bench().envoys);
  await finishOrUndo(inputs({ timeout: '2s' }), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(bench.lines.join('\n')).toContain('not finished: no proof within 2 s');
  const empty = await cutOff();
  empty.dropPods('order-api-green-5d4f-1', 'order-api-green-5d4f-2');
  await finishOrUndo(inputs(), 'rel-1', empty.tools);
  expect(empty.lines.join('\n')).toContain('not finished: green has no ready pod');
});

test('a step that was cancelled is undone, even when it was killed before it could begin to', async () => {
  const bench = await cutOff();
  const cancelled = new AbortController();
  await notedForPost(bench.tools.state, 'rel-1', cancelled.signal, () => {
    cancelled.abort();
    return Promise.resolve();
  });
  bench.state.delete('ended');
  await finishOrUndo(inputs(), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('a step that was killed while it put things back is undone', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  const mesh = { ...bench.tools.mesh, proveSplit: once(bench) };
  await expect(switchTraffic(inputs(), { ...bench.tools, mesh })).rejects.toThrow('not proven');
  expect(wasUndoing(bench.tools.state)).toBe(true);
});

test('a way back that was cut off is finished', async () => {
  const bench = await cutOff([90, 10]);
  await bench.begin('rolling-back');
  await finishOrUndo(inputs({ steps: '10, 100' }), 'rel-1', bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('rolled-back');
});

test.each(['monitoring', 'rolled-back', 'stable'] as const)(
  'a release that is %s by now is left alone',
  async (phase) => {
    const bench = await cutOff();
    await bench.begin(phase);
    await finishOrUndo(inputs(), 'rel-1', bench.tools);
    expect(bench.api.writes).toEqual([]);
  },
);

test('another release is left alone', async () => {
  const bench = await cutOff();
  await finishOrUndo(inputs(), 'rel-0', bench.tools);
  expect(bench.api.writes).toEqual([]);
});

test('whoever is at work now is left to it, and named', async () => {
  const bench = await cutOff();
  await bench.leaseOf('rollback of run 8').hold(bench.name, bench.forOthers);
  await finishOrUndo(inputs({ 'on-busy': 'fail' }), 'rel-1', bench.tools);
  expect(bench.api.writes).toEqual([]);
  expect(bench.lines.join('\n')).toContain('rollback of run 8');
});
