import { spawn } from 'node:child_process';

export interface WorkflowOptions {
  /** The program, see lab/build/workflowTools.ts. */
  readonly act: string;
  /** A git repository with `.github/workflows`. */
  readonly repository: string;
  /** File name in `.github/workflows`. */
  readonly workflow: string;
  readonly event: 'push' | 'pull_request' | 'workflow_dispatch';
  /** File with what the event says, as GitHub would: `{"ref": "refs/tags/v1.1.0"}`. */
  readonly eventFile?: string;
  /** Of a workflow that is started by hand. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** What `uses:` names, and the folder that is taken for it: `{'c4ang/actions@v1': …}`. */
  readonly mapped: Readonly<Record<string, string>>;
  /** Where act keeps what it makes, and looks for its settings: the user's own stay out of it. */
  readonly home: string;
  readonly path: string;
  /** Besides, what every step finds in its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told what the job says, line by line. */
  readonly onLine?: (line: string, job: string) => void;
}

export interface WorkflowResult {
  readonly exitCode: number | null;
  /** success, failure; by the job's own id. A job that was skipped is not among them. */
  readonly jobs: Readonly<Record<string, string>>;
  /** The job summaries, in the order of the jobs. */
  readonly summary: string;
  readonly log: string;
}

interface Line {
  readonly msg?: string;
  readonly jobID?: string;
  readonly jobResult?: string;
  readonly command?: string;
  readonly content?: string;
  readonly raw_output?: boolean;
}

/**
 * Runs a workflow on this machine, as processes of it. `runs-on: ubuntu-24.04` is this machine too.
 * Secrets go by the environment; act takes those that are named without a value from there.
 */
export function runWorkflow(options: WorkflowOptions): Promise<WorkflowResult> {
  const { act, repository, home, path, secrets = {} } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(act, argvOf(options), {
      cwd: repository,
      env: { ...options.env, PATH: path, HOME: home, XDG_CACHE_HOME: `${home}/.cache`, ...secrets },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const jobs: Record<string, string> = {};
    const summaries: string[] = [];
    let log = '';
    let rest = '';
    const read = (text: string): void => {
      const { msg = '', jobID = '', ...line } = parsed(text);
      log += `${jobID}: ${msg.trimEnd()}\n`;
      if (line.jobResult !== undefined) jobs[jobID] = line.jobResult;
      if (line.command === 'summary') summaries.push(line.content ?? msg);
      options.onLine?.(msg, jobID);
    };
    const take = (chunk: string): void => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(read);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    child.once('close', (exitCode) => {
      if (rest !== '') read(rest);
      resolve({ exitCode, jobs, summary: summaries.join('\n'), log });
    });
  });
}

const argvOf = ({
  event,
  eventFile,
  workflow,
  inputs = {},
  secrets = {},
  mapped,
}: WorkflowOptions): readonly string[] => [
  ...[event, '--json', '--workflows', `.github/workflows/${workflow}`],
  ...(eventFile === undefined ? [] : ['--eventpath', eventFile]),
  ...['--platform', 'ubuntu-24.04=-self-hosted'],
  ...Object.entries(mapped).flatMap(([name, folder]) => ['--local-repository', `${name}=${folder}`]),
  ...Object.entries(inputs).flatMap(([name, value]) => ['--input', `${name}=${value}`]),
  ...Object.keys(secrets).flatMap((name) => ['--secret', name]),
];

/** What act says before it has read its own settings is no JSON. */
function parsed(text: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return { msg: text };
  }
}
