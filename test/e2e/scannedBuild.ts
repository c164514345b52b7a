import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { grypePrograms } from '../../lab/build/grype.ts';
import { ownProgram } from '../../lab/build/programs.ts';
import { pythonTool } from '../../lab/build/pythonTool.ts';
import type { DockerForTests } from '../../lab/docker/engine.ts';
import { progressTo } from '../../lab/host/progress.ts';
import { runStep } from '../../lab/runner/step.ts';
import type { StepOptions, StepResult } from '../../lab/runner/step.ts';
import { publishTree } from '../../scripts/published-tree.ts';

const root = join(import.meta.dirname, '..', '..');

type Texts = Readonly<Record<string, string>>;

export interface GivenScannedBuild {
  readonly docker: DockerForTests;
  /** The repository of a service. */
  readonly folder: string;
  readonly inputs: Texts;
  readonly options?: Pick<StepOptions, 'onLine' | 'onStart'>;
}

export type ScannedBuildResult = StepResult & {
  /** What the step left in RUNNER_TEMP besides its results. */
  readonly left: readonly string[];
};

/** Where build-scan-push runs as GitHub's runner starts it, with a real Hadolint and a real Grype. Needs no cluster. */
export class ScannedBuild {
  readonly #stage = mkdtempSync(join(tmpdir(), 'scanned-build-'));
  /** Steps run from the tree that users get, not from the checkout. */
  readonly #published = join(this.#stage, 'published');
  readonly #sample: string;
  readonly #path: readonly string[];

  private constructor(sample: string, hadolint: string) {
    this.#sample = sample;
    this.#path = [join(this.#stage, 'bin'), dirname(hadolint)];
    publishTree(root, this.#published);
  }

  /** Builds Grype when it is first asked for, which takes minutes. */
  static async open(): Promise<ScannedBuild> {
    const grype = await grypePrograms();
    const sample = await ownProgram('sample-service', progressTo());
    const place = new ScannedBuild(sample, await pythonTool('hadolint'));
    const built = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString().replace('.000', '');
    await grype.database(join(place.#toolCache, 'grype-db'), built);
    // The database is the test's own: it is taken as it is, and nobody is asked for a newer one.
    const own = 'GRYPE_DB_AUTO_UPDATE=false GRYPE_DB_REQUIRE_UPDATE_CHECK=false';
    mkdirSync(join(place.#stage, 'bin'));
    const script = `#!/bin/sh\nexport ${own}\nexec ${grype.grype} "$@"\n`;
    writeFileSync(join(place.#stage, 'bin/grype'), script, { mode: 0o755 });
    return place;
  }

  /** A repository as a service has it, with the sample program. */
  workspace(extra: Texts = {}): string {
    const folder = mkdtempSync(join(this.#stage, 'workspace-'));
    copyFileSync(this.#sample, join(folder, 'sample-service'));
    chmodSync(join(folder, 'sample-service'), 0o755);
    const dockerfile = `FROM scratch
ARG APP_VERSION=v0
ENV APP_NAME=order-api APP_VERSION=$APP_VERSION PORT=8080
COPY . /
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["/sample-service"]
`;
    for (const [name, text] of Object.entries({
      Dockerfile: dockerfile,
      '.dockerignore': 'Dockerfile\n',
      ...extra,
    })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return folder;
  }

  async run({ docker, folder, inputs, options = {} }: GivenScannedBuild): Promise<ScannedBuildResult> {
    const temporary = mkdtempSync(join(this.#stage, 'runner-'));
    const result = await runStep({
      root: this.#published,
      action: 'build-scan-push',
      inputs: { scanner: 'grype', network: 'none', ...inputs },
      ...options,
      env: {
        ...docker.env,
        PATH: [...this.#path, docker.env['PATH'] ?? ''].join(delimiter),
        GITHUB_WORKSPACE: folder,
        RUNNER_TEMP: temporary,
        RUNNER_TOOL_CACHE: this.#toolCache,
        AWS_SECRET_ACCESS_KEY: 'not-a-real-secret',
      },
    });
    return { ...result, left: readdirSync(temporary).filter((name) => !name.includes('results')) };
  }

  get #toolCache(): string {
    return join(this.#stage, 'tools');
  }

  remove(): void {
    rmSync(this.#stage, { recursive: true, force: true });
  }
}

const run = Date.now().toString(16).padStart(16, '0');

/** A commit of this run; `place` tells it from the others. */
export const commitOf = (place: number): string => `${run}${String(place).padStart(24, '0')}`;

/** A version that no other run has. */
export const versionOf = (place: number): string => `v${String(place)}.${run}`;
