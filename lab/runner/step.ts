import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFileCommands } from './fileCommands.ts';

export interface StepOptions {
  /** The action's name: its entry is dist/<name>.js. */
  readonly action: string;
  /** What its main step left: then its post step is run, dist/<name>-post.js. */
  readonly postOf?: Pick<StepResult, 'state'>;
  readonly inputs: Readonly<Record<string, string>>;
  /** Folder that holds dist/ (a checkout, or a published tree). */
  readonly root: string;
  /** Added to, or (undefined) taken from, what the step inherits. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onLine?: (line: string) => void;
  /** Called once with a way to end the step: tests do so at the worst moment. Harmless once it has ended. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
}

export interface StepResult {
  /** null when it was killed. */
  readonly exitCode: number | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** For its post step. */
  readonly state: Readonly<Record<string, string>>;
  readonly log: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Runs an action as GitHub's runner does: a process of its own, INPUT_* variables, GITHUB_* files. */
export async function runStep(options: StepOptions): Promise<StepResult> {
  const folder = mkdtempSync(join(tmpdir(), 'c4ang-step-'));
  const file = (name: string): string => {
    const path = join(folder, name);
    writeFileSync(path, '');
    return path;
  };
  const output = file('output');
  const summary = file('summary');
  const state = file('state');
  const startedAt = Date.now();
  try {
    const { exitCode, log } = await start(options, {
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_STATE: state,
      GITHUB_WORKSPACE: options.root,
      RUNNER_TEMP: folder,
    });
    return {
      exitCode,
      log,
      startedAt,
      endedAt: Date.now(),
      outputs: parseFileCommands(readFileSync(output, 'utf8')),
      summary: readFileSync(summary, 'utf8'),
      state: parseFileCommands(readFileSync(state, 'utf8')),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(
  { action, postOf, inputs, root, env, onLine, onStart }: StepOptions,
  github: Readonly<Record<string, string>>,
): Promise<{ exitCode: number | null; log: string }> {
  const inputEnv = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  );
  const stateEnv = Object.fromEntries(
    Object.entries(postOf?.state ?? {}).map(([name, value]) => [`STATE_${name}`, value]),
  );
  const entry = postOf === undefined ? `${action}.js` : `${action}-post.js`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'dist', entry)], {
      cwd: root,
      env: { ...process.env, ...github, ...inputEnv, ...stateEnv, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    let rest = '';
    const take = (chunk: string): void => {
      log += chunk;
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine?.(line);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', reject);
    child.on('spawn', () => {
      onStart?.((signal) => child.kill(signal));
    });
    child.on('close', (exitCode) => {
      if (rest !== '') onLine?.(rest);
      resolve({ exitCode, log });
    });
  });
}
