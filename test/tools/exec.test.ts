import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { PreconditionError } from '../../src/runtime/errors.ts';
import { processExec } from '../../src/tools/exec.ts';

const node = (script: string): readonly string[] => [process.execPath, '-e', script];

test('argv is what the program gets: no shell reads it', async () => {
  const argv = [...node('process.stdout.write(JSON.stringify(process.argv.slice(1)))'), '$(id); "x"', '*'];
  const { stdout } = await processExec.run(argv, { timeoutMs: 10_000 });
  expect(JSON.parse(stdout)).toEqual(['$(id); "x"', '*']);
});

test('secrets go by environment and stdin', async () => {
  const script =
    'process.stdin.pipe(process.stdout); process.stderr.write(process.env.TOKEN); process.exitCode = 3';
  const options = { env: { TOKEN: 'secret' }, stdin: 'values', timeoutMs: 10_000 };
  expect(await processExec.run(node(script), options)).toEqual({
    exitCode: 3,
    stdout: 'values',
    stderr: 'secret',
  });
});

test('a program that is not there is named', async () => {
  await expect(processExec.run(['no-such-program'], { timeoutMs: 10_000 })).rejects.toThrow(
    PreconditionError,
  );
  await expect(processExec.run(['no-such-program'], { timeoutMs: 10_000 })).rejects.toThrow(
    /no-such-program/,
  );
});

test('a program that is too slow is ended', async () => {
  const result = await processExec.run(node('setInterval(() => {}, 1000)'), { timeoutMs: 100 });
  expect(result.exitCode).toBeNull();
});

test('an abort ends the program in good order, and is what comes out', async () => {
  const stop = new AbortController();
  const running = processExec.run(node('setInterval(() => {}, 1000)'), {
    timeoutMs: 10_000,
    signal: stop.signal,
  });
  stop.abort(new Error('job cancelled'));
  await expect(running).rejects.toThrow('job cancelled');
});

test('what the program has started ends with it: a build goes on in a plugin otherwise', async () => {
  const stop = new AbortController();
  const file = join(mkdtempSync(join(tmpdir(), 'exec-')), 'pid');
  // As docker does: it starts another program and does not pass signals on.
  const script = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    require('node:fs').writeFileSync(${JSON.stringify(file)}, String(child.pid));
    process.on('SIGTERM', () => undefined);
    child.on('exit', () => process.exit(1));`;
  const running = processExec.run(node(script), { timeoutMs: 10_000, signal: stop.signal });
  while (!existsSync(file)) await setTimeout(10);
  stop.abort(new Error('job cancelled'));
  await expect(running).rejects.toThrow('job cancelled');
  expect(() => process.kill(Number(readFileSync(file, 'utf8')), 0)).toThrow('ESRCH');
});
