import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { DockerForTests } from '../../../lab/docker/engine.ts';
import { runStep } from '../../../lab/runner/step.ts';
import type { StepOptions, StepResult } from '../../../lab/runner/step.ts';
import { publishTree } from '../../../scripts/published-tree.ts';

const root = join(import.meta.dirname, '..', '..', '..');

type Texts = Readonly<Record<string, string>>;

export interface GivenBuild {
  /** The repository of a service. */
  readonly folder: string;
  readonly inputs: Texts;
  readonly env?: Texts;
  /** RUNNER_TEMP; a new folder when absent. */
  readonly temporary?: string;
  readonly options?: Pick<StepOptions, 'onLine' | 'onStart'>;
}

export type BuildResult = StepResult & {
  /** What the step left in RUNNER_TEMP besides its results. */
  readonly left: readonly string[];
};

/**
 * Where build-scan-push runs as GitHub's runner starts it, with a real engine, and with Trivy and Snyk by their fakes
 * (test/fakes/bin), which replay what is put there for them. Needs no cluster.
 */
export class BuildPlace {
  readonly #folder = mkdtempSync(join(tmpdir(), 'build-place-'));
  readonly #docker: DockerForTests;
  readonly #bin = join(this.#folder, 'bin');
  /** Steps run from the tree that users get, not from the checkout. */
  readonly #published = join(this.#folder, 'published');

  constructor(docker: DockerForTests) {
    this.#docker = docker;
    mkdirSync(this.#bin);
    publishTree(root, this.#published);
    for (const name of ['trivy', 'snyk']) {
      symlinkSync(join(root, 'test/fakes/bin', name), join(this.#bin, name));
    }
  }

  /** A repository of a service: a Dockerfile that copies all of it, and these files. */
  workspace(files: Texts = {}): string {
    const folder = mkdtempSync(join(this.#folder, 'workspace-'));
    const all = {
      Dockerfile: 'FROM scratch\nCOPY . /app/\nUSER 10001:10001\nENTRYPOINT ["/app/server"]\n',
      '.dockerignore': 'Dockerfile\n',
      server: `a program of ${folder}`,
      ...files,
    };
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return folder;
  }

  /** What Trivy's fake goes by, by file name (see there), from now on; without any, it finds nothing. */
  trivy(files: Texts = {}): void {
    const cache = join(this.#toolCache, 'trivy-db');
    rmSync(cache, { recursive: true, force: true });
    const at = new Date().toISOString();
    const database = JSON.stringify({ Version: 2, NextUpdate: at, UpdatedAt: at, DownloadedAt: at });
    for (const [name, text] of Object.entries({ 'db/metadata.json': database, ...files })) {
      if (text === '') continue;
      mkdirSync(dirname(join(cache, name)), { recursive: true });
      writeFileSync(join(cache, name), text);
    }
  }

  /** The environment that Trivy's fake had when it last scanned. */
  trivySaw(): Texts {
    const file = join(this.#toolCache, 'trivy-db/fake/seen.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly env: Texts }).env;
  }

  async run({ folder, inputs, env = {}, temporary, options = {} }: GivenBuild): Promise<BuildResult> {
    const runnerTemp = temporary ?? mkdtempSync(join(this.#folder, 'runner-'));
    const result = await runStep({
      root: this.#published,
      action: 'build-scan-push',
      inputs: { network: 'none', 'hadolint-threshold': 'off', ...inputs },
      ...options,
      env: {
        ...this.#docker.env,
        PATH: [this.#bin, this.#docker.env['PATH'] ?? ''].join(delimiter),
        GITHUB_WORKSPACE: folder,
        RUNNER_TEMP: runnerTemp,
        RUNNER_TOOL_CACHE: this.#toolCache,
        ...env,
      },
    });
    const left = existsSync(runnerTemp) ? readdirSync(runnerTemp) : [];
    return { ...result, left: left.filter((name) => !name.includes('results')) };
  }

  get #toolCache(): string {
    return join(this.#folder, 'tools');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

let commits = 0;
const run = Date.now().toString(16).padStart(16, '0');

/** A commit that no other build has. */
export const nextCommit = (): string => `${run}${String((commits += 1)).padStart(24, '0')}`;

/** What a registry on this machine has under a name. */
export async function tagsIn(host: string, name: string, login = ''): Promise<readonly string[]> {
  const headers = login === '' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  const answer = await fetch(`http://${host}/v2/${name}/tags/list`, { headers });
  if (answer.status === 404) return [];
  if (!answer.ok) throw new Error(`${host} answers ${String(answer.status)}`);
  return ((await answer.json()) as { readonly tags: readonly string[] | null }).tags ?? [];
}
