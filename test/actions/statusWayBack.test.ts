import { expect, test } from '@jest/globals';
import { fields } from '../../src/actions/status/inputs.ts';
import { showStatus } from '../../src/actions/status/run.ts';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { clusterWorkloads } from '../../src/cluster/pods/workloads.ts';
import type { Phase } from '../../src/domain/release/release.ts';
import type { Status } from '../../src/domain/status/status.ts';
import { parseInputs } from '../../src/runtime/inputs.ts';
import { Bench } from '../fakes/bench.ts';
import { virtualService } from '../fakes/shop.ts';

// Where a rollback would lead to nobody, it is said before it is wanted.

/** Blue was live before; of its two pods so many are gone. */
async function statusOf(phase: Phase, weights: readonly [number, number], gone: number): Promise<Status> {
  const bench = new Bench([virtualServices, virtualService({ weights })]);
  await bench.begin(phase);
  bench.dropPods(...['order-api-blue-5d4f-1', 'order-api-blue-5d4f-2'].slice(0, gone));
  const tools = { ...bench.tools, workloads: clusterWorkloads(bench.api) };
  await showStatus(parseInputs({ service: 'order-api' }, fields), tools);
  return JSON.parse(bench.given.get('json') ?? '') as Status;
}

const lost = 'blue has no ready pod: there is nobody to roll back to';
const findingsOf = ({ findings }: Status): readonly string[] => findings.map(({ what }) => what);

test('nobody is ready in the standby of a release that may be bad: that is wrong, and what brings it up is said', async () => {
  const status = await statusOf('monitoring', [0, 100], 2);
  expect(status.findings).toContainEqual({
    severity: 'wrong',
    what: lost,
    remedy: expect.stringContaining('kubectl scale deployment order-api-blue -n ecommerce --replicas='),
  });
  expect(status.next.map(({ command }) => command)).not.toContain('c4ang rollback order-api -n ecommerce');
});

test('one ready pod is enough', async () => {
  const status = await statusOf('monitoring', [0, 100], 1);
  expect(findingsOf(status)).not.toContain(lost);
  expect(status.next.map(({ command }) => command)).toContain('c4ang rollback order-api -n ecommerce');
});

test('a slot that takes traffic is told as that', async () => {
  const findings = findingsOf(await statusOf('switching', [70, 30], 2));
  expect(findings).not.toContain(lost);
  expect(findings.join('\n')).toContain('blue takes traffic and has no ready pod');
});

test.each(['stable', 'complete'] as const)('a release that is %s needs no standby', async (phase) => {
  expect(findingsOf(await statusOf(phase, [0, 100], 2))).not.toContain(lost);
});
