// npm run e2e: brings the lab up, runs the suite on it, takes it down whatever happened.
//   -- --context NAME --registry URL   on an existing cluster that has Istio, instead of the lab
//   -- --keep           leave the lab up afterwards
//   -- --long           all of it: 200 kills in each direction, 500 switches, 100 contended rounds, every fault
//   -- PATTERN …        only the files whose path matches
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectLab } from '../../lab/connect.ts';
import { down } from '../../lab/down.ts';
import { ensureForeignStage } from '../../lab/foreign.ts';
import { up } from '../../lab/up.ts';

const root = join(import.meta.dirname, '..', '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    context: { type: 'string' },
    registry: { type: 'string' },
    keep: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
  },
});

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

/** @returns whether all tests of the project passed */
async function jest(project: string): Promise<boolean> {
  if (stop.signal.aborted) return false;
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      '--selectProjects',
      project,
      '--runInBand',
      // A test that left a socket open must not keep the lab up.
      '--forceExit',
      '--passWithNoTests',
      '--',
      ...positionals,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        E2E_CONTEXT: values.context,
        E2E_REGISTRY: values.registry,
        E2E_LONG: values.long ? '1' : '',
        E2E_WHOLE: positionals.length === 0 && values.context === undefined ? '1' : '',
      },
      signal: stop.signal,
      killSignal: 'SIGTERM',
    },
  );
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

let passed = false;
try {
  if (values.context === undefined) await up({ services: [] });
  else {
    const stage = connectLab(values);
    await ensureForeignStage(stage.config, stage.registry());
  }
  passed = await jest('e2e');
  // These take the lab down and up again, so they come last, and never on a cluster of somebody's own.
  if (values.context === undefined && !values.keep) passed = (await jest('lab')) && passed;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
} finally {
  if (values.context === undefined && !values.keep) {
    await down().catch((error: unknown) => {
      passed = false;
      console.error(error instanceof Error ? error.message : error);
    });
  }
}
process.exitCode = passed ? 0 : 1;
