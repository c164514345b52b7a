import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildKit, dockerEngine } from '../../../lab/docker/engine.ts';
import type { DockerForTests } from '../../../lab/docker/engine.ts';
import type { StepResult } from '../../../lab/runner/step.ts';
import { commitOf, ScannedBuild, versionOf } from '../scannedBuild.ts';
import type { GivenScannedBuild, ScannedBuildResult } from '../scannedBuild.ts';
import { ownRegistry } from './ownRegistry.ts';
import type { OwnServer } from './ownRegistry.ts';

// Real Docker, real BuildKit with buildx, real Hadolint, real Grype, a real registry. The cluster that it ends on is in
// 56-scanned-is-what-runs.

const minutes = 60_000;

let place: ScannedBuild;
let engine: DockerForTests;
let buildkit: DockerForTests;
let registry: OwnServer;

beforeAll(async () => {
  place = await ScannedBuild.open();
  [engine, buildkit, registry] = [await dockerEngine(), await buildKit(), await ownRegistry()];
}, 25 * minutes);
afterAll(async () => {
  await Promise.all([engine, buildkit, registry].map((one) => one.stop()));
  place.remove();
}, minutes);

const vulnerable = {
  'app/node_modules/left-behind/package.json':
    '{"name": "left-behind", "version": "1.0.0", "license": "MIT"}',
};

type Given = Partial<GivenScannedBuild> & Pick<GivenScannedBuild, 'folder' | 'inputs'>;

const build = ({ inputs, docker = engine, ...rest }: Given): Promise<ScannedBuildResult> =>
  place.run({ docker, inputs: { repository: `${registry.host}/order-api`, ...inputs }, ...rest });

const tagsOf = async (repository: string): Promise<readonly string[]> => {
  const answer = await fetch(`http://${registry.host}/v2/${repository}/tags/list`);
  const { tags } = (await answer.json()) as { readonly tags?: readonly string[] | null };
  return tags ?? [];
};

describe.each(['the BuildKit in an engine', 'buildx'])('with %s', (kind) => {
  const docker = (): DockerForTests => (kind === 'buildx' ? buildkit : engine);
  const number = kind === 'buildx' ? 1 : 2;

  test(
    'the image is built, scanned, pushed, and is there already the next time',
    async () => {
      const folder = place.workspace();
      const inputs = { commit: commitOf(number), version: versionOf(number) };
      const first = await build({ docker: docker(), folder, inputs });
      if (first.exitCode !== 0) throw new Error(first.log);
      expect(first.outputs).toMatchObject({
        verdict: 'pass',
        reused: 'false',
        registry: registry.host,
        repository: 'order-api',
      });
      expect(first.left).toEqual([]);
      const { digest = '' } = first.outputs;
      const answer = await fetch(`http://${registry.host}/v2/order-api/manifests/${inputs.version}`, {
        headers: {
          accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json',
        },
      });
      expect(answer.headers.get('docker-content-digest')).toBe(digest);
      const again = await build({ docker: docker(), folder, inputs });
      expect(again.outputs).toMatchObject({
        reused: 'true',
        digest,
        image: `${registry.host}/order-api@${digest}`,
      });
      const other = { ...inputs, commit: commitOf(20 + number) };
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
      const folder = place.workspace(vulnerable);
      const repository = `order-api-bad-${String(number)}`;
      const inputs = { commit: commitOf(10 + number), repository: `${registry.host}/${repository}` };
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
    const folder = place.workspace(files);
    const given = { commit: commitOf(4), repository: `${registry.host}/${repository}`, ...inputs };
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
    const folder = place.workspace({ 'large/a': 'x'.repeat(200_000_000) });
    const repository = 'order-api-cancelled';
    const inputs = { commit: commitOf(5), repository: `${registry.host}/${repository}` };
    let kill: (signal: NodeJS.Signals) => void = () => undefined;
    const options: Given['options'] = {
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
