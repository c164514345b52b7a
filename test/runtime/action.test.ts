import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { runOn } from '../../src/runtime/action.ts';
import type { ActionContext } from '../../src/runtime/action.ts';
import { PreconditionError } from '../../src/runtime/errors.ts';
import { parseInputs, required } from '../../src/runtime/inputs.ts';
import { serviceName } from '../../src/runtime/rules.ts';
import { FakeClock } from '../fakes/clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'c4ang-action-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly last: string;
}

async function run(
  action: (context: ActionContext) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
  signals = new EventEmitter(),
): Promise<Ran> {
  let out = '';
  const stdout = { write: (text: string) => (out += text) };
  const exitCode = await runOn({ env, stdout, signals, clock: new FakeClock() }, 'try-it', action);
  return { exitCode, out, last: out.trimEnd().split('\n').at(-1) ?? '' };
}

const failing = (): Promise<never> =>
  Promise.reject(new PreconditionError('there is no Service a::b', 'Make one.'));

test('a run that succeeds ends with 0, and its closers run, the latest first', async () => {
  const closed: string[] = [];
  const { exitCode, out } = await run((context) => {
    context.atExit(() => void closed.push('first'));
    context.atExit(() => void closed.push('second'));
    context.log.info('done');
    return Promise.resolve();
  });
  expect([exitCode, out, closed]).toEqual([0, 'done\n', ['second', 'first']]);
});

test('what a step that was killed has left is removed, and told before a failure, whose last line is what serves', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const left = join(folder, `c4ang-kubeconfig-${String(pid)}-4711-aB3dE6`);
  mkdirSync(left);
  const { out, last } = await run(failing, { RUNNER_TEMP: folder });
  expect(existsSync(left)).toBe(false);
  expect(out.split('\n')[0]).toBe(`removed ${left}, which a step that was killed had left`);
  expect(last).toMatch(/^Serving now: /);
});

test('a failure tells what to do, and last what serves now, before the connection is closed', async () => {
  const order: string[] = [];
  const { exitCode, out, last } = await run((context) => {
    context.atExit(() => void order.push('closed'));
    context.serving(() => {
      order.push('asked');
      return Promise.resolve('v1.0.0 in slot blue, 100 %');
    });
    return failing();
  });
  expect(exitCode).toBe(1);
  expect(out).toContain('try-it: there is no Service a::b\nWhat to do: Make one.');
  expect(last).toBe('Serving now: v1.0.0 in slot blue, 100 %');
  expect(order).toEqual(['asked', 'closed']);
});

test.each([
  ['cannot be told', () => Promise.reject(new Error('nobody\nanswers')), 'unknown, because nobody answers'],
  ['never comes', () => new Promise<string>(() => undefined), /^Serving now: unknown, because .* in time$/],
])('the last line is there when the answer %s', async (_what, read, expected) => {
  const { last } = await run((context) => {
    context.serving(read);
    return failing();
  });
  expect(last).toEqual(
    typeof expected === 'string' ? `Serving now: ${expected}` : expect.stringMatching(expected),
  );
});

test('a failure before the cluster was asked says that nothing changed', async () => {
  expect((await run(failing)).last).toMatch(/^Serving now: what served before/);
});

test.each(['SIGINT', 'SIGTERM'])('%s ends waits, runs what cleans up, and fails the step', async (signal) => {
  const signals = new EventEmitter();
  const undone: string[] = [];
  const { exitCode, out } = await run(
    async (context) => {
      try {
        signals.emit(signal);
        // The second signal that GitHub sends must not cut the clean-up short.
        signals.emit('SIGTERM');
        await context.clock.sleep(60_000, context.signal);
      } finally {
        undone.push('undone');
      }
    },
    {},
    signals,
  );
  expect([exitCode, undone]).toEqual([1, ['undone']]);
  expect(out).toContain(`stopped by ${signal}`);
  expect(signals.listenerCount('SIGTERM')).toBe(0);
});

test('a defect of ours is called one', async () => {
  const { out } = await run(() => Promise.reject(new TypeError('x is not a function')));
  expect(out).toContain('this is a defect of c4ang/actions');
});

test('in GitHub, errors and warnings are annotations, and lines from outside cannot be commands', async () => {
  const { out } = await run(
    (context) => {
      context.log.warning('100% sure\nreally');
      context.log.group('Pods', ['::add-mask::oops', 'fine']);
      return failing();
    },
    { GITHUB_ACTIONS: 'true' },
  );
  expect(out).toContain('::warning::100%25 sure%0Areally\n');
  expect(out).toContain('::group::Pods\n: :add-mask::oops\nfine\n::endgroup::\n');
  expect(out).toContain('::error::try-it: there is no Service a::b%0AWhat to do: Make one.\n');
});

test('outputs and summary go into the files that GitHub names, and stay what they are', async () => {
  const output = join(folder, 'output');
  const summary = join(folder, 'summary');
  writeFileSync(output, '');
  await run(
    (context) => {
      context.outputs.set('split', 'blue 0\ngreen 100');
      context.summary.heading('order-api');
      context.summary.table(['pod', 'ms'], [['a|b <script>', '1']]);
      return Promise.resolve();
    },
    { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
  );
  expect(readFileSync(output, 'utf8')).toMatch(/^split<<(ghadelimiter_\S+)\nblue 0\ngreen 100\n\1\n$/);
  expect(readFileSync(summary, 'utf8')).toBe(
    '### order-api\n\n| pod | ms |\n| --- | --- |\n| a\\|b &lt;script&gt; | 1 |\n\n',
  );
});

test('at a terminal, without those files, outputs are lines of the log', async () => {
  const { out } = await run((context) => {
    context.outputs.set('slot', 'green');
    context.summary.heading('nowhere');
    return Promise.resolve();
  });
  expect(out).toBe('output slot: green\n');
});

test('inputs come from INPUT_ variables; empty ones were not given', async () => {
  const { out } = await run(
    (context) => {
      const { service } = parseInputs(context.inputs, { service: required(serviceName) });
      context.log.info(`service ${service}`);
      return Promise.resolve();
    },
    { INPUT_SERVICE: 'order-api', INPUT_CLUSTER: '', OTHER: 'x' },
  );
  expect(out).toBe('service order-api\n');
});

test('the run tells where it belongs', async () => {
  const env = {
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'c4ang/shop',
    GITHUB_RUN_ID: '7',
  };
  const { out } = await run(
    (context) => {
      context.log.info(JSON.stringify(context.run));
      return Promise.resolve();
    },
    { ...env, GITHUB_ACTOR: 'anna', GITHUB_SHA: 'abc', GITHUB_REF_NAME: 'main' },
  );
  expect(JSON.parse(out)).toEqual({
    url: 'https://github.com/c4ang/shop/actions/runs/7/attempts/1',
    actor: 'anna',
    sha: 'abc',
    ref: 'main',
  });
});
