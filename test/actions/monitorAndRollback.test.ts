import { describe, expect, test } from '@jest/globals';
import { pods, virtualServices } from '../../src/cluster/api/resources.ts';
import { parse } from '../../src/actions/monitor-and-rollback/inputs.ts';
import { parse as parseSwitch } from '../../src/actions/switch-traffic/inputs.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { monitorAndRollback } from '../../src/actions/monitor-and-rollback/run.ts';
import type { ServiceRouting } from '../../src/domain/routing/routing.ts';
import type { Slot } from '../../src/domain/slot.ts';
import type { Mesh } from '../../src/mesh/mesh.ts';
import { envoyMetrics } from '../../src/metrics/envoyMetrics.ts';
import { Bench } from '../fakes/bench.ts';
import { shop, virtualService } from '../fakes/shop.ts';

const inputs = (given: Readonly<Record<string, string>> = {}) =>
  parse({ service: 'order-api', duration: '30s', ...given });

interface Load {
  readonly requests: number;
  readonly errors: number;
}

/** Green is live. */
async function live(perSecond: Load, isRecorded = true) {
  const bench = new Bench([virtualServices, virtualService({ weights: [0, 100] })]);
  if (isRecorded) await bench.begin('monitoring', { splitAfter: { blue: 0, green: 100 } });
  return under(perSecond, bench);
}

/** Green is held at 30 %. */
async function held(perSecond: Load) {
  const bench = new Bench([virtualServices, virtualService({ weights: [70, 30] })]);
  await bench.begin('switching', { splitAfter: { blue: 70, green: 30 } });
  return under(perSecond, bench);
}

/** Green gets so many requests and errors per second through gateway-1. */
function under(perSecond: Load, bench: Bench) {
  const sleep = bench.clock.sleep.bind(bench.clock);
  bench.clock.sleep = async (ms, signal) => {
    await sleep(ms, signal);
    const seconds = bench.clock.monotonic() / 1000;
    const { requests, errors } = perSecond;
    bench.envoys.count(
      'gateway-1',
      'green',
      '10.244.0.31',
      Math.round(requests * seconds),
      Math.round(errors * seconds),
    );
  };
  const tools = {
    ...bench.tools,
    metricsOf: (routing: ServiceRouting, slot: Slot) => envoyMetrics(bench.mesh, routing, slot),
  };
  return { bench, tools };
}

test('a good version becomes stable, and the traffic stays', async () => {
  const { bench, tools } = await live({ requests: 20, errors: 0 });
  await monitorAndRollback(inputs(), tools);
  expect(bench.given.get('verdict')).toBe('pass');
  expect(bench.given.get('rolled-back')).toBe('false');
  expect((await bench.release()).phase).toBe('stable');
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

test('a bad version is rolled back within seconds, proven, and the record says so', async () => {
  const { bench, tools } = await live({ requests: 100, errors: 20 });
  await expect(monitorAndRollback(inputs({ duration: '10m' }), tools)).rejects.toThrow(
    /v1.1.0 in green is rolled back: .*\(20 %\).*blue 100 \/ green 0: served by all 3 proxies/,
  );
  expect(bench.clock.monotonic()).toBeLessThan(2_500);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(bench.given.get('rolled-back')).toBe('true');
  expect(await bench.release()).toMatchObject({
    phase: 'rolled-back',
    verdicts: { monitor: { verdict: 'fail' } },
  });
});

test('a few errors among few requests are no reason yet', async () => {
  const { bench, tools } = await live({ requests: 1, errors: 1 });
  await expect(monitorAndRollback(inputs({ duration: '20s' }), tools)).rejects.toThrow(
    'fewer than 50 say nothing',
  );
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

test('no traffic is never a pass', async () => {
  const { bench, tools } = await live({ requests: 0, errors: 0 });
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow(
    /could not be judged \(inconclusive\): 0 requests reached the candidate/,
  );
  expect((await bench.release()).phase).toBe('monitoring');
  expect(bench.given.get('verdict')).toBe('inconclusive');
});

test('an inconclusive one is rolled back, or kept, when asked to', async () => {
  const back = await live({ requests: 0, errors: 0 });
  await expect(monitorAndRollback(inputs({ 'on-inconclusive': 'rollback' }), back.tools)).rejects.toThrow(
    'is rolled back',
  );
  expect(back.bench.weights()).toEqual(['order-api-vs: 100/0']);
  const kept = await live({ requests: 0, errors: 0 });
  await monitorAndRollback(inputs({ 'on-inconclusive': 'keep' }), kept.tools);
  expect((await kept.bench.release()).phase).toBe('monitoring');
});

test('a gateway that does not answer at the end leaves no pass', async () => {
  const { bench, tools } = await live({ requests: 20, errors: 0 });
  bench.envoys.gone.add('gateway-2');
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow(/gateway-2 .* did not answer at the end/);
});

test('a version that someone else took the traffic from does not become stable', async () => {
  const { bench, tools } = await live({ requests: 20, errors: 0 });
  const sleep = bench.clock.sleep.bind(bench.clock);
  bench.clock.sleep = async (ms, signal) => {
    await sleep(ms, signal);
    if (bench.clock.monotonic() > 20_000) bench.api.put(virtualServices, virtualService());
  };
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow('someone moved the traffic');
  expect((await bench.release()).phase).toBe('monitoring');
});

test('a rollback that was cut off is finished without judging again', async () => {
  const { bench, tools } = await live({ requests: 20, errors: 0 });
  await bench.begin('rolling-back');
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow(
    'a rollback was begun before and cut off',
  );
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('rolled-back');
});

test('without a record, a bad version goes back to the other slot', async () => {
  const { bench, tools } = await live({ requests: 100, errors: 50 }, false);
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow('is rolled back');
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
});

test('with nobody to go back to, the traffic stays and the step says that', async () => {
  const { bench, tools } = await live({ requests: 100, errors: 50 });
  bench.dropPods('order-api-blue-5d4f-1', 'order-api-blue-5d4f-2');
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow(
    'blue has no ready pod to go back to: the traffic stays',
  );
  expect(bench.given.get('rolled-back')).toBe('false');
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
});

test('a cut-off verification is closed by the rollback', async () => {
  const { bench, tools } = await live({ requests: 100, errors: 50 });
  await bench.mesh.openPreview(await bench.mesh.read(shop), {
    slot: 'green',
    header: 'version',
    value: 'v1.1.0',
  });
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow('is rolled back');
  expect(bench.routeCount()).toBe(1);
});

test('before a switch there is nothing to monitor', async () => {
  const { bench, tools } = await live({ requests: 0, errors: 0 });
  await bench.begin('verified');
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow('release rel-1 is verified');
});

test('a good share stays as it is: neither stable nor all of the traffic', async () => {
  const { bench, tools } = await held({ requests: 20, errors: 0 });
  await monitorAndRollback(inputs(), tools);
  expect(bench.given.get('verdict')).toBe('pass');
  expect(bench.weights()).toEqual(['order-api-vs: 70/30']);
  expect(await bench.release()).toMatchObject({
    phase: 'switching',
    splitAfter: { blue: 70, green: 30 },
    verdicts: { monitor: { verdict: 'pass' } },
  });
});

test('after a good share the switch goes on from there', async () => {
  const { bench, tools } = await held({ requests: 20, errors: 0 });
  await monitorAndRollback(inputs(), tools);
  await switchTraffic(parseSwitch({ service: 'order-api' }), bench.tools);
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
  expect((await bench.release()).phase).toBe('monitoring');
});

test('a bad share goes back to what was before the release', async () => {
  const { bench, tools } = await held({ requests: 100, errors: 20 });
  await expect(monitorAndRollback(inputs({ duration: '10m' }), tools)).rejects.toThrow(
    /v1.1.0 in green at 30 % is rolled back: .*\(20 %\)/,
  );
  expect(bench.clock.monotonic()).toBeLessThan(2_500);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(await bench.release()).toMatchObject({
    phase: 'rolled-back',
    splitAfter: { blue: 100, green: 0 },
    verdicts: { monitor: { verdict: 'fail' } },
  });
});

test('a share without traffic is no pass, and stays', async () => {
  const { bench, tools } = await held({ requests: 0, errors: 0 });
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow('could not be judged (inconclusive)');
  expect(bench.weights()).toEqual(['order-api-vs: 70/30']);
  expect((await bench.release()).phase).toBe('switching');
});

test('a share that is not the one on record is not judged', async () => {
  const { bench, tools } = await held({ requests: 20, errors: 0 });
  bench.api.put(virtualServices, virtualService({ weights: [50, 50] }));
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow(
    'held at blue 70 / green 30 on record, and the traffic is at blue 50 / green 50',
  );
});

test('a switch whose share was never proven is not judged', async () => {
  const { bench, tools } = await held({ requests: 20, errors: 0 });
  await bench.begin('switching');
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow('release rel-1 is switching');
});

test('Prometheus needs an address', () => {
  expect(() => inputs({ metrics: 'prometheus' })).toThrow('prometheus-url: given nothing');
});

test('a rollback by somebody else ends the watching; nothing is judged', async () => {
  const { bench, tools } = await live({ requests: 20, errors: 0 });
  bench.clock.every(3_000, () => void bench.leaseOf('rollback by ben').take(shop));
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow('was taken by rollback by ben');
  expect(bench.clock.monotonic()).toBeLessThan(15_000);
  expect((await bench.release()).phase).toBe('monitoring');
});

test('its own rollback goes through although the lease cannot be had', async () => {
  const { bench, tools } = await live({ requests: 100, errors: 20 });
  for (let i = 0; i < 9; i += 1) bench.leases.failNext('update', 'Lease', () => new Error('down'));
  await expect(monitorAndRollback(inputs(), tools)).rejects.toThrow('is rolled back');
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(bench.lines.join('\n')).toContain('could not be taken, which stops no rollback: down');
});

describe('the way back, while the candidate is watched', () => {
  const blue = ['order-api-blue-5d4f-1', 'order-api-blue-5d4f-2'] as const;
  /** Does it once, when so many milliseconds are over. */
  const after = (bench: Bench, ms: number, act: () => void): void => {
    const stop = bench.clock.every(ms, () => {
      stop();
      act();
    });
  };
  const told = ({ lines }: Bench, what: string): number => lines.filter((line) => line.includes(what)).length;

  test('is told once when it is lost, and once when it is there again', async () => {
    const { bench, tools } = await live({ requests: 20, errors: 0 });
    const kept = blue.map((name) => bench.api.peek(pods, 'ecommerce', name));
    after(bench, 5_000, () => bench.dropPods(...blue));
    after(bench, 15_000, () => kept.forEach((pod) => bench.api.put(pods, pod)));
    await monitorAndRollback(inputs(), tools);
    expect(told(bench, 'blue has no ready pod: as long as that is so, v1.1.0 in green cannot')).toBe(1);
    expect(told(bench, 'there is a way back for v1.1.0 in green again')).toBe(1);
  });

  test('is not told while it is there', async () => {
    const { bench, tools } = await live({ requests: 20, errors: 0 });
    bench.dropPods(blue[0]);
    await monitorAndRollback(inputs(), tools);
    expect(told(bench, 'way back')).toBe(0);
    expect(told(bench, 'no ready pod')).toBe(0);
  });

  test('lost and found right before a bad version shows: it goes back', async () => {
    const { bench, tools } = await live({ requests: 100, errors: 50 });
    const mesh: Mesh = {
      ...bench.mesh,
      pods: (routing) => {
        // Beside each sample nobody is ready; when it is asked for the way back itself, all are.
        return bench.lines.some((line) => line.startsWith('fail: '))
          ? bench.mesh.pods(routing)
          : bench.mesh.pods(routing).then((found) => ({ ...found, blue: [] }));
      },
    };
    await expect(monitorAndRollback(inputs(), { ...tools, mesh })).rejects.toThrow('is rolled back');
    expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  });

  test('that cannot be looked for is told, and watched on without', async () => {
    const { bench, tools } = await live({ requests: 20, errors: 0 });
    const mesh: Mesh = { ...bench.mesh, pods: () => Promise.reject(new Error('no answer')) };
    await monitorAndRollback(inputs(), { ...tools, mesh });
    expect(told(bench, 'whether there is a way back for v1.1.0 in green is not known: no answer')).toBe(1);
    expect((await bench.release()).phase).toBe('stable');
  });
});
