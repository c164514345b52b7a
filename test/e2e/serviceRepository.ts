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
const uploadAction = 'actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f';
const downloadAction = 'actions/download-artifact@37930b1c2abaa49bbe596cd826c3c89aef350131';
const signInAction = 'aws-actions/configure-aws-credentials@a03048d87541d1d9fcf2ecf528a4a65ba9bd7838';

/** What a path holds: a text, or a program. */
type Files = Readonly<Record<string, string | Buffer>>;

/** A repository of a service as a team would have it, and a way to run its workflows. */
export class ServiceRepository {
  readonly #place = mkdtempSync(join(tmpdir(), 'c4ang-service-'));
  readonly #repository = join(this.#place, 'repository');
  readonly #tree = join(this.#place, 'published');
  /** What jobs hand on, by its name. */
  readonly artifacts = join(this.#place, 'artifacts');
  readonly #secrets: () => Promise<Readonly<Record<string, string>>>;

  /** @param secrets of the repository, asked for with each run */
  constructor(
    files: Files,
    secrets: () => Promise<Readonly<Record<string, string>>> = () => Promise.resolve({}),
  ) {
    this.#secrets = secrets;
    publishTree(root, this.#tree);
    for (const name of reusableWorkflows) {
      const file = join(this.#tree, '.github', 'workflows', name);
      // GitHub's queue is not known to act, which refuses the whole file for it.
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {2}queue: max\n/m, ''));
    }
    this.#standIn('sign-in', noSignIn);
    this.#standIn('checkout', checkoutOf(this.#tree));
    this.#standIn('upload', uploadTo(this.artifacts));
    this.#standIn('download', downloadFrom(this.artifacts, ':'));
    mkdirSync(this.#repository);
    this.#git('init', '--quiet', '--initial-branch', 'main');
    this.commit(files);
  }

  /** What a developer pushes. */
  commit(files: Files): void {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.#repository, path);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, content);
      if (typeof content !== 'string' || content.startsWith('#!')) chmodSync(file, 0o755);
    }
    this.#git('add', '--all');
    const author = ['-c', 'user.name=kim', '-c', 'user.email=kim@service.example'];
    this.#git(...author, 'commit', '--quiet', '--allow-empty', '--message', 'a change');
  }

  /** The commit that was made last. */
  get head(): string {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: this.#repository, encoding: 'utf8' }).trim();
  }

  /**
   * Runs one of its workflows, as GitHub would on that event.
   * @param options.programs folders to find programs in, before those of this machine
   */
  async run(
    workflow: string,
    event: WorkflowOptions['event'],
    {
      programs = [],
      ...options
    }: Pick<WorkflowOptions, 'inputs' | 'onLine' | 'env'> & { readonly programs?: readonly string[] } = {},
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
        [signInAction]: join(this.#place, 'sign-in'),
        [checkoutAction]: join(this.#place, 'checkout'),
        [uploadAction]: join(this.#place, 'upload'),
        [downloadAction]: join(this.#place, 'download'),
      },
      home: join(this.#place, 'home'),
      // `using: node24` is whatever node comes first there.
      path: [
        ...programs,
        dirname(await helmProgram(4)),
        dirname(process.execPath),
        process.env['PATH'] ?? '',
      ].join(':'),
    });
  }

  /** From now on an action does nothing after its job. @returns a way to put that back */
  withoutPostStep(action: string): () => void {
    const file = join(this.#tree, 'dist', `${action}-post.js`);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, '');
    return () => writeFileSync(file, text);
  }

  /** From now on something happens to each artifact on its way to the next job. @returns a way to end that */
  changingArtifacts(script: string): () => void {
    this.#standIn('download', downloadFrom(this.artifacts, script));
    return () => this.#standIn('download', downloadFrom(this.artifacts, ':'));
  }

  /** From now on the environment that `approve` waits for has a reviewer. @returns a way to end that */
  reviewedBy(script: string): () => void {
    const file = join(this.#tree, '.github', 'workflows', 'blue-green.yml');
    const text = readFileSync(file, 'utf8');
    const waiting = `    steps:\n      - name: Reviewer\n        run: ${script}\n      - name: Approved\n`;
    writeFileSync(file, text.replace('    steps:\n      - name: Approved\n', waiting));
    return () => writeFileSync(file, text);
  }

  /** Whether a process's command line is of a step that runs here. */
  owns(commandLine: string): boolean {
    return commandLine.includes(this.#place);
  }

  remove(): void {
    rmSync(this.#place, { recursive: true, force: true });
  }

  #standIn(name: string, action: string): void {
    mkdirSync(join(this.#place, name), { recursive: true });
    writeFileSync(join(this.#place, name, 'action.yml'), action);
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

/**
 * The artifacts of a run, as far as the workflows use them: a folder for each.
 * @param script finds that folder in ARTIFACT, and the input path in GIVEN
 */
const artifactAction = (name: string, artifacts: string, script: readonly string[]): string => `name: ${name}
inputs:
  name:
    required: true
  path:
    required: true
runs:
  using: composite
  steps:
    - shell: bash
      env:
        ARTIFACT: ${artifacts}/\${{ inputs.name }}
        GIVEN: \${{ inputs.path }}
      run: |
        ${script.join('\n        ')}
`;

/** A path that is not there is an error. */
const uploadTo = (artifacts: string): string =>
  artifactAction('upload-artifact', artifacts, [
    'rm -rf "$ARTIFACT"',
    'mkdir -p "$ARTIFACT"',
    'while read -r path; do',
    '  if [ -d "$path" ]; then cp -r "$path/." "$ARTIFACT/"; elif [ -n "$path" ]; then cp "$path" "$ARTIFACT/"; fi',
    'done <<< "$GIVEN"',
  ]);

const downloadFrom = (artifacts: string, onTheWay: string): string =>
  artifactAction('download-artifact', artifacts, [
    'mkdir -p "$GIVEN"',
    'cp -r "$ARTIFACT/." "$GIVEN/"',
    'cd "$GIVEN"',
    onTheWay,
  ]);
