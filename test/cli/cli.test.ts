import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { commands } from '../../src/cli/commands.ts';
import { exitCodeOf } from '../../src/cli/exitCodes.ts';
import { runCli } from '../../src/cli/main.ts';
import { meanings } from '../../src/cli/meanings.ts';
import { paintFor } from '../../src/cli/paint.ts';
import { terminalLog } from '../../src/cli/terminalLog.ts';
import { plain } from '../../src/domain/status/text.ts';
import {
  BusyError,
  ConnectionError,
  ConflictError,
  PermissionError,
  PreconditionError,
  RollbackError,
  VerificationError,
} from '../../src/runtime/errors.ts';
import { CancelledError } from '../../src/runtime/shutdown.ts';
import { FakeClock } from '../fakes/clock.ts';

/** Types a line at a terminal without a cluster. */
async function type(line: string) {
  const seen = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ write: (text: string) => (seen[name] += text) });
  const exitCode = await runCli(line.split(' ').filter(Boolean), '1.2.3', {
    env: { KUBECONFIG: '/nowhere' },
    stdout: stream('out'),
    stderr: stream('err'),
    signals: new EventEmitter(),
    clock: new FakeClock(),
  });
  return { exitCode, ...seen };
}

test('help names every command, and the exit codes', async () => {
  const { exitCode, out } = await type('help');
  expect(exitCode).toBe(0);
  for (const { name } of commands) expect(out).toContain(`  ${name} `);
  expect(out).toContain('Exit codes: 0 done');
  expect((await type('--version')).out).toBe('1.2.3\n');
});

test.each(commands.map(({ name }) => name))('%s has every input of its action as a flag', async (name) => {
  const command = commands.find((one) => one.name === name);
  const { out, exitCode } = await type(`help ${name}`);
  expect(exitCode).toBe(0);
  for (const field of Object.keys(command?.fields ?? {}).filter((one) => one !== 'service')) {
    const isFlag = !(field in (command?.fixed ?? {}));
    expect([field, out.includes(`--${field} `)]).toEqual([field, isFlag]);
  }
});

test('no flag is explained that there is not', () => {
  const known = new Set(commands.flatMap(({ fields }) => Object.keys(fields)));
  expect(Object.keys(meanings).filter((name) => !known.has(name))).toEqual([]);
});

test.each([
  ['', 'Usage: c4ang'],
  ['rollback', "missing required argument 'service'"],
  ['rolback order-api', 'Did you mean rollback?'],
  ['rollback order-api --tp blue', "unknown option '--tp'"],
  ['rollback order-api extra', 'too many arguments'],
  ['rollback Order_Api', 'service: given "Order_Api"'],
  ['switch order-api --weight 30 --steps 10,100', '--steps: given "10,100"'],
])('`c4ang %s` is wrong usage, and says how', async (line, message) => {
  const { exitCode, out, err } = await type(line);
  expect(exitCode).toBe(2);
  expect(err).toContain(message);
  expect(out).toBe('');
});

test('every wrong flag is told at once, by the rules of the inputs', async () => {
  const { err } = await type('rollback order-api --to sideways --timeout 3');
  expect(err).toContain('--to: given "sideways"; allowed: previous | blue | green');
  expect(err).toContain('--timeout: given "3"; allowed: a whole number with a unit');
  expect(err).toContain('nothing was changed');
});

test('with --json, standard output is one object, whatever happened', async () => {
  const usage = await type('rollback order-api --to sideways --json');
  expect(JSON.parse(usage.out)).toMatchObject({
    command: 'rollback',
    service: 'order-api',
    namespace: 'ecommerce',
    done: false,
    exitCode: 2,
    error: { kind: 'UsageError' },
  });
  const failure = await type('status order-api -n shop --json');
  expect(failure.exitCode).toBe(3);
  expect(JSON.parse(failure.out)).toMatchObject({
    command: 'status',
    namespace: 'shop',
    exitCode: 3,
    error: { kind: 'PreconditionError', message: expect.stringContaining('/nowhere') as unknown },
  });
  expect(failure.err).toContain('What to do:');
});

test.each([
  [new PreconditionError('', ''), 3],
  [new BusyError('', ''), 3],
  [new ConnectionError('', ''), 4],
  [new PermissionError('', ''), 4],
  [new RollbackError('', ''), 5],
  [new CancelledError('SIGINT'), 130],
  [new VerificationError('', ''), 1],
  [new ConflictError('', ''), 1],
  [new TypeError(), 1],
])('%p ends with exit code %i', (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test('colours only on a terminal, and never with NO_COLOR', () => {
  const marked = '\u001b[31mx\u001b[39m';
  expect(paintFor(true, { TERM: 'xterm' }).bad('x')).toBe(marked);
  expect(paintFor(true, { NO_COLOR: '' }).bad('x')).toBe(marked);
  expect(paintFor(true, { NO_COLOR: '1' }).bad('x')).toBe('x');
  expect(paintFor(true, { TERM: 'dumb' }).bad('x')).toBe('x');
  expect(paintFor(false, {}).bad('x')).toBe('x');
});

test('what goes wrong is told on standard error, everything else on standard output', () => {
  const seen = { out: '', err: '' };
  const log = terminalLog(
    { write: (text) => (seen.out += text) },
    { write: (text) => (seen.err += text) },
    plain,
  );
  log.info('✓ endpoints: blue has 2 ready pods');
  log.group('served by all', ['gateway: 106 ms']);
  log.warning('careful');
  log.error('no');
  expect(seen).toEqual({
    out: '✓ endpoints: blue has 2 ready pods\nserved by all\n  gateway: 106 ms\n',
    err: 'warning: careful\nerror: no\n',
  });
});
