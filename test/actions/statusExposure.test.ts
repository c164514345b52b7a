import { expect, test } from '@jest/globals';
import { readFacts } from '../../src/status/readFacts.ts';
import { clusterWorkloads } from '../../src/cluster/pods/workloads.ts';
import { namespaces, pods } from '../../src/cluster/api/resources.ts';
import { statusOf } from '../../src/domain/status/status.ts';
import type { Status } from '../../src/domain/status/status.ts';
import { PermissionError } from '../../src/runtime/errors.ts';
import { Bench } from '../fakes/bench.ts';
import { namespace, unproxiedPod } from '../fakes/shop.ts';

const status = async (bench: Bench): Promise<Status> =>
  statusOf(await readFacts({ ...bench.tools, workloads: clusterWorkloads(bench.api) }));

test('who reaches the service past its weights is good to know, and no alarm', async () => {
  const bench = new Bench([pods, unproxiedPod], [namespaces, namespace({ 'istio.io/use-waypoint': 'w' })]);
  const { health, findings } = await status(bench);
  expect(health).toBe('well');
  expect(findings).toContainEqual({
    severity: 'note',
    what: expect.stringMatching(
      /^1 workload without a proxy names order-api[^]*Deployment reporting\/invoices/,
    ),
    remedy: expect.stringContaining('Give them a sidecar'),
  });
  expect(findings).toContainEqual({
    severity: 'note',
    what: expect.stringContaining('Namespace ecommerce has an ambient waypoint'),
    remedy: expect.stringContaining('Ambient mode is not supported'),
  });
});

test('where that may not be read, the rest is told all the same', async () => {
  const bench = new Bench();
  bench.api.failNext('get', 'Namespace', () => new PermissionError('not allowed', 'the rule'));
  const { serving, findings } = await status(bench);
  expect(serving).toBe('v1.0.0 in slot blue, 100 %');
  expect(findings).toContainEqual({
    severity: 'note',
    what: 'who reaches the service past its weights could not be read: not allowed',
    remedy: 'the rule',
  });
});
