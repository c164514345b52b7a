import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { debianTree } from '../../../lab/build/debian.ts';
import { actProgram } from '../../../lab/build/workflowTools.ts';
import { progressTo } from '../../../lab/host/progress.ts';
import { runWorkflow } from '../../../lab/runner/workflow.ts';
import type { WorkflowResult } from '../../../lab/runner/workflow.ts';
import { versions } from '../../../lab/versions.ts';
import { publishTree, reusableWorkflows } from '../../../scripts/published-tree.ts';
import { applyText, lab, root } from '../harness.ts';
import { Shell } from './shell.ts';

const here = import.meta.dirname;
/** The group that docs/rbac.yaml binds to; here the service accounts of a namespace of that name are it. */
const group = 'c4ang-releases';
const signInAction = 'aws-actions/configure-aws-credentials@a03048d87541d1d9fcf2ecf528a4a65ba9bd7838';
const registryOfPage = '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com';

/**
 * Somebody at an empty folder, with the programs that docs/getting-started.md asks for, and GitHub as far as it can be
 * had on one machine. What is not as on the page:
 * - aws and docker are stand-ins (aws.ts, docker.ts), so the registry is the lab's and no cluster is named: the
 *   workflow gets a kubeconfig, of an identity that has the rights of docs/rbac.yaml by its group, and no others.
 * - A release is watched for 20 s, not for the page's minute.
 * - GitHub's repositories are folders. act runs the workflow; what is unlike GitHub in that is said in 70-workflows.
 */
export class Newcomer {
  readonly #place: string;
  readonly #shell: Shell;
  readonly #path: string;

  private constructor(place: string, path: string, shell: Shell) {
    this.#place = place;
    this.#path = path;
    this.#shell = shell;
  }

  static async arrive(): Promise<Newcomer> {
    const place = mkdtempSync(join(tmpdir(), 'c4ang-newcomer-'));
    const folder = (name: string): string => {
      const path = join(place, name);
      mkdirSync(path, { recursive: true });
      return path;
    };
    const [tools, busybox] = await Promise.all([
      lab.helmFolder(4),
      debianTree('busybox', versions.debian.busybox, progressTo()),
    ]);
    const programs = folder('programs');
    standIn(programs, 'aws', {});
    standIn(programs, 'docker', {
      STAND_IN_STATE: folder('images'),
      STAND_IN_BUSYBOX: join(busybox, 'bin', 'busybox'),
    });
    publish(folder('published'));
    git(place, 'clone', '--quiet', '--bare', 'published', 'actions.git');
    git(place, 'init', '--quiet', '--bare', 'order-api.git');
    writeFileSync(join(folder('home'), '.gitconfig'), settings(place));
    writeFileSync(join(folder('sign-in'), 'action.yml'), signIn);
    writeFileSync(join(place, 'push.json'), '{}');
    // `using: node24` is whatever node comes first.
    const path = [programs, tools, dirname(process.execPath), process.env['PATH'] ?? ''].join(':');
    const env = { PATH: path, HOME: join(place, 'home'), KUBECONFIG: lab.kubeconfig };
    return new Newcomer(place, path, new Shell(place, folder('work'), env));
  }

  /** @returns what the commands printed */
  type(commands: string): Promise<string> {
    return this.#shell.type(hereFor(commands), 240_000);
  }

  write(path: string, text: string): void {
    const file = join(this.#place, 'work', 'order-api', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, hereFor(text));
  }

  /** What GitHub does when a tag has been pushed. */
  async runOnTag(tag: string): Promise<WorkflowResult> {
    const checkout = join(this.#place, `checkout-${tag}`);
    git(this.#place, 'clone', '--quiet', '--branch', tag, join(this.#place, 'order-api.git'), checkout);
    const event = join(this.#place, 'push.json');
    writeFileSync(event, JSON.stringify({ ref: `refs/tags/${tag}` }));
    const tree = join(this.#place, 'published');
    const { version } = JSON.parse(readFileSync(join(tree, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    return runWorkflow({
      act: await actProgram(),
      repository: checkout,
      workflow: 'release.yml',
      event: 'push',
      eventFile: event,
      secrets: { KUBECONFIG: await kubeconfig() },
      mapped: {
        'c4ang/actions@v1': tree,
        [`c4ang/actions@v${version}`]: tree,
        [signInAction]: join(this.#place, 'sign-in'),
      },
      home: join(this.#place, 'act'),
      path: this.#path,
    });
  }

  leave(): void {
    this.#shell.close();
    rmSync(this.#place, { recursive: true, force: true });
  }
}

/** Text of the page, as it has to be where there is no AWS. */
const hereFor = (text: string): string =>
  text
    .replaceAll(registryOfPage, lab.registry().name)
    .replace(/^ {6}cluster: shop\n {6}role-to-assume: \S+\n/m, '')
    .replace(/^ {6}monitor-duration: 1m$/m, '      monitor-duration: 20s')
    .replace(
      /^( {4}uses: c4ang\/actions\/\S+\n)/m,
      '$1    secrets:\n      KUBECONFIG: ${{ secrets.KUBECONFIG }}\n',
    );

/** What a release has published, under the tag that the page names, in a repository. */
function publish(tree: string): void {
  publishTree(root, tree);
  for (const name of reusableWorkflows) {
    const file = join(tree, '.github', 'workflows', name);
    // GitHub's queue is not known to act, which refuses the whole file for it.
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {2}queue: max\n/m, ''));
  }
  const rights = join(tree, 'docs', 'rbac.yaml');
  const text = readFileSync(rights, 'utf8');
  writeFileSync(rights, text.replaceAll(`name: ${group}\n`, `name: system:serviceaccounts:${group}\n`));
  git(tree, 'init', '--quiet', '--initial-branch', 'main');
  git(tree, 'add', '--all', '--force');
  git(
    tree,
    '-c',
    'user.name=kim',
    '-c',
    'user.email=kim@example.com',
    'commit',
    '--quiet',
    '--message',
    'v1',
  );
  git(tree, 'tag', 'v1');
}

const git = (cwd: string, ...argv: readonly string[]): void => {
  execFileSync('git', argv, { cwd, stdio: 'pipe' });
};

const settings = (place: string): string => `[user]
  name = kim
  email = kim@example.com
[url "file://${place}/actions.git"]
  insteadOf = https://github.com/c4ang/actions.git
[url "file://${place}/order-api.git"]
  insteadOf = https://github.com/example/order-api.git
[safe]
  directory = *
`;

function standIn(folder: string, name: string, env: Readonly<Record<string, string>>): void {
  const words = [
    ...['env', ...Object.entries(env).map(([key, value]) => `${key}=${value}`)],
    ...[process.execPath, '--disable-warning=ExperimentalWarning', join(here, `${name}.ts`)],
  ];
  const quoted = words.map((word) => `'${word}'`).join(' ');
  writeFileSync(join(folder, name), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
}

/** Of an identity that has what its group has, and nothing else. */
async function kubeconfig(): Promise<string> {
  await applyText(
    `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${group}}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: order-api, namespace: ${group}}\n`,
  );
  const token = await lab.tokenOf(group, 'order-api');
  const config = JSON.parse(lab.config.exportConfig()) as { users: { name: string; user: object }[] };
  for (const entry of config.users) entry.user = { token };
  return JSON.stringify(config);
}

const signIn = `name: sign-in
runs:
  using: composite
  steps:
    - run: echo 'there is no AWS here, nobody is signed in'
      shell: bash
`;
