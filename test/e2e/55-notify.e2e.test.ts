import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { shownIn, startFakeSlack } from '../fakes/slack.ts';
import type { FakeSlack } from '../fakes/slack.ts';
import { close, lab, load, mustStep, releaseOf, step } from './harness.ts';
import type { StepResult } from '../../lab/runner/step.ts';

const service = 'order-api';
const minutes = 60_000;
/** A run as GitHub would name it, with a branch that wants to be more than a name. */
const github = {
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'c4ang/shop',
  GITHUB_RUN_ID: '42',
  GITHUB_ACTOR: 'kim',
  GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
  GITHUB_REF_NAME: 'fix|<!channel>|[x](https://evil.example)',
};

let slack: FakeSlack;
beforeAll(async () => {
  slack = await startFakeSlack();
  await lab.resetService(service);
}, 2 * minutes);
afterAll(async () => {
  await slack.close();
  close();
});

const tell = async (
  inputs: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = github,
): Promise<StepResult> => {
  const told = await mustStep('notify', { service, 'slack-webhook-url': slack.url, ...inputs }, { env });
  expect(told.log).not.toContain('not-a-real-secret');
  expect(JSON.stringify([told.outputs, told.summary])).not.toContain('not-a-real-secret');
  expect(told.log).not.toContain('something was left open');
  return told;
};
const lastMessage = (): readonly string[] => shownIn(slack.taken.at(-1) ?? '').map(({ text }) => text);

test(
  'a release is told from its start to its end, with what serves, how long each phase took and how users were split',
  async () => {
    const run = await load([service], 100);
    await tell({ event: 'started', version: 'v1.1.0' });
    expect(lastMessage()).toContain('🚀 order-api v1.1.0 is being released');

    const env = { env: github };
    await mustStep('deploy-green', await releaseOf(service, 'v1.1.0'), env);
    await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/orders' }, env);
    const waiting = await tell({ event: 'approval' });
    expect(waiting.outputs).toMatchObject({ event: 'approval', delivered: 'Slack' });
    expect(lastMessage()).toEqual(
      expect.arrayContaining([
        '✋ order-api v1.1.0 waits for approval',
        '<https://github.com/c4ang/shop/actions/runs/42/attempts/1|Look, and decide>',
        'v1.0.0 in slot blue, 100 %',
      ]),
    );

    await mustStep(
      'switch-traffic',
      { service, steps: '30, 100', 'step-interval': '3s', 'min-requests': '10' },
      env,
    );
    await mustStep('monitor-and-rollback', { service, duration: '4s', 'min-requests': '20' }, env);
    await run.stop();
    const told = await tell({ result: 'success' });
    expect(told.outputs).toMatchObject({
      event: 'success',
      title: 'order-api v1.1.0 is released',
      serving: 'v1.1.0 in slot green, 100 %',
      delivered: 'Slack',
    });
    expect(lastMessage()).toEqual(
      expect.arrayContaining([
        github.GITHUB_SHA,
        'kim',
        github.GITHUB_REF_NAME,
        'v1.1.0 in slot green, 100 %',
      ]),
    );
    expect(told.summary).toContain('gantt');
    expect(told.summary).toContain('xychart-beta');
    expect(told.summary).toMatch(/line \[0,.*30,.*100\]/);
    expect(told.summary).not.toMatch(/<!channel>|(?<!\\)\]\(https:/);
  },
  4 * minutes,
);

test(
  'a release that was rolled back is told as that, with what went wrong',
  async () => {
    const run = await load([service], 150);
    const faults = { FAIL_SHARE: '0.2', FAIL_ABOVE_RPS: '5' };
    await mustStep('deploy-green', await releaseOf(service, 'v1.2.0', faults));
    await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/orders' });
    await mustStep('switch-traffic', { service });
    expect((await step('monitor-and-rollback', { service, duration: '60s' })).exitCode).toBe(1);
    await run.stop();
    const told = await tell({ result: 'failure' }, {});
    expect(told.outputs).toMatchObject({ event: 'rolled-back', serving: 'v1.1.0 in slot green, 100 %' });
    const message = lastMessage().join('\n');
    expect(message).toContain('↩️ order-api v1.2.0 was rolled back');
    expect(message).toContain('yes, to blue 0 / green 100');
    expect(message).toMatch(/fail: \d+ of \d+ requests failed/);
  },
  3 * minutes,
);

test(
  'a channel that is down, hangs or says no fails nothing and holds up little',
  async () => {
    const started = Date.now();
    for (const behaviour of [
      'hangs',
      { status: 500 },
      { status: 404 },
      { status: 429, retryAfter: '3600' },
    ] as const) {
      slack.behaves(behaviour);
      const told = await tell({ timeout: '2s' });
      expect(told.outputs['delivered']).toBe('');
      expect(told.log).toMatch(/::warning::Slack was not told "order-api v1\.2\.0 was rolled back"/);
    }
    slack.behaves('takes');
    const left = await startFakeSlack();
    await left.close();
    const gone = await tell({ timeout: '2s', 'slack-webhook-url': left.url });
    expect(gone.log).toContain('it cannot be reached: ECONNREFUSED');
    const wrong = await tell({ 'slack-webhook-url': 'https://evil.example/not-a-real-secret' });
    expect(wrong.log).toContain('not shown');
    expect(Date.now() - started).toBeLessThan(60_000);
  },
  minutes * 2,
);

test(
  'a cluster that cannot be reached is told as that, and the message arrives',
  async () => {
    const told = await tell({ context: 'nowhere', result: 'failure', version: 'v1.3.0' });
    expect(told.outputs).toMatchObject({ event: 'failure', delivered: 'Slack' });
    expect(told.outputs['serving']).toContain('not known, because the cluster was not read');
    expect(lastMessage()).toContain('❌ order-api v1.3.0 failed before anything was deployed');
  },
  minutes,
);
