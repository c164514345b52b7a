import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { grypePrograms } from '../../lab/build/grype.ts';
import { ownProgram } from '../../lab/build/programs.ts';
import { pythonTool } from '../../lab/build/pythonTool.ts';
import { buildKit, dockerEngine } from '../../lab/docker/engine.ts';
import type { DockerForTests } from '../../lab/docker/engine.ts';
import { progressTo } from '../../lab/host/progress.ts';
import { runStep } from '../../lab/runner/step.ts';
import type { StepOptions, StepResult } from '../../lab/runner/step.ts';
import { close, lab, mustStep, root, routing } from './harness.ts';

// Real Docker, real BuildKit with buildx, real Hadolint, real Grype, a real registry, and the cluster that it ends on.

const minutes = 60_000;
const { name: registry, url } = lab.registry();
const run = Date.now().toString(16).padStart(16, '0');
const commitOf = (place: number): string => `${run}${String(place).padStart(24, '0')}`;

let stage = '';
let tools: readonly string[] = [];
let engine: DockerForTests;
let buildkit: DockerForTests;

beforeAll(async () => {
  stage = mkdtempSync(join(tmpdir(), 'build-scan-push-e2e-'));
  const programs = await grypePrograms();
  await programs.database(
    join(stage, 'tools/grype-db'),
    new Date(Math.floor(Date.now() / 1000) * 1000).toISOString().replace('.000', ''),
  );
  // The database is the test's own: it is taken as it is, and nobody is asked for a newer one.
  mkdirSync(join(stage, 'bin'));
  const script = `#!/bin/sh\nexport GRYPE_DB_AUTO_UPDATE=false GRYPE_DB_REQUIRE_UPDATE_CHECK=false\nexec ${programs.grype} "$@"\n`;
  writeFileSync(join(stage, 'bin/grype'), script, { mode: 0o755 });
  tools = [join(stage, 'bin'), dirname(await pythonTool('hadolint'))];
  [engine, buildkit] = [await dockerEngine(), await buildKit()];
}, 25 * minutes);
afterAll(async () => {
  await Promise.all([engine, buildkit].map((one) => one.stop()));
  rmSync(stage, { recursive: true, force: true });
  close();
}, minutes);

/** A repository as a service has it, with the sample program. */
async function workspace(extra: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = mkdtempSync(join(stage, 'workspace-'));
  copyFileSync(await ownProgram('sample-service', progressTo()), join(folder, 'sample-service'));
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

const vulnerable = {
  'app/node_modules/left-behind/package.json':
    '{"name": "left-behind", "version": "1.0.0", "license": "MIT"}',
};

interface Given {
  readonly docker?: DockerForTests;
  readonly folder: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly options?: Partial<StepOptions>;
}

async function build({
  docker = engine,
  folder,
  inputs,
  options = {},
}: Given): Promise<StepResult & { readonly left: readonly string[] }> {
  const temporary = mkdtempSync(join(stage, 'runner-'));
  const result = await runStep({
    root: join(root, 'lib', 'published'),
    action: 'build-scan-push',
    inputs: { repository: `${registry}/order-api`, scanner: 'grype', network: 'none', ...inputs },
    ...options,
    env: {
      ...docker.env,
      PATH: [...tools, docker.env['PATH'] ?? ''].join(delimiter),
      GITHUB_WORKSPACE: folder,
      RUNNER_TEMP: temporary,
      RUNNER_TOOL_CACHE: join(stage, 'tools'),
      AWS_SECRET_ACCESS_KEY: 'not-a-real-secret',
    },
  });
  return { ...result, left: readdirSync(temporary).filter((name) => !name.includes('results')) };
}

const tagsOf = async (repository: string): Promise<readonly string[]> => {
  const answer = await fetch(`${url}/v2/${repository}/tags/list`);
  const { tags } = (await answer.json()) as { readonly tags?: readonly string[] | null };
  return tags ?? [];
};

describe.each(['the BuildKit in an engine', 'buildx'])('with %s', (kind) => {
  const docker = (): DockerForTests => (kind === 'buildx' ? buildkit : engine);
  const place = kind === 'buildx' ? 1 : 2;

  test(
    'the image is built, scanned, pushed, and is there already the next time',
    async () => {
      const folder = await workspace();
      const inputs = { commit: commitOf(place), version: `v1.${String(place)}.${run}` };
      const first = await build({ docker: docker(), folder, inputs });
      if (first.exitCode !== 0) throw new Error(first.log);
      expect(first.outputs).toMatchObject({
        verdict: 'pass',
        reused: 'false',
        registry,
        repository: 'order-api',
      });
      expect(first.left).toEqual([]);
      const { digest = '' } = first.outputs;
      const answer = await fetch(`${url}/v2/order-api/manifests/${inputs.version}`, {
        headers: {
          accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json',
        },
      });
      expect(answer.headers.get('docker-content-digest')).toBe(digest);
      const again = await build({ docker: docker(), folder, inputs });
      expect(again.outputs).toMatchObject({
        reused: 'true',
        digest,
        image: `${registry}/order-api@${digest}`,
      });
      const other = { ...inputs, commit: commitOf(20 + place) };
      const taken = await build({ docker: docker(), folder, inputs: other });
      expect([taken.exitCode, taken.log]).toEqual([1, expect.stringContaining(digest)]);
      expect(await tagsOf('order-api')).not.toContain(other.commit);
      console.log(`${kind}: first\n${timesOf(first)}\nagain\n${timesOf(again)}`);
    },
    3 * minutes,
  );

  test(
    'a vulnerable image stays out of the registry',
    async () => {
      const folder = await workspace(vulnerable);
      const repository = `order-api-bad-${String(place)}`;
      const inputs = { commit: commitOf(10 + place), repository: `${registry}/${repository}` };
      const result = await build({ docker: docker(), folder, inputs });
      expect([result.exitCode, result.log]).toEqual([1, expect.stringContaining('CVE-2099-0001')]);
      expect(result.outputs).toMatchObject({ verdict: 'fail' });
      expect(result.outputs).not.toHaveProperty('image');
      expect(await tagsOf(repository)).toEqual([]);
      expect(result.left).toEqual([]);
    },
    2 * minutes,
  );
});

test(
  'what was scanned is what runs: its digest is deployed on the cluster',
  async () => {
    await lab.resetService('order-api');
    const folder = await workspace();
    const inputs = { commit: commitOf(3), version: `v2.${run}`, 'build-args': 'APP_VERSION=v1.1.0' };
    const { outputs, exitCode, log } = await build({ docker: buildkit, folder, inputs });
    if (exitCode !== 0) throw new Error(log);
    const deployed = await mustStep('deploy-green', {
      service: 'order-api',
      version: 'v1.1.0',
      image: outputs['image'] ?? '',
      values: join(root, 'lab/services/order-api/values.yaml'),
    });
    expect(deployed.outputs).toMatchObject({ slot: 'green', version: 'v1.1.0' });
    expect((await routing('order-api')).split).toEqual({ blue: 100, green: 0 });
  },
  4 * minutes,
);

test.each<[why: string, files: Readonly<Record<string, string>>, inputs: Readonly<Record<string, string>>]>([
  ['DL4000', { Dockerfile: 'FROM scratch\nMAINTAINER somebody\n' }, {}],
  ['DL1000', { Dockerfile: 'FRM scratch\n' }, {}],
  ['is not in the context', { Dockerfile: 'FROM scratch\nCOPY no-such-file /\n' }, {}],
  ['cannot build more than one platform', {}, { platforms: 'linux/amd64, linux/arm64' }],
  ['docker has no buildx', {}, { builder: 'b0' }],
  ['context: given', {}, { context: '..' }],
  ['dockerfile: given', {}, { dockerfile: 'nowhere/Dockerfile' }],
  ['allow-list: given', {}, { 'allow-list': 'nowhere.yaml' }],
  ['create-repository: given', {}, { 'create-repository': 'true' }],
])(
  'refused: %s',
  async (why, files, inputs) => {
    const repository = `order-api-refused`;
    const folder = await workspace(files);
    const given = { commit: commitOf(4), repository: `${registry}/${repository}`, ...inputs };
    const result = await build({ folder, inputs: given });
    expect([result.exitCode, result.log]).toEqual([1, expect.stringContaining(why)]);
    expect(result.log).toContain('What to do: ');
    expect(await tagsOf(repository)).toEqual([]);
    expect(result.left).toEqual([]);
  },
  minutes,
);

test(
  'a job that is cancelled in the middle of a build leaves nothing behind',
  async () => {
    const folder = await workspace({ 'large/a': 'x'.repeat(200_000_000) });
    const repository = 'order-api-cancelled';
    const inputs = { commit: commitOf(5), repository: `${registry}/${repository}` };
    let kill: (signal: NodeJS.Signals) => void = () => undefined;
    const options: Partial<StepOptions> = {
      onStart: (end) => (kill = end),
      onLine: (line) => {
        if (line.startsWith('building with')) setTimeout(() => kill('SIGINT'), 500);
      },
    };
    const result = await build({ folder, inputs, options });
    expect([result.exitCode, result.log]).toEqual([1, expect.stringContaining('stopped by SIGINT')]);
    expect(result.left).toEqual([]);
    expect(await tagsOf(repository)).toEqual([]);
  },
  minutes,
);

/** What the step took besides docker, scanner and push: printed, never judged. */
function timesOf({ log, startedAt, endedAt }: StepResult): string {
  const parts = [...log.matchAll(/^(build|grype|push|all): ([\d.]+) s$/gm)].map(
    ([, part, s]) => [part, Number(s)] as const,
  );
  const others = parts.filter(([part]) => part !== 'all').reduce((sum, [, s]) => sum + s, 0);
  const step = (endedAt - startedAt) / 1000;
  return `  step ${step.toFixed(2)} s, besides docker, scanner and push ${(step - others).toFixed(2)} s`;
}
