// npm run e2e: what needs no cluster first (test/e2e/without-cluster), then brings the lab up, runs the suite on it,
// takes it down whatever happened.
//   -- --context NAME --registry URL   on an existing cluster that has Istio, instead of the lab
//   -- --keep           leave the lab up afterwards
//   -- --long           all of it: 200 kills in each direction, 500 switches, 100 contended rounds, every fault
//   -- PATTERN …        only the files whose path matches; the lab comes up only when one of them needs it
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectLab } from '../../lab/connect.ts';
import { down } from '../../lab/down.ts';
import { ensureForeignStage } from '../../lab/foreign.ts';
import { exec } from '../../lab/host/exec.ts';
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
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());

const isForeign = values.context !== undefined;

const jestArgv = (project: string, ...options: readonly string[]): readonly string[] => [
  ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
  ...['--selectProjects', project, '--passWithNoTests', ...options, '--', ...positionals],
];

/** Whether a project has a file that is to run. */
async function has(project: string): Promise<boolean> {
  if (positionals.length === 0) return true;
  const { stdout } = await exec(process.execPath, jestArgv(project, '--listTests', '--json'), {
    cwd: root,
  });
  return (JSON.parse(stdout) as readonly string[]).length > 0;
}

/** @returns whether all tests of the project passed */
async function jest(project: string, workers: '--runInBand' | '--maxWorkers=2'): Promise<boolean> {
  if (stop.signal.aborted) return false;
  // A test that left a socket open must not keep the lab up.
  const child = spawn(process.execPath, jestArgv(project, workers, '--forceExit'), {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      E2E_CONTEXT: values.context,
      E2E_REGISTRY: values.registry,
      E2E_LONG: values.long ? '1' : '',
      E2E_WHOLE: positionals.length === 0 && !isForeign ? '1' : '',
    },
    detached: true,
  });
  // A group of its own: its workers, and what tests have started, end with it.
  const end = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  };
  stop.signal.addEventListener('abort', end);
  return new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  }).finally(() => stop.signal.removeEventListener('abort', end));
}

async function bringUp(): Promise<void> {
  stop.signal.throwIfAborted();
  if (!isForeign) return up({ services: [] });
  const stage = connectLab(values);
  await ensureForeignStage(stage.config, stage.registry());
}

const asked = await Promise.all(['without-cluster', 'e2e', 'lab'].map((project) => has(project)));
const [withoutCluster = false, onCluster = false, onLab = false] = asked;
let passed = asked.includes(true);
if (!passed) console.error(`no end-to-end test is called ${positionals.join(' or ')}`);
// These take the lab down and up again, so they come last, and never on a cluster of somebody's own.
const isLabTested = onLab && !isForeign && !values.keep;
try {
  // Two at a time. On the cluster it is one, with nothing beside it: there much is measured.
  if (withoutCluster) passed = await jest('without-cluster', '--maxWorkers=2');
  if (onCluster) {
    await bringUp();
    passed = (await jest('e2e', '--runInBand')) && passed;
  }
  if (isLabTested) passed = (await jest('lab', '--runInBand')) && passed;
} catch (error) {
  passed = false;
  console.error(error instanceof Error ? error.message : error);
} finally {
  if ((onCluster || isLabTested) && !isForeign && !values.keep) {
    await down().catch((error: unknown) => {
      passed = false;
      console.error(error instanceof Error ? error.message : error);
    });
  }
}
process.exitCode = passed ? 0 : 1;
