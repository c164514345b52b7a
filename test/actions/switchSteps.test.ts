import { expect, test } from '@jest/globals';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import type { Inputs } from '../../src/actions/switch-traffic/inputs.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { ConnectionError } from '../../src/runtime/errors.ts';
import { Bench } from '../fakes/bench.ts';
import { virtualService } from '../fakes/shop.ts';

const inputs = (given: Readonly<Record<string, string>>): Inputs =>
  parse({ service: 'order-api', 'step-interval': '20s', ...given });
const steps = (given: Readonly<Record<string, string>> = {}): Inputs =>
  inputs({ steps: '10, 50, 100', ...given });

/** Green answers so many requests and errors per second through gateway-1, from the beginning on. */
function loaded(bench: Bench, errorsPerSecond: (bench: Bench) => number, perSecond = 20): Bench {
  const sleep = bench.clock.sleep.bind(bench.clock);
  let errors = 0;
  let atMs = 0;
  bench.clock.sleep = async (ms, signal) => {
    await sleep(ms, signal);
    errors += (errorsPerSecond(bench) * (bench.clock.monotonic() - atMs)) / 1000;
    atMs = bench.clock.monotonic();
    const requests = Math.round((perSecond * atMs) / 1000);
    bench.envoys.count('gateway-1', 'green', '10.244.0.31', requests, Math.round(errors));
  };
  return bench;
}
const healthy = (bench: Bench): Bench => loaded(bench, () => 0);
const patches = (bench: Bench): readonly unknown[] =>
  bench.api.writes
    .filter(({ kind }) => kind === 'VirtualService')
    .map(({ patch }) =>
      patch?.flatMap((step) => ('value' in step && step.op !== 'test' ? [step.value] : [])).at(-1),
    );

test('goes through every step, each proven and judged, and the record tells it', async () => {
  const bench = healthy(new Bench());
  await bench.begin('verified');
  await switchTraffic(steps(), bench.tools);
  expect(patches(bench)).toEqual([10, 50, 100]);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
  const done = JSON.parse(bench.given.get('steps') ?? '') as readonly { split: string; verdict: string }[];
  expect(done.map(({ split, verdict }) => [split, verdict])).toEqual([
    ['blue 90 / green 10', 'pass'],
    ['blue 50 / green 50', 'pass'],
    ['blue 0 / green 100', null],
  ]);
  expect(bench.clock.monotonic()).toBeGreaterThan(40_000);
  expect(await bench.release()).toMatchObject({ phase: 'monitoring', splitAfter: { blue: 0, green: 100 } });
});

test('a step that is bad puts everything back at once, and the release is rolled back', async () => {
  const bench = loaded(new Bench(), ({ clock }) => (clock.monotonic() > 25_000 ? 10 : 0));
  await bench.begin('verified');
  await expect(switchTraffic(steps(), bench.tools)).rejects.toThrow(
    /green at 50 %: fail, [^]*The previous split is back, proven in 3 proxies/,
  );
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(await bench.release()).toMatchObject({
    phase: 'rolled-back',
    splitAfter: { blue: 100, green: 0 },
    verdicts: { monitor: { verdict: 'fail' } },
  });
});

test('a step that nobody used is no pass: everything is put back, and the candidate may try again', async () => {
  const bench = loaded(new Bench(), () => 0, 1);
  await bench.begin('verified');
  await expect(switchTraffic(steps(), bench.tools)).rejects.toThrow(
    /green at 10 %: inconclusive, [^]*fewer than 50/,
  );
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(await bench.release()).toMatchObject({ phase: 'verified', splitAfter: null });
});

test('a later step that cannot be proven puts back what was before the first', async () => {
  const bench = healthy(new Bench());
  await bench.begin('verified');
  bench.api.onWrite(({ kind, patch }) => {
    if (kind === 'VirtualService' && patch?.at(-1)?.op === 'replace' && patches(bench).length === 2) {
      bench.envoys.freeze('gateway-2');
    }
  });
  // Frozen at 90/10, it never shows the way back either.
  await expect(switchTraffic(steps(), bench.tools)).rejects.toThrow(/gateway-2: it serves blue 90/);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('cancelled between two steps, everything is put back', async () => {
  const bench = healthy(new Bench());
  await bench.begin('verified');
  const sleep = bench.clock.sleep.bind(bench.clock);
  bench.clock.sleep = async (ms, signal) => {
    if (bench.clock.monotonic() > 5_000 && !bench.stop.signal.aborted) bench.stop.abort(new Error('stopped'));
    await sleep(ms, signal);
  };
  await expect(switchTraffic(steps(), bench.tools)).rejects.toThrow('stopped');
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('verified');
});

test('when someone else moves the traffic between two steps, theirs stays', async () => {
  const bench = healthy(new Bench());
  await bench.begin('verified');
  const sleep = bench.clock.sleep.bind(bench.clock);
  let moved = false;
  bench.clock.sleep = async (ms, signal) => {
    await sleep(ms, signal);
    if (bench.clock.monotonic() < 5_000 || moved) return;
    moved = true;
    bench.api.put(virtualServices, virtualService({ weights: [80, 20] }));
  };
  await expect(switchTraffic(steps(), bench.tools)).rejects.toThrow(
    /someone moved the traffic.*blue 80 \/ green 20/,
  );
  expect(bench.weights()).toEqual(['order-api-vs: 80/20']);
  expect((await bench.release()).phase).toBe('switching');
});

test('when someone else writes the record between two steps, nothing more is moved', async () => {
  const bench = healthy(new Bench());
  await bench.begin('verified');
  const sleep = bench.clock.sleep.bind(bench.clock);
  let wrote = false;
  bench.clock.sleep = async (ms, signal) => {
    await sleep(ms, signal);
    if (bench.clock.monotonic() < 5_000 || wrote) return;
    wrote = true;
    const state = await bench.record.read(bench.name);
    await bench.record.save({ ...(await bench.release()), phase: 'rolling-back' }, state);
  };
  await expect(switchTraffic(steps(), bench.tools)).rejects.toThrow(/modified/);
  expect(bench.weights()).toEqual(['order-api-vs: 90/10']);
  expect((await bench.release()).phase).toBe('rolling-back');
});

test('a record that cannot be written between two steps puts everything back', async () => {
  const bench = healthy(new Bench());
  await bench.begin('verified');
  const fail = (): Error => new ConnectionError('nobody answers', 'Wait.');
  bench.api.onWrite(({ kind }) => {
    if (kind === 'VirtualService' && patches(bench).length === 2)
      bench.api.failNext('update', 'ConfigMap', fail);
  });
  await expect(switchTraffic(steps(), bench.tools)).rejects.toThrow(
    /nobody answers\nThe previous split is back/,
  );
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('killed while a step was watched, it is taken up at that step, which is judged again', async () => {
  const bench = healthy(new Bench([virtualServices, virtualService({ weights: [50, 50] })]));
  await bench.begin('switching', { splitAfter: { blue: 50, green: 50 } });
  await switchTraffic(steps(), bench.tools);
  expect(patches(bench)).toEqual([100]);
  expect(JSON.parse(bench.given.get('steps') ?? '')).toMatchObject([{ verdict: 'pass' }, { verdict: null }]);
});

test('killed between the patch of a step and its proof, and then not provable: all the way back', async () => {
  const bench = healthy(new Bench([virtualServices, virtualService({ weights: [50, 50] })]));
  await bench.begin('switching', { splitAfter: { blue: 90, green: 10 } });
  const stale = new Bench();
  stale.envoys.freeze('gateway-1');
  bench.envoys.freezeAs('gateway-1', stale.envoys);
  await expect(switchTraffic(steps(), bench.tools)).rejects.toThrow('The previous split is back');
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('verified');
});

test('by hand, 30 today and 50 next week; the record says what was proven last', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await switchTraffic(inputs({ weight: '30' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 70/30']);
  expect(await bench.release()).toMatchObject({ phase: 'switching', splitAfter: { blue: 70, green: 30 } });
  await switchTraffic(inputs({ weight: '50' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 50/50']);
  await switchTraffic(inputs({}), bench.tools);
  expect(await bench.release()).toMatchObject({ phase: 'monitoring', splitAfter: { blue: 0, green: 100 } });
});

test('a weight given twice writes nothing the second time', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await switchTraffic(inputs({ weight: '30' }), bench.tools);
  bench.api.writes.length = 0;
  await switchTraffic(inputs({ weight: '30' }), bench.tools);
  expect(bench.api.writes).toEqual([]);
  expect(bench.given.get('changed')).toBe('false');
});

test('a weight that cannot be proven goes back to the one before, which is still held', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await switchTraffic(inputs({ weight: '30' }), bench.tools);
  bench.envoys.freeze('gateway-2');
  await expect(switchTraffic(inputs({ weight: '50' }), bench.tools)).rejects.toThrow(
    'The previous split is back',
  );
  expect(bench.weights()).toEqual(['order-api-vs: 70/30']);
  expect(await bench.release()).toMatchObject({ phase: 'switching', splitAfter: { blue: 70, green: 30 } });
});

test('back from a canary needs no proof', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await switchTraffic(inputs({ weight: '30' }), bench.tools);
  await switchTraffic(inputs({ to: 'previous' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('rolled-back');
});

test('while another release holds the lease, nothing is read or written, and the failure says who', async () => {
  const bench = new Bench();
  await bench.begin('verified');
  await bench
    .leaseOf('deploy-green of run 7')
    .hold(bench.name, { onBusy: 'fail', timeoutMs: 0, signal: bench.stop.signal });
  await expect(switchTraffic(inputs({ 'on-busy': 'fail' }), bench.tools)).rejects.toThrow(
    'deploy-green of run 7',
  );
  expect(bench.api.writes).toEqual([]);
});

test('a rollback that takes the lease in the middle of the steps has the last word', async () => {
  const bench = healthy(new Bench());
  await bench.begin('verified');
  const sleep = bench.clock.sleep.bind(bench.clock);
  let isTaken = false;
  bench.clock.sleep = async (ms, signal) => {
    await sleep(ms, signal);
    if (bench.clock.monotonic() < 5_000 || isTaken) return;
    isTaken = true;
    await bench.leaseOf('rollback by Kim').take(bench.name);
  };
  await expect(switchTraffic(steps(), bench.tools)).rejects.toThrow(
    /was taken by rollback by Kim[^]*puts nothing back/,
  );
  expect(bench.weights()).toEqual(['order-api-vs: 90/10']);
  expect((await bench.release()).phase).toBe('switching');
});

test('back to the previous slot takes the lease; a dry run takes none', async () => {
  const bench = new Bench([virtualServices, virtualService({ weights: [0, 100] })]);
  await bench.begin('monitoring');
  await bench
    .leaseOf('a switch that hangs')
    .hold(bench.name, { onBusy: 'fail', timeoutMs: 0, signal: bench.stop.signal });
  await switchTraffic(inputs({ to: 'previous', 'dry-run': 'true' }), bench.tools);
  expect((await bench.lease.read(bench.name))?.title).toContain('a switch that hangs');
  await switchTraffic(inputs({ to: 'previous' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});
