import type { LoadReport } from '../lab/load/report.ts';
import type { StepResult } from '../lab/runner/step.ts';
import type { Slot } from '../src/domain/slot.ts';
import { measureRelease } from './measure.ts';
import type { DemoReport, Expectation, ReleaseReport, StepSpan } from './report.ts';
import { parseInstant, parseProxyTimings, parseSlot, requiredOutput } from './outputs.ts';

/** One release of the story: the version, what it does wrong, and how it should end. */
export interface Chapter extends Expectation {
  readonly title: string;
  /** Environment baked into the image. */
  readonly faults: Readonly<Record<string, string>>;
}

export const chapters: readonly Chapter[] = [
  { version: 'v1.1.0', outcome: 'live', title: 'a good version', faults: {} },
  {
    version: 'v1.2.0',
    outcome: 'rolled-back',
    title: 'a version that fails 20 % of its requests, but only under load',
    faults: { FAIL_SHARE: '0.2', FAIL_ABOVE_RPS: '5' },
  },
  { version: 'v1.3.0', outcome: 'live', title: 'a good version again, into the other slot', faults: {} },
];

export interface Serving {
  readonly slot: Slot;
  readonly version: string;
}

/** Where the story is played. */
export interface Stage {
  readonly service: string;
  /** Runs an action as GitHub's runner does. */
  step(action: string, inputs: Readonly<Record<string, string>>): Promise<StepResult>;
  /** Pushes a version; gives its image by digest. */
  image(version: string, faults: Readonly<Record<string, string>>): Promise<string>;
  /** What the load has seen so far. */
  load(): LoadReport;
  serving(): Promise<Serving>;
  say(line: string): void;
  now(): number;
}

/** The story stopped where it should have gone on. */
export class StoryError extends Error {}

const monitorSeconds = 12;

/**
 * Plays all chapters, one after the other.
 * @throws StoryError with the log of the step that did not do its part
 */
export async function play(stage: Stage): Promise<DemoReport> {
  const releases: ReleaseReport[] = [];
  for (const chapter of chapters) releases.push(await playChapter(stage, chapter));
  stage.say('cleanup-blue removes the slot that was left');
  const cleanup = await stage.step('cleanup-blue', { 'stable-for': '0s', 'traffic-window': '3s' });
  must(cleanup, 'cleanup-blue');
  if (requiredOutput(cleanup, 'removed') === '') {
    throw new StoryError(`cleanup-blue kept what it should have removed:\n${cleanup.log}`);
  }
  return { releases, serving: await stage.serving() };
}

async function playChapter(stage: Stage, chapter: Chapter): Promise<ReleaseReport> {
  const { version, faults } = chapter;
  stage.say(`${version}: ${chapter.title}`);
  const image = await stage.image(version, faults);
  const startedMs = stage.now();

  const deploy = await stage.step('deploy-green', { image, version });
  must(deploy, 'deploy-green');
  const verify = await stage.step('verify-green', { 'smoke-paths': '/api/v1/orders' });
  must(verify, 'verify-green');
  const switched = await stage.step('switch-traffic', {});
  must(switched, 'switch-traffic');
  const monitor = await stage.step('monitor-and-rollback', { duration: `${String(monitorSeconds)}s` });
  const rolledBack = requiredOutput(monitor, 'rolled-back') === 'true';
  if (!rolledBack) must(monitor, 'monitor-and-rollback');
  // Rows of the load come some 200 ms after the answers in them.
  await new Promise((resolve) => setTimeout(resolve, 500));

  const patchedAt = parseInstant(requiredOutput(switched, 'patched-at'));
  const servesNow = await stage.serving();
  stage.say(
    `${version} ${rolledBack ? 'was rolled back by itself' : 'is live'}; ${servesNow.version} serves in ${servesNow.slot}`,
  );
  return {
    version,
    slot: parseSlot(requiredOutput(deploy, 'slot')),
    outcome: rolledBack ? 'rolled-back' : 'live',
    deployMs: deploy.endedAt - deploy.startedAt,
    verifyMs: verify.endedAt - verify.startedAt,
    switchMs: Number(requiredOutput(switched, 'switch-ms')),
    switchMsByProxy: parseProxyTimings(requiredOutput(switched, 'proxies')),
    steps: [
      span('deploy-green', deploy),
      span('verify-green', verify),
      span('switch-traffic', switched),
      span('monitor-and-rollback', monitor),
    ],
    patchedAt,
    servesNow,
    ...measureRelease(stage.load(), {
      service: stage.service,
      version,
      startedMs,
      switchStartedMs: switched.startedAt,
      beforeSwitchMs: parseInstant(requiredOutput(switched, 'intent-at')),
      switchEndedMs: switched.endedAt,
      endedMs: monitor.endedAt,
    }),
  };
}

const span = (action: string, { startedAt, endedAt }: StepResult): StepSpan => ({
  action,
  startedAt,
  endedAt,
});

function must(result: StepResult, action: string): void {
  if (result.exitCode !== 0) {
    throw new StoryError(`${action} ended with exit code ${String(result.exitCode)}:\n${result.log}`);
  }
}
