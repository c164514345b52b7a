import { describe, expect, test } from '@jest/globals';
import { parse } from '../../src/actions/monitor-and-rollback/inputs.ts';
import { monitorAndRollback } from '../../src/actions/monitor-and-rollback/run.ts';
import { fields as rollbackFields } from '../../src/actions/rollback/inputs.ts';
import { rollback } from '../../src/actions/rollback/run.ts';
import { fields } from '../../src/actions/status/inputs.ts';
import { showStatus } from '../../src/actions/status/run.ts';
import type { KubeObject } from '../../src/cluster/api/kubeApi.ts';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { clusterWorkloads } from '../../src/cluster/pods/workloads.ts';
import type { Phase, Release } from '../../src/domain/release/release.ts';
import type { ServiceRouting } from '../../src/domain/routing/routing.ts';
import type { Slot } from '../../src/domain/slot.ts';
import type { Split } from '../../src/domain/split.ts';
import type { Status } from '../../src/domain/status/status.ts';
import { plain, statusLines } from '../../src/domain/status/text.ts';
import { envoyMetrics } from '../../src/metrics/envoyMetrics.ts';
import { parseInputs } from '../../src/runtime/inputs.ts';
import { Bench } from '../fakes/bench.ts';
import { virtualService } from '../fakes/shop.ts';
import type { VirtualServiceOptions, Weights } from '../fakes/shop.ts';

// A monitor says on record where it would go back to before it watches, and moves the users before it says more.

const blue: Split = { blue: 100, green: 0 };
const green: Split = { blue: 0, green: 100 };

const releaseWith = (
  gateway: Weights,
  mesh: Weights,
  phase: Phase,
  changes: Partial<Release> = {},
): Promise<Bench> => Bench.inTwo(gateway, mesh, phase, { splitAfter: green, ...changes });

const watch = (bench: Bench, given: Readonly<Record<string, string>> = {}): Promise<void> =>
  monitorAndRollback(parse({ service: 'order-api', duration: '10s', ...given }), {
    ...bench.tools,
    metricsOf: (routing: ServiceRouting, slot: Slot) => envoyMetrics(bench.mesh, routing, slot),
  });

async function statusOf(bench: Bench): Promise<Status> {
  const tools = { ...bench.tools, workloads: clusterWorkloads(bench.api) };
  await showStatus(parseInputs({ service: 'order-api' }, fields), tools);
  return JSON.parse(bench.given.get('json') ?? '') as Status;
}

const findingsOf = ({ findings }: Status): string => findings.map(({ what }) => what).join('\n');

describe('while it is watched', () => {
  const recordedWhileWatching = async (bench: Bench): Promise<Release> => {
    const seen: Promise<Release>[] = [];
    bench.clock.every(5_000, () => seen.push(bench.release()));
    await watch(bench, { 'on-inconclusive': 'keep' });
    const [first] = await Promise.all(seen);
    if (first === undefined) throw new Error('the test expected to be asked in the middle');
    return first;
  };

  test('the record says where everybody goes when it is bad, and all else as before', async () => {
    const bench = await releaseWith([0, 100], [0, 100], 'monitoring');
    const before = await bench.release();
    expect(await recordedWhileWatching(bench)).toEqual({ ...before, goesBackTo: blue });
    expect(bench.lines.join('\n')).not.toContain('does not say');
  });

  test('so does that of a share that is held', async () => {
    const held = { splitAfter: { blue: 70, green: 30 } };
    const bench = await releaseWith([70, 30], [70, 30], 'switching', held);
    expect(await recordedWhileWatching(bench)).toMatchObject({
      phase: 'switching',
      ...held,
      goesBackTo: blue,
    });
  });

  test('one that is settled stays as it is', async () => {
    const bench = await releaseWith([0, 100], [0, 100], 'stable');
    expect((await recordedWhileWatching(bench)).goesBackTo).toBeUndefined();
  });
});

test('once it is judged, nobody goes back by that any more', async () => {
  const bench = await releaseWith([0, 100], [0, 100], 'monitoring');
  await watch(bench, { 'on-inconclusive': 'keep' });
  expect(await bench.release()).toMatchObject({ phase: 'monitoring' });
  expect((await bench.release()).goesBackTo).toBeUndefined();
});

describe('killed on its way back, before the record said so', () => {
  const places: readonly (readonly [string, Weights, Weights])[] = [
    ['with all weights written', [100, 0], [100, 0]],
    ['between two VirtualServices', [100, 0], [0, 100]],
  ];

  test.each(places)('%s: status tells that it is going back', async (_, gateway, mesh) => {
    const status = await statusOf(await releaseWith(gateway, mesh, 'monitoring', { goesBackTo: blue }));
    expect(status.release?.phase).toBe('rolling-back');
    expect(findingsOf(status)).toContain('rel-1 is rolling-back, and no step is at work: it was cut off');
    expect(findingsOf(status)).not.toContain('by hand');
    expect(status.next.map(({ command }) => command)).toEqual(['c4ang rollback order-api -n ecommerce']);
  });

  test.each(places)('%s: the same step finishes it, and judges nothing', async (_, gateway, mesh) => {
    const bench = await releaseWith(gateway, mesh, 'monitoring', { goesBackTo: blue });
    await expect(watch(bench)).rejects.toThrow('a rollback was begun before and cut off');
    expect(bench.weights()).toEqual(['order-api-vs: 100/0', 'order-api-mesh: 100/0']);
    expect((await bench.release()).phase).toBe('rolled-back');
    expect((await statusOf(bench)).release?.phase).toBe('rolled-back');
  });

  test.each(places)('%s: so does a rollback', async (_, gateway, mesh) => {
    const bench = await releaseWith(gateway, mesh, 'monitoring', { goesBackTo: blue });
    const tools = { ...bench.tools, deployments: clusterWorkloads(bench.api) };
    await rollback(parseInputs({ service: 'order-api' }, rollbackFields), tools);
    expect(bench.weights()).toEqual(['order-api-vs: 100/0', 'order-api-mesh: 100/0']);
    expect((await bench.release()).phase).toBe('rolled-back');
  });

  test('how long it has been going back is not made up', async () => {
    const timeline = [{ at: '2026-01-01T00:00:00.000Z', phase: 'monitoring' as const, note: 'proven' }];
    const status = await statusOf(
      await releaseWith([100, 0], [100, 0], 'monitoring', { goesBackTo: blue, timeline }),
    );
    expect(statusLines(status, plain)).toContain(
      'release  v1.1.0 in green is rolling-back, by its routes: its last entry does not say so yet',
    );
  });

  test('from a share: that too', async () => {
    const held = { splitAfter: { blue: 70, green: 30 }, goesBackTo: blue };
    const status = await statusOf(await releaseWith([100, 0], [70, 30], 'switching', held));
    expect(status.release?.phase).toBe('rolling-back');
  });
});

describe('what is no way back', () => {
  test('killed while it watched: the candidate has its traffic, and is watched anew', async () => {
    const bench = await releaseWith([0, 100], [0, 100], 'monitoring', { goesBackTo: blue });
    expect((await statusOf(bench)).release?.phase).toBe('monitoring');
    await expect(watch(bench)).rejects.toThrow('could not be judged (inconclusive)');
    expect(bench.weights()).toEqual(['order-api-vs: 0/100', 'order-api-mesh: 0/100']);
  });

  /** As the API server tells who wrote the routes. */
  const writtenBy = (manager: string, weights: Weights, given: VirtualServiceOptions): KubeObject => {
    const object = virtualService({ ...given, weights });
    const managedFields = [
      { manager: 'helm', fieldsV1: { 'f:metadata': {}, 'f:spec': { 'f:hosts': {} } } },
      { manager, fieldsV1: { 'f:spec': { 'f:http': {} } } },
    ];
    return { ...object, metadata: { ...object.metadata, managedFields } };
  };
  const gateway = { gateways: ['ecommerce-gateway'] };

  test.each([
    ['kubectl-edit', 'monitoring'],
    ['argocd-controller', 'monitoring'],
    ['c4ang-actions', 'rolling-back'],
  ] as const)('moved to where it would go back to, by %s: it is %s', async (manager, phase) => {
    const bench = await releaseWith([100, 0], [100, 0], 'monitoring', { goesBackTo: blue });
    bench.api.put(virtualServices, writtenBy(manager, [100, 0], gateway));
    const status = await statusOf(bench);
    expect(status.release?.phase).toBe(phase);
    const isByHand = findingsOf(status).includes('someone moved the traffic by hand, or applied it from Git');
    expect(isByHand).toBe(phase === 'monitoring');
  });

  test('somebody moved the traffic elsewhere: that is told, and nobody goes back by it', async () => {
    const bench = await releaseWith([50, 50], [50, 50], 'monitoring', { goesBackTo: blue });
    const status = await statusOf(bench);
    expect(status.release?.phase).toBe('monitoring');
    expect(findingsOf(status)).toContain('someone moved the traffic by hand');
    await expect(watch(bench)).rejects.toThrow('there is nothing to monitor');
    expect(bench.weights()).toEqual(['order-api-vs: 50/50', 'order-api-mesh: 50/50']);
  });
});
