import { expect, test } from '@jest/globals';
import { fields } from '../../src/actions/status/inputs.ts';
import { showStatus } from '../../src/actions/status/run.ts';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { clusterWorkloads } from '../../src/cluster/pods/workloads.ts';
import type { Status } from '../../src/domain/status/status.ts';
import { parseInputs } from '../../src/runtime/inputs.ts';
import { Bench } from '../fakes/bench.ts';
import { shop, virtualService } from '../fakes/shop.ts';

// A share that `weight` has given waits for somebody: for days, if need be.

async function heldShare(): Promise<Bench> {
  const bench = new Bench([virtualServices, virtualService({ weights: [70, 30] })]);
  await bench.begin('switching', { splitAfter: { blue: 70, green: 30 } });
  return bench;
}

async function findingsOf(bench: Bench): Promise<Status['findings']> {
  const tools = { ...bench.tools, workloads: clusterWorkloads(bench.api) };
  await showStatus(parseInputs({ service: 'order-api' }, fields), tools);
  return (JSON.parse(bench.given.get('json') ?? '') as Status).findings;
}

const severityOf = (findings: Status['findings'], part: string): string | undefined =>
  findings.find(({ what }) => what.includes(part))?.severity;

test('a share that is held by hand is told, and nothing is wrong with it', async () => {
  const findings = await findingsOf(await heldShare());
  expect(severityOf(findings, 'release rel-1 is held')).toBe('note');
  expect(severityOf(findings, 'cut off')).toBeUndefined();
});

test('nor is the header route that was opened with it', async () => {
  const bench = await heldShare();
  const preview = { slot: 'green', header: 'version', value: 'v1.1.0' } as const;
  await bench.mesh.openPreview(await bench.mesh.read(shop), preview);
  expect(severityOf(await findingsOf(bench), 'a preview route is open')).toBe('note');
});

test('a share that is not the one on record was cut off', async () => {
  const bench = await heldShare();
  bench.api.put(virtualServices, virtualService({ weights: [50, 50] }));
  expect(severityOf(await findingsOf(bench), 'cut off')).toBe('wrong');
});
