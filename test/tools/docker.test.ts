import { expect, test } from '@jest/globals';
import { lostWith } from '../../src/domain/image/build.ts';
import type { Builder, BuildRequest } from '../../src/domain/image/build.ts';
import { exportArgv, loadArgv } from '../../src/tools/dockerArgv.ts';
import { findBuilder } from '../../src/tools/dockerBuilder.ts';
import { buildFailure } from '../../src/tools/dockerOutput.ts';
import type { Exec } from '../../src/tools/exec.ts';

const { signal } = new AbortController();

const request: BuildRequest = {
  context: '/w',
  dockerfile: '/w/Dockerfile',
  target: 'runtime',
  platforms: ['linux/amd64', 'linux/arm64'],
  buildArgs: { JAVA: '21 = new' },
  labels: { revision: 'abc' },
  secrets: [{ id: 'token', file: '/t/secrets/token' }],
  cacheFrom: ['type=registry,ref=host/app:cache', 'type=gha'],
  cacheTo: ['type=gha,mode=max'],
  provenance: 'max',
  sbomGenerator: null,
  network: 'none',
};
const builder = (kind: Builder['kind'], name: string | null = null): Builder => ({ kind, title: kind, name });
const text = (argv: readonly string[]): string => argv.join(' ');

test('buildx writes the layout itself, with everything that was asked for', () => {
  const argv = exportArgv(builder('buildx', 'b0'), request, { layout: '/t/layout', metadata: '/t/m.json' });
  expect(text(argv)).toBe(
    'buildx build --builder b0 --progress plain --file /w/Dockerfile --target runtime ' +
      '--platform linux/amd64,linux/arm64 --build-arg JAVA=21 = new --label revision=abc --network none ' +
      '--secret id=token,src=/t/secrets/token --cache-from type=registry,ref=host/app:cache --cache-from type=gha ' +
      '--cache-to type=gha,mode=max --provenance=mode=max --sbom=false ' +
      '--output type=oci,tar=false,dest=/t/layout --metadata-file /t/m.json /w',
  );
});

test('the classic builder gets no flag that it does not know, and the cache as an image', () => {
  const argv = loadArgv(builder('classic'), { ...request, secrets: [] }, 'c4ang-build:1');
  expect(text(argv)).toMatch(/^build --file .* --cache-from host\/app:cache --tag c4ang-build:1 \/w$/);
  expect(text(argv)).not.toMatch(/provenance|sbom|secret|progress|cache-to|gha/);
});

test('what a builder cannot do is named, and refused where the image would be another one', () => {
  expect(lostWith(builder('buildx'), request)).toEqual([]);
  const lost = lostWith(builder('classic'), request);
  expect(lost.filter((one) => one.refused).map(({ what }) => what)).toEqual([
    'more than one platform (linux/amd64, linux/arm64)',
    'secrets (RUN --mount=type=secret)',
  ]);
  expect(lost.filter((one) => !one.refused).map(({ what }) => what)).toEqual([
    'provenance attestation',
    'cache export (type=gha,mode=max)',
    'cache import by type=…',
  ]);
  expect(lostWith(builder('embedded'), { ...request, platforms: [] }).some((one) => one.refused)).toBe(false);
});

/** Answers by the first words of a command; anything else fails as a docker without that command does. */
const docker = (answers: Readonly<Record<string, string>>): Exec => ({
  run: ([, ...argv]) => {
    const found = Object.entries(answers).find(([words]) => text(argv).startsWith(words));
    return Promise.resolve({
      exitCode: found === undefined ? 1 : 0,
      stdout: found?.[1] ?? '',
      stderr: found === undefined ? `unknown command: docker ${text(argv)}` : '',
    });
  },
});
const versions = (client: string, engine: string | null): string =>
  JSON.stringify({ Client: { Version: client }, Server: engine === null ? null : { Version: engine } });
const buildx = 'github.com/docker/buildx v0.31.1 8d3a';

test.each<[kind: string, answers: Readonly<Record<string, string>>]>([
  [
    'buildx',
    {
      version: versions('29.1.0', '29.1.0'),
      'buildx version': buildx,
      'buildx inspect': 'Name: b0\nDriver: docker-container\n',
    },
  ],
  [
    'buildx',
    {
      version: versions('29.1.0', null),
      'buildx version': buildx,
      'buildx inspect': 'Name: k\nDriver: kubernetes\n',
    },
  ],
  [
    'buildx',
    {
      version: versions('29.1.0', '29.1.0'),
      'buildx version': buildx,
      'buildx inspect': 'Driver: docker',
      info: '[["driver-type","io.containerd.snapshotter.v1"]]',
    },
  ],
  [
    'buildx-load',
    {
      version: versions('28.0.4', '28.0.4'),
      'buildx version': buildx,
      'buildx inspect': 'Driver: docker',
      info: '[["Backing Filesystem","extfs"]]',
    },
  ],
  ['embedded', { version: versions('20.10.24+dfsg1', '20.10.24+dfsg1') }],
  [
    'embedded',
    { version: versions('20.10.24', '20.10.24'), 'buildx version': 'github.com/docker/buildx v0.9.1 x' },
  ],
  ['classic', { version: versions('28.0.4', '28.0.4') }],
])('%s is found', async (kind, answers) => {
  expect(await findBuilder(docker(answers), null, signal)).toMatchObject({ kind });
});

test.each<[why: string, name: string | null, answers: Readonly<Record<string, string>>]>([
  ['no Docker engine answers', null, { version: versions('28.0.4', null) }],
  [
    'no Docker engine answers',
    null,
    { version: versions('28.0.4', null), 'buildx version': buildx, 'buildx inspect': 'Driver: docker' },
  ],
  [
    'there is no buildx builder b1',
    'b1',
    { version: versions('28.0.4', '28.0.4'), 'buildx version': buildx },
  ],
  ['docker has no buildx', 'b1', { version: versions('28.0.4', '28.0.4') }],
  [
    'b1 does not work: boot failed',
    'b1',
    { 'buildx version': buildx, 'buildx inspect': 'Driver: remote\nError: boot failed' },
  ],
])('%s', async (why, name, answers) => {
  await expect(findBuilder(docker(answers), name, signal)).rejects.toThrow(why);
});

test.each<[said: string, told: string]>([
  ['ERROR: failed to solve: write /x: no space left on device', '/t has 0.1 GB left of 84.0 GB'],
  ['ERROR: failed to solve: host/app: unauthorized: authentication required', 'docker/login-action'],
  ['unexpected status code 401 from the registry', 'docker/login-action'],
  ['#4 sha256:c0254010536cc\nfailed to compute cache key: "/no-such-file" not found: not found', 'COPY'],
  ['toomanyrequests: You have reached your pull rate limit', 'mirror'],
  ['failed to resolve source metadata for docker.io/library/nope:1: not found', 'FROM'],
  ['dockerfile parse error on line 3: unknown instruction: RUNN', 'line of the Dockerfile'],
  ['failed to compute cache key: "/app.jar" not found: not found', 'COPY'],
  ['secret token: not found', 'input secrets'],
  ['dial tcp: lookup registry on 10.0.0.2:53: no such host', 'Run the step again'],
])('%s: the remedy fits', async (said, told) => {
  const argv = ['docker', 'build', '--build-arg', 'TOKEN=secret', '/w'];
  const result = { exitCode: 1, stdout: '', stderr: said };
  const failure = await buildFailure(argv, result, 1_000, () =>
    Promise.resolve('/t has 0.1 GB left of 84.0 GB'),
  );
  expect(`${failure.message}\n${failure.remedy}`).toContain(told);
  expect(failure.message).not.toContain('TOKEN');
});

test('a build that takes too long says how long', async () => {
  const result = { exitCode: null, stdout: '', stderr: '#5 RUN ./gradlew build' };
  const failure = await buildFailure(['docker', 'build', '/w'], result, 60_000, () => Promise.resolve(''));
  expect(failure.message).toContain('after 60 s');
});
