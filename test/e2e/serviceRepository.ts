import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { helmProgram } from '../../lab/build/helm.ts';
import { actProgram } from '../../lab/build/workflowTools.ts';
import { runWorkflow } from '../../lab/runner/workflow.ts';
import type { WorkflowOptions, WorkflowResult } from '../../lab/runner/workflow.ts';
import { publishTree, reusableWorkflows } from '../../scripts/published-tree.ts';

const root = join(import.meta.dirname, '..', '..');

/** Actions of others that the workflows use: mapped to a stand-in where they run, with nothing else for them to do. */
const checkoutAction = 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8';
const signInAction = 'aws-actions/configure-aws-credentials@a03048d87541d1d9fcf2ecf528a4a65ba9bd7838';

/** A repository of a service as a team would have it, and a way to run its workflows. */
export class ServiceRepository {
  readonly #place = mkdtempSync(join(tmpdir(), 'c4ang-service-'));
  readonly #repository = join(this.#place, 'repository');
  readonly #tree = join(this.#place, 'published');
  readonly #signIn = join(this.#place, 'sign-in');
  readonly #checkout = join(this.#place, 'checkout');
  readonly #secrets: () => Promise<Readonly<Record<string, string>>>;

  /** @param secrets of the repository, asked for with each run */
  constructor(
    files: Readonly<Record<string, string>>,
    secrets: () => Promise<Readonly<Record<string, string>>> = () => Promise.resolve({}),
  ) {
    this.#secrets = secrets;
    publishTree(root, this.#tree);
    for (const name of reusableWorkflows) {
      const file = join(this.#tree, '.github', 'workflows', name);
      // GitHub's queue is not known to act, which refuses the whole file for it.
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {2}queue: max\n/m, ''));
    }
    mkdirSync(this.#signIn);
    writeFileSync(join(this.#signIn, 'action.yml'), noSignIn);
    mkdirSync(this.#checkout);
    writeFileSync(join(this.#checkout, 'action.yml'), checkoutOf(this.#tree));
    mkdirSync(this.#repository);
    this.#git('init', '--quiet', '--initial-branch', 'main');
    this.commit(files);
  }

  /** What a developer pushes. */
  commit(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.#repository, path);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, text);
      if (text.startsWith('#!')) chmodSync(file, 0o755);
    }
    this.#git('add', '--all');
    const author = ['-c', 'user.name=kim', '-c', 'user.email=kim@service.example'];
    this.#git(...author, 'commit', '--quiet', '--allow-empty', '--message', 'a change');
  }

  /** Runs one of its workflows, as GitHub would on that event. */
  async run(
    workflow: string,
    event: WorkflowOptions['event'],
    options: Pick<WorkflowOptions, 'inputs' | 'onLine'> = {},
  ): Promise<WorkflowResult> {
    const { version } = JSON.parse(readFileSync(join(this.#tree, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    return runWorkflow({
      ...options,
      act: await actProgram(),
      repository: this.#repository,
      workflow,
      event,
      secrets: await this.#secrets(),
      mapped: {
        'c4ang/actions@v1': this.#tree,
        [`c4ang/actions@v${version}`]: this.#tree,
        [signInAction]: this.#signIn,
        [checkoutAction]: this.#checkout,
      },
      home: join(this.#place, 'home'),
      // `using: node24` is whatever node comes first there.
      path: `${dirname(await helmProgram(4))}:${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`,
    });
  }

  /** From now on an action does nothing after its job. @returns a way to put that back */
  withoutPostStep(action: string): () => void {
    const file = join(this.#tree, 'dist', `${action}-post.js`);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, '');
    return () => writeFileSync(file, text);
  }

  /** Whether a process's command line is of a step that runs here. */
  owns(commandLine: string): boolean {
    return commandLine.includes(this.#place);
  }

  remove(): void {
    rmSync(this.#place, { recursive: true, force: true });
  }

  #git(...argv: readonly string[]): void {
    execFileSync('git', argv, { cwd: this.#repository, stdio: 'pipe' });
  }
}

const noSignIn = `name: sign-in
runs:
  using: composite
  steps:
    - run: exit 1 # no AWS here: no run gets this far
      shell: bash
`;

/** act copies the repository itself; this is for a checkout of another one, which can only be ours. */
const checkoutOf = (tree: string): string => `name: checkout
inputs:
  path:
    required: true
runs:
  using: composite
  steps:
    - run: cp -r "${tree}" "$INTO"
      shell: bash
      env:
        INTO: \${{ inputs.path }}
`;
