import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { lab, root } from './harness.ts';

export interface Typed {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

type Env = Readonly<Record<string, string>>;

const words = (line: string): readonly string[] => [
  process.execPath,
  join(root, 'dist', 'cli.js'),
  ...line.split(' '),
  '--kubeconfig',
  lab.kubeconfig,
  '--context',
  lab.context,
];

/** Types a command of c4ang where nobody looks on: pipes. */
export const c4ang = (line: string, env: Env = {}): Promise<Typed> => run(words(line), env);

/** The same at a pseudo terminal: both streams are one there. Source: script(1), util-linux. */
export const atTerminal = (line: string, env: Env = {}): Promise<Typed> =>
  run(['script', '-qec', words(line).join(' '), '/dev/null'], { TERM: 'xterm', ...env });

function run([program = '', ...argv]: readonly string[], env: Env): Promise<Typed> {
  return new Promise((resolve, reject) => {
    // What a workflow's runner sets must not matter to a person.
    const child = spawn(program, argv, {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], USER: 'kim', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const seen = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (seen.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (seen.err += text));
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, ...seen }));
  });
}
