import { expect, test } from '@jest/globals';
import { fields } from '../../src/actions/notify/inputs.ts';
import { notify } from '../../src/actions/notify/run.ts';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { clusterWorkloads } from '../../src/cluster/pods/workloads.ts';
import type { Report } from '../../src/domain/report/report.ts';
import type { StatusFacts } from '../../src/domain/status/facts.ts';
import { ConnectionError } from '../../src/runtime/errors.ts';
import { parseInputs } from '../../src/runtime/inputs.ts';
import { readFacts } from '../../src/status/readFacts.ts';
import { Bench } from '../fakes/bench.ts';
import { virtualService } from '../fakes/shop.ts';

const run = {
  url: 'https://github.com/c4ang/shop/actions/runs/7/attempts/1',
  actor: 'kim',
  sha: 'abc',
  ref: 'main',
};

interface Told {
  readonly bench: Bench;
  readonly sent: readonly Report[];
}

/** Runs the action on a bench whose channel takes everything, unless it says why not. */
async function tell(
  bench: Bench,
  given: Readonly<Record<string, string>> = {},
  why: string | null = null,
  facts: (() => Promise<StatusFacts>) | null = null,
): Promise<Told> {
  const sent: Report[] = [];
  bench.api.writes.length = 0;
  await notify(parseInputs({ service: 'order-api', ...given }, fields), {
    ...bench.tools,
    run,
    readFacts: facts ?? (() => readFacts({ ...bench.tools, workloads: clusterWorkloads(bench.api) })),
    channels: [
      {
        title: 'Slack',
        deliver: (report) => {
          sent.push(report);
          return Promise.resolve(why);
        },
      },
    ],
  });
  expect([...bench.api.writes, ...bench.leases.writes]).toEqual([]);
  return { bench, sent };
}

const switched = (): Bench => new Bench([virtualServices, virtualService({ weights: [0, 100] })]);

test('a release that is stable is told as one, to the channel and as outputs, and nothing is written', async () => {
  const bench = switched();
  await bench.begin('stable', { splitAfter: { blue: 0, green: 100 }, runUrl: run.url });
  const { sent } = await tell(bench, { result: 'success' });
  expect(sent.map(({ title }) => title)).toEqual(['order-api v1.1.0 is released']);
  expect(Object.fromEntries(bench.given)).toMatchObject({
    event: 'success',
    delivered: 'Slack',
    serving: 'v1.1.0 in slot green, 100 %',
  });
});

test('a channel that is down is a warning that says what was not delivered', async () => {
  const bench = switched();
  await bench.begin('rolled-back', { splitAfter: { blue: 100, green: 0 } });
  await tell(bench, {}, 'it cannot be reached: ECONNREFUSED');
  expect(bench.given.get('delivered')).toBe('');
  expect(bench.lines.join('\n')).toContain(
    'Slack was not told "order-api v1.1.0 was rolled back": it cannot be reached: ECONNREFUSED',
  );
});

test('a cluster that cannot be reached is told as that', async () => {
  const down = new ConnectionError('the cluster cannot be reached: ECONNREFUSED', 'Check the network.');
  const { sent } = await tell(new Bench(), { result: 'failure', version: 'v1.2.0' }, null, () =>
    Promise.reject(down),
  );
  expect(sent[0]).toMatchObject({
    event: 'failure',
    title: 'order-api v1.2.0 failed before anything was deployed',
    serving: expect.stringContaining('the cluster cannot be reached: ECONNREFUSED'),
  });
});

test('a cluster that hangs is waited for as long as timeout says, and no longer', async () => {
  const bench = new Bench();
  const told = tell(bench, { timeout: '2s' }, null, () => new Promise(() => undefined));
  await bench.clock.sleep(5_000);
  const { sent } = await told;
  expect(sent[0]?.serving).toContain('no answer within 2 s');
});

test('a channel is told only what it wants to know', async () => {
  const bench = switched();
  await bench.begin('stable', { splitAfter: { blue: 0, green: 100 } });
  const { sent } = await tell(bench, { on: 'failure, rolled-back' });
  expect(sent).toEqual([]);
  expect(bench.lines.join('\n')).toContain('nobody is told of "success"');
});
