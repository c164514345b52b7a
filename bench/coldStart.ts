import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { here } from '../lab/layout.ts';
import type { ApiProxy } from '../test/e2e/apiProxy.ts';
import { lab, mustStep, namespace, root } from '../test/e2e/harness.ts';
import { median, round } from './stats.ts';

/** The least that an action can be: reads an input, asks the cluster one thing. Bundled as the actions are. */
const leastEntry = `import { getInput } from '@actions/core';
import { request } from 'node:http';
import { readFileSync } from 'node:fs';
const server = /server: (\\S+)/.exec(readFileSync(getInput('kubeconfig'), 'utf8'))[1];
request(server + '/version').end();
`;

function buildLeastEntry(): string {
  const folder = join(here.state, 'bench', 'least');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Inside the checkout, so that @actions/core is found.
  writeFileSync(join(folder, 'entry.js'), leastEntry);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', '.bin', 'ncc'),
      'build',
      join(folder, 'entry.js'),
      '--out',
      join(folder, 'dist'),
      '--minify',
      '--quiet',
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`ncc failed: ${stderr}`);
  return join(folder, 'dist', 'index.js');
}

/** They sign in to no cluster: what they ask first, and when, is up to an engine or a registry. */
const withoutCluster: readonly string[] = ['build-scan-push'];

/** The actions that dist has an entry for, and that ask a cluster. */
function actionsInDist(): readonly string[] {
  const entry = /await start\('([a-z-]+)'\)/;
  return readdirSync(join(root, 'dist')).flatMap((file) => {
    if (!file.endsWith('.js')) return [];
    const [, name] = entry.exec(readFileSync(join(root, 'dist', file), 'utf8').slice(0, 200)) ?? [];
    return name === undefined || withoutCluster.includes(name) ? [] : [name];
  });
}

/** From the start of the process to the first call that the API server hears of. */
async function firstCallMs(entry: string, env: NodeJS.ProcessEnv, proxy: ApiProxy): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [entry], { env: { ...process.env, ...env }, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const heardMs = await new Promise<number>((resolve, reject) => {
    proxy.play({
      before() {
        resolve(performance.now());
        return { kind: 'hang' };
      },
    });
    void ended.then(() => reject(new Error(`${entry} ended without asking the cluster anything`)));
  });
  child.kill('SIGKILL');
  await ended;
  return heardMs - startedMs;
}

const image = { image: 'example.com/a@sha256:'.concat('0'.repeat(64)), version: 'v9.9.9' };
const smoke = { 'smoke-paths': '/' };

/** Inputs that let an action come as far as its first call. */
const enough: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'deploy-green': { ...image, values: 'values.yaml' },
  'verify-green': smoke,
  release: { ...image, ...smoke, values: 'values.yaml' },
};

export interface ColdStart {
  readonly leastMs: number;
  /** By action: its cold start over that of the least entry. */
  readonly ratios: Readonly<Record<string, number>>;
}

export async function coldStarts(service: string, proxy: ApiProxy, rounds: number): Promise<ColdStart> {
  const least = buildLeastEntry();
  const inputsOf = (action: string): NodeJS.ProcessEnv =>
    Object.fromEntries(
      Object.entries({
        service,
        namespace,
        kubeconfig: proxy.kubeconfig,
        context: lab.context,
        ...enough[action],
      }).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    );
  const actions = actionsInDist();
  const leastMs: number[] = [];
  const times = new Map<string, number[]>(actions.map((action) => [action, []]));
  // In turns, so that whatever else the machine does meets all of them.
  for (let index = 0; index < rounds; index += 1) {
    leastMs.push(await firstCallMs(least, inputsOf(''), proxy));
    for (const action of actions) {
      const ms = await firstCallMs(join(root, 'dist', `${action}.js`), inputsOf(action), proxy);
      times.get(action)?.push(ms);
    }
  }
  const base = median(leastMs);
  return {
    leastMs: round(base, 0),
    ratios: Object.fromEntries([...times].map(([action, ms]) => [action, round(median(ms) / base)])),
  };
}

/**
 * The most memory that a switch ever held, by the kernel's account of it at its end. Not getrusage's, which begins with
 * what the process that started it held: VmHWM begins anew with each program.
 */
export async function peakMemoryMb(service: string): Promise<number> {
  const file = join(tmpdir(), `c4ang-bench-${String(process.pid)}`);
  const code = `import { readFileSync, writeFileSync } from 'node:fs'; process.on('exit', () => writeFileSync(${JSON.stringify(file)}, readFileSync('/proc/self/status')));`;
  try {
    await mustStep(
      'switch-traffic',
      { service, to: 'green' },
      { env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` } },
    );
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8')) ?? [];
    return round(Number(kib) / 1024, 0);
  } finally {
    rmSync(file, { force: true });
  }
}
