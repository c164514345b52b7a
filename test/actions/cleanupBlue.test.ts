import { expect, test } from '@jest/globals';
import { cleanupBlue } from '../../src/actions/cleanup-blue/run.ts';
import { fields } from '../../src/actions/cleanup-blue/inputs.ts';
import type { KubeObject, Resource } from '../../src/cluster/api/kubeApi.ts';
import { clusterWorkloads } from '../../src/cluster/pods/workloads.ts';
import { deployments, virtualServices } from '../../src/cluster/api/resources.ts';
import type { Phase, Release } from '../../src/domain/release/release.ts';
import { parseInputs } from '../../src/runtime/inputs.ts';
import { Bench } from '../fakes/bench.ts';
import { deployment, FakeHelm } from '../fakes/helm.ts';
import { virtualService } from '../fakes/shop.ts';

const day = 86_400_000;
const image = 'x@sha256:1';
const deployed = { status: 'deployed', revision: 1, lastDeployed: null };

/** Everything on green since a day ago; blue is what was left. */
class Cleaning extends Bench {
  readonly helm: FakeHelm;

  constructor(...objects: readonly (readonly [Resource, KubeObject])[]) {
    super(
      [virtualServices, virtualService({ weights: [0, 100] })],
      [deployments, deployment('blue', { version: 'v1.0.0', image, helmRelease: 'order-api-blue' })],
      [deployments, deployment('green', { version: 'v1.1.0', image })],
      ...objects,
    );
    this.helm = new FakeHelm(this.api);
    this.helm.statuses = [deployed];
  }

  async after(phase: Phase, ms: number, changes: Partial<Release> = {}): Promise<this> {
    const at = new Date(this.clock.now() - ms).toISOString();
    await this.begin(phase, { timeline: [{ at, phase, note: '' }], ...changes });
    return this;
  }

  async clean(given: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
    const inputs = parseInputs({ service: 'order-api', ...given }, fields);
    await cleanupBlue(inputs, { ...this.tools, workloads: clusterWorkloads(this.api), helm: this.helm });
    return Object.fromEntries(this.given);
  }
}

test('the slot that was left goes when the release has been stable for a day; the other stays', async () => {
  const bench = await new Cleaning().after('stable', day);
  expect(await bench.clean()).toMatchObject({ removed: 'order-api-blue', kept: '' });
  expect(bench.helm.uninstalled).toEqual(['order-api-blue']);
  expect(await bench.release()).toMatchObject({ phase: 'complete' });
  expect(bench.api.all(deployments).map(({ metadata }) => metadata.name)).toEqual(['order-api-green']);
});

test.each([
  ['it is too early', 'stable', day - 60_000, /stable for 24.0 h of the 24.0 h/],
  ['a release is under way', 'monitoring', day, /rel-1 is monitoring/],
] as const)('kept, and said why: %s', async (_what, phase, ms, reason) => {
  const bench = await new Cleaning().after(phase, ms);
  expect(await bench.clean()).toMatchObject({
    removed: '',
    kept: 'order-api-blue',
    reasons: expect.stringMatching(reason),
  });
  expect(bench.helm.uninstalled).toEqual([]);
  expect(bench.api.writes).toEqual([]);
});

test('kept: no record tells how long', async () => {
  expect(await new Cleaning().clean()).toMatchObject({
    reasons: expect.stringMatching(/no usable release record/),
  });
});

test('kept: both slots take traffic', async () => {
  const bench = await new Cleaning([virtualServices, virtualService({ weights: [1, 99] })]).after(
    'stable',
    day,
  );
  expect(await bench.clean()).toMatchObject({
    removed: '',
    reasons: expect.stringMatching(/no slot is without/),
  });
});

test('kept: a proxy counted requests to it meanwhile', async () => {
  const bench = await new Cleaning().after('stable', day);
  const sleep = bench.clock.sleep.bind(bench.clock);
  bench.clock.sleep = (ms, signal) => {
    bench.envoys.count('gateway-2', 'blue', '10.244.0.21', 3, 0);
    return sleep(ms, signal);
  };
  expect(await bench.clean()).toMatchObject({ removed: '', reasons: '3 requests reached blue within 10 s' });
  expect(bench.api.writes).toEqual([]);
});

test('kept: a proxy does not say whether it sends to it', async () => {
  const bench = await new Cleaning().after('stable', day);
  bench.envoys.gone.add('gateway-1');
  expect(await bench.clean()).toMatchObject({
    removed: '',
    reasons: expect.stringMatching(/gateway-1.* did not say/),
  });
});

test('a dry run looks at everything and removes nothing', async () => {
  const bench = await new Cleaning().after('stable', day);
  expect(await bench.clean({ 'dry-run': 'true' })).toMatchObject({ removed: '' });
  expect(bench.api.writes).toEqual([]);
});

test('after a rollback it is the bad version that goes', async () => {
  const bench = await new Cleaning([virtualServices, virtualService()]).after('rolled-back', day);
  expect(await bench.clean()).toMatchObject({ removed: 'order-api-green' });
});

test('a Deployment that Helm does not own goes by itself', async () => {
  const bench = await new Cleaning().after('stable', day);
  bench.helm.statuses = [null];
  bench.dropPods('order-api-blue-5d4f-1', 'order-api-blue-5d4f-2');
  expect(await bench.clean()).toMatchObject({ removed: 'order-api-blue' });
  expect(bench.helm.uninstalled).toEqual([]);
});

test('traffic that comes at the last moment keeps the slot', async () => {
  const bench = await new Cleaning().after('stable', day);
  bench.api.onWrite(({ kind }) => {
    if (kind === 'ConfigMap') bench.api.put(virtualServices, virtualService({ weights: [50, 50] }));
  });
  await expect(bench.clean()).rejects.toThrow('blue has got traffic meanwhile: it stays');
  expect(bench.helm.uninstalled).toEqual([]);
});

test('a rollback that takes the lease while the traffic is measured keeps the slot it goes to', async () => {
  const bench = await new Cleaning().after('stable', day);
  bench.clock.every(4_000, () => void bench.leaseOf('rollback by ben').take(bench.name));
  await expect(bench.clean()).rejects.toThrow('was taken by rollback by ben');
  expect(bench.helm.uninstalled).toEqual([]);
  expect(bench.api.all(deployments)).toHaveLength(2);
  expect((await bench.release()).phase).toBe('stable');
});

test('while another release is under way, only looking is allowed', async () => {
  const bench = await new Cleaning().after('stable', day);
  await bench.leaseOf('deploy-green of run 7, by anna').hold(bench.name, bench.forOthers);
  await expect(bench.clean({ 'on-busy': 'fail' })).rejects.toThrow('deploy-green of run 7, by anna, since');
  expect(await bench.clean({ 'dry-run': 'true' })).toMatchObject({
    reasons: expect.stringMatching(/dry-run/),
  });
  expect(await bench.lease.read(bench.name)).toMatchObject({ title: 'deploy-green of run 7, by anna' });
});
