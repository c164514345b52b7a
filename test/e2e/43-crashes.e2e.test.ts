import { expect, test } from '@jest/globals';
import { events } from '../../src/cluster/api/resources.ts';
import { objectAt, textAt } from '../../src/domain/json.ts';
import type { Release, TimelineEntry } from '../../src/domain/release/release.ts';
import type { ServiceRouting } from '../../src/domain/routing/routing.ts';
import { formatSplit, sameSplit } from '../../src/domain/split.ts';
import type { Status } from '../../src/domain/status/status.ts';
import { undisturbed } from './apiProxy.ts';
import type { Script } from './apiProxy.ts';
import { disturbed } from './disturbed.ts';
import { api, mustStep, namespace, releaseRecord, routing } from './harness.ts';
import type { step } from './harness.ts';
import { remember } from './rewind.ts';
import type { Moment } from './rewind.ts';
import { underLoad } from './underLoad.ts';

const service = 'order-api';
const minutes = 60_000;
/**
 * Around every call that changes something: between those the cluster stays as it is. With --long around every call
 * there is, as often as it takes for 200 kills of a switch in each direction.
 */
const isLong = process.env['E2E_LONG'] === '1';

const stage = disturbed(service);

type Kill = (signal: NodeJS.Signals) => void;
type Point = 'before the API server hears of it' | 'after the API server did it';

/** Kills the process at one call, and lets nothing of that call through that should not be. */
function killAt(index: number, point: Point, kill: () => void): Script {
  const never = new Promise<never>(() => undefined);
  const dies = (): Promise<never> => {
    kill();
    return never;
  };
  return point === 'before the API server hears of it'
    ? { before: (call) => (call.index === index ? dies() : null) }
    : { answered: (call) => (call.index === index ? dies() : undefined) };
}

interface Story {
  readonly moment: Moment;
  readonly action: 'switch-traffic' | 'monitor-and-rollback';
  readonly inputs: Readonly<Record<string, string>>;
  /** What it ends with, undisturbed: a monitor that has gone back fails, for whatever comes after it. */
  readonly exitCode: 0 | 1;
  readonly wanted: { readonly blue: number; readonly green: number };
  readonly phase: string;
  /** With --long. */
  readonly leastKills: number;
}

const run = ({ action, inputs }: Story, onStart?: (kill: Kill) => void): ReturnType<typeof step> =>
  stage.through(action, inputs, onStart === undefined ? {} : { onStart });

type Result = Awaited<ReturnType<typeof step>>;

/** Nothing, or what it printed. */
const wrongEnd = ({ exitCode, log }: Result, story: Story): string =>
  exitCode === story.exitCode ? '' : log;

/** One kill, the look at what it left, and the same step again. */
async function killOnce(story: Story, index: number, point: Point): Promise<boolean> {
  const { wanted, phase } = story;
  await story.moment.rewind();
  let kill: Kill = () => undefined;
  stage.proxy.play(killAt(index, point, () => kill('SIGKILL')));
  const killed = await run(story, (way) => (kill = way));
  // Calls at once come in any order, and one less on a good day: then it ended before that point.
  const wasKilled = killed.exitCode === null;
  const at = `call ${String(index)}, ${point}: ${stage.proxy.calls[index]?.method ?? ''} ${stage.proxy.calls[index]?.path ?? ''}`;
  await stage.proxy.quiet();
  // Gateway and mesh are two writes: between them each has one split or the other, until the step is run again.
  const left = await routing(service);
  for (const { name, routes } of left.virtualServices) {
    for (const { split } of routes) {
      expect([
        { at, name, split: { blue: 100, green: 0 } },
        { at, name, split: { blue: 0, green: 100 } },
      ]).toContainEqual({ at, name, split });
    }
  }

  const told = await mustStep('status', { service });
  expect({ at, split: told.outputs['split'] }).toEqual({
    at,
    split: left.split === null ? '' : formatSplit(left.split),
  });
  if (phase === 'rolled-back' && hasLeft(left, story)) {
    // Whatever the record said by then.
    const { release } = JSON.parse(told.outputs['json'] ?? '') as Status;
    expect([
      { at, phase: 'rolling-back' },
      { at, phase },
    ]).toContainEqual({ at, phase: release?.phase });
  }

  stage.proxy.play(undisturbed);
  expect({ at, log: wrongEnd(await run(story), story) }).toEqual({ at, log: '' });
  expect({ at, split: (await routing(service)).split }).toEqual({ at, split: wanted });
  expect({ at, record: await releaseRecord(service) }).toMatchObject({ at, record: { phase } });
  expect({ at, untold: await untoldIntents() }).toEqual({ at, untold: [] });
  return wasKilled;
}

/** Whether any route is where the story leads to. */
const hasLeft = ({ virtualServices }: ServiceRouting, { wanted }: Story): boolean =>
  virtualServices.some(({ routes }) => routes.some(({ split }) => sameSplit(split, wanted)));

/** What was to be done to the routes, by the record, and is in no Event on the VirtualService. */
async function untoldIntents(): Promise<readonly unknown[]> {
  const record = (await releaseRecord(service)) as Pick<Release, 'timeline'> | null;
  const told = (await api.list(events, { namespace })).filter(
    (event) => textAt(objectAt(event, 'involvedObject'), 'kind') === 'VirtualService',
  );
  const isTold = ({ at, note }: TimelineEntry): boolean =>
    told.some(
      (event) =>
        // Events know whole seconds.
        textAt(event, 'firstTimestamp')?.slice(0, 19) === at.slice(0, 19) &&
        textAt(event, 'message')?.endsWith(`: ${note}`) === true,
    );
  return (record?.timeline ?? []).filter(
    (entry) => ['switching', 'rolling-back'].includes(entry.phase) && !isTold(entry),
  );
}

async function killEverywhere(story: Story): Promise<void> {
  await story.moment.rewind();
  stage.proxy.play(undisturbed);
  expect(wrongEnd(await run(story), story)).toBe('');
  const calls = stage.proxy.calls
    .filter(({ method }) => isLong || method !== 'GET')
    .map(({ index }) => index);
  expect(calls.length).toBeGreaterThan(3);
  let kills = 0;
  const report = await underLoad(service, 100, async () => {
    do {
      for (const index of calls) {
        for (const point of ['before the API server hears of it', 'after the API server did it'] as const) {
          if (await killOnce(story, index, point)) kills += 1;
        }
      }
    } while (isLong && kills < story.leastKills);
  });
  expect(kills).toBeGreaterThanOrEqual(Math.max(isLong ? story.leastKills : 0, calls.length));
  console.log(
    `${String(kills)} kills at ${String(calls.length)} calls, ${String(report.count().requests)} requests, none failed`,
  );
}

const forward: Omit<Story, 'moment'> = {
  action: 'switch-traffic',
  inputs: { to: 'candidate' },
  exitCode: 0,
  wanted: { blue: 0, green: 100 },
  phase: 'monitoring',
  leastKills: 200,
};

const back: Omit<Story, 'moment'> = {
  ...forward,
  inputs: { to: 'previous' },
  wanted: { blue: 100, green: 0 },
  phase: 'rolled-back',
};

/** Green has all the traffic. */
async function switched(): Promise<Moment> {
  await stage.moment.rewind();
  stage.proxy.play(undisturbed);
  const story = { ...forward, moment: stage.moment };
  expect(wrongEnd(await run(story), story)).toBe('');
  return remember(service);
}

test(
  'a switch killed at any call to the API server leaves one split or the other, is finished by running it again, and no request fails',
  () => killEverywhere({ ...forward, moment: stage.moment }),
  30 * minutes,
);

test(
  'so does one that goes back',
  async () => killEverywhere({ ...back, moment: await switched() }),
  30 * minutes,
);

test(
  'so does a monitor that goes back, and status says that it was going',
  async () =>
    killEverywhere({
      ...back,
      moment: await switched(),
      action: 'monitor-and-rollback',
      // Under this load never enough to judge by.
      inputs: { duration: '1s', 'min-requests': '1000000', 'on-inconclusive': 'rollback' },
      exitCode: 1,
      // Each of them watches first: at every call once is enough.
      leastKills: 0,
    }),
  30 * minutes,
);
