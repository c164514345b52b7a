import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fields } from '../../src/actions/build-scan-push/inputs.ts';
import { buildScanPush } from '../../src/actions/build-scan-push/run.ts';
import type { Collaborators } from '../../src/actions/build-scan-push/run.ts';
import type { Builder, BuildRequest } from '../../src/domain/image/build.ts';
import type { LintFinding } from '../../src/domain/image/dockerfileLint.ts';
import type { ImageFacts } from '../../src/domain/image/facts.ts';
import type { ScanFinding } from '../../src/domain/scan/report.ts';
import { findContext } from '../../src/image/buildContext.ts';
import type { OciImage } from '../../src/image/ociLayout.ts';
import { makeWorkFolder, resultFiles } from '../../src/image/workFolder.ts';
import { parseInputs } from '../../src/runtime/inputs.ts';
import { stopwatch } from '../../src/runtime/stopwatch.ts';
import { FakeClock } from '../fakes/clock.ts';

const commit = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b';
const vulnerability: ScanFinding = {
  kind: 'vulnerability',
  id: 'CVE-2026-1',
  package: 'libx',
  installed: '1.0',
  fixed: '1.1',
  severity: 'critical',
  target: 'usr/lib',
};

/** A layout of one layer, with the labels that were asked for. */
function writeLayout(layout: string, { labels }: BuildRequest): OciImage {
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const put = (mediaType: string, content: string) => {
    const hex = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(layout, 'blobs/sha256', hex), content);
    return { mediaType, digest: `sha256:${hex}`, size: content.length };
  };
  const config = { os: 'linux', architecture: 'amd64', config: { Labels: labels } };
  const manifest = put(
    'application/vnd.oci.image.manifest.v1+json',
    JSON.stringify({ config: put('config', JSON.stringify(config)), layers: [put('layer', 'a layer')] }),
  );
  return { layout, digest: manifest.digest };
}

/** Everything that the action works with, in memory but for the layout; it notes in which order it was asked. */
class Stage {
  readonly order: string[] = [];
  readonly lines: string[] = [];
  readonly given = new Map<string, string>();
  readonly annotated: string[] = [];
  readonly tags = new Map<string, ImageFacts>();
  readonly secretsSeen: string[] = [];
  folder = '';
  findings: readonly ScanFinding[] = [];
  lint: readonly LintFinding[] = [];
  builder: Builder = { kind: 'buildx', title: 'buildx v1', name: null };
  scannerFails: Error | null = null;

  async run(given: Readonly<Record<string, string>> = {}): Promise<void> {
    const inputs = parseInputs({ repository: 'localhost:5000/order-api', ...given }, fields);
    await buildScanPush(inputs, await this.#tools());
  }

  async #tools(): Promise<Collaborators> {
    const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'workspace-')));
    writeFileSync(join(workspace, 'Dockerfile'), 'FROM scratch\n');
    const given = { workspace, context: '.', dockerfile: null, hadolintConfig: null };
    const clock = new FakeClock();
    const say = (line: string): void => void this.lines.push(line);
    const env = { RUNNER_TEMP: workspace };
    const work = await makeWorkFolder(env);
    this.folder = work.path;
    const last: { facts: ImageFacts | null } = { facts: null };
    return {
      context: await findContext(given),
      clock,
      watch: stopwatch(clock),
      work: () => Promise.resolve(work),
      results: resultFiles(env),
      allow: [],
      ecr: null,
      signal: new AbortController().signal,
      run: { url: null, actor: null, sha: commit, ref: null },
      log: { info: say, warning: say, group: (title, lines) => this.lines.push(title, ...lines) },
      annotations: {
        add: ({ file, line, title }) => void this.annotated.push(`${file}:${String(line)} ${title}`),
      },
      outputs: { set: (name, value) => void this.given.set(name, String(value)) },
      summary: { heading: say, facts: () => undefined, table: () => undefined, diagram: () => undefined },
      hadolint: () =>
        Promise.resolve({
          lint: () => {
            this.order.push('lint');
            return Promise.resolve(this.lint);
          },
        }),
      docker: {
        builder: () => Promise.resolve(this.builder),
        build: (_builder, request, folder) => {
          this.order.push('build');
          for (const { id, file } of request.secrets)
            this.secretsSeen.push(`${id}=${readFileSync(file, 'utf8')}`);
          const image = writeLayout(join(folder, 'layout'), request);
          const platform = { platform: 'linux/amd64', digest: image.digest, created: null, layers: [] };
          last.facts = {
            digest: image.digest,
            mediaType: '',
            platforms: [{ ...platform, labels: request.labels }],
          };
          return Promise.resolve(image);
        },
      },
      scanner: () =>
        Promise.resolve({
          name: 'grype' as const,
          scan: (image) => {
            this.order.push(`scan ${image.digest}`);
            if (this.scannerFails !== null) return Promise.reject(this.scannerFails);
            const database = { built: new Date(clock.now()).toISOString() };
            return Promise.resolve({
              scanner: 'grype',
              scannerVersion: '1',
              database,
              findings: this.findings,
            });
          },
        }),
      registry: {
        find: (tag) => Promise.resolve(this.#found(tag)),
        facts: (tag) => Promise.resolve(this.tags.get(tag) ?? null),
        push: (image, tags) => {
          this.order.push(`push ${image.digest}`);
          for (const tag of tags) if (last.facts !== null) this.tags.set(tag, last.facts);
          const outcome = 'pushed' as const;
          return Promise.resolve({
            digest: image.digest,
            tags: tags.map((tag) => ({ tag, outcome })),
            uploadedBytes: 7,
            reusedBlobs: 0,
          });
        },
      },
    };
  }

  #found(tag: string) {
    const facts = this.tags.get(tag);
    return facts === undefined ? null : { digest: facts.digest, mediaType: facts.mediaType, size: 1 };
  }
}

test('the digest that was scanned is the one that is pushed, and both come after Hadolint', async () => {
  const stage = new Stage();
  await stage.run({ version: 'v1.0.0' });
  const digest = stage.given.get('digest') ?? '';
  expect(stage.order).toEqual(['lint', 'build', `scan ${digest}`, `push ${digest}`]);
  expect(Object.fromEntries(stage.given)).toMatchObject({
    image: `localhost:5000/order-api@${digest}`,
    registry: 'localhost:5000',
    repository: 'order-api',
    tags: `v1.0.0,${commit}`,
    verdict: 'pass',
    reused: 'false',
  });
});

test('the same commit and inputs are not built again; other inputs are', async () => {
  const stage = new Stage();
  await stage.run({ version: 'v1.0.0' });
  stage.order.length = 0;
  await stage.run({ version: 'v1.0.0' });
  expect(stage.order).toEqual([]);
  expect(stage.given.get('reused')).toBe('true');
  expect(stage.given.get('image')).toContain('localhost:5000/order-api@sha256:');
  await stage.run({ version: 'v1.0.0', 'build-args': 'A=1' });
  expect(stage.order).toContain('build');
  stage.order.length = 0;
  await stage.run({ version: 'v1.0.0', 'build-args': 'A=1', rebuild: 'true' });
  expect(stage.order).toContain('build');
});

test('an image that lacks one of its tags is built again: its push was cut off', async () => {
  const stage = new Stage();
  await stage.run({ version: 'v1.0.0' });
  stage.tags.delete('v1.0.0');
  stage.order.length = 0;
  await stage.run({ version: 'v1.0.0' });
  expect(stage.order).toContain('build');
});

test('a vulnerable image is not pushed, and the findings are there for the next step', async () => {
  const stage = new Stage();
  stage.findings = [vulnerability];
  await expect(stage.run()).rejects.toThrow('CVE-2026-1');
  expect(stage.tags.size).toBe(0);
  expect(stage.given.has('image')).toBe(false);
  expect(readFileSync(stage.given.get('sarif') ?? '', 'utf8')).toContain('CVE-2026-1');
  expect(stage.given.get('verdict')).toBe('fail');
});

test('a scanner that fails keeps the gate closed', async () => {
  const stage = new Stage();
  stage.scannerFails = new Error('no database');
  await expect(stage.run()).rejects.toThrow('no database');
  expect(stage.tags.size).toBe(0);
});

test('nothing is built from a Dockerfile that Hadolint finds bad, and the line is remarked on', async () => {
  const stage = new Stage();
  stage.lint = [{ code: 'DL4000', level: 'error', line: 3, column: 1, message: 'MAINTAINER is deprecated' }];
  await expect(stage.run()).rejects.toThrow('Dockerfile:3 DL4000');
  expect(stage.order).toEqual(['lint']);
  expect(stage.annotated).toEqual(['Dockerfile:3 Hadolint DL4000']);
  await stage.run({ 'hadolint-threshold': 'none' });
  expect(stage.order).toContain('build');
});

test('with push: false it builds and scans, and gives no image', async () => {
  const stage = new Stage();
  await stage.run({ push: 'false' });
  expect(stage.order.map((what) => what.split(' ')[0])).toEqual(['lint', 'build', 'scan']);
  expect(stage.given.get('image')).toBe('');
  expect(stage.given.get('verdict')).toBe('pass');
});

test('what a builder cannot do is refused where the image would be another, and warned of elsewhere', async () => {
  const stage = new Stage();
  stage.builder = { kind: 'classic', title: 'the classic builder of Docker 28', name: null };
  await expect(stage.run({ platforms: 'linux/amd64, linux/arm64' })).rejects.toThrow(
    'more than one platform',
  );
  expect(stage.order).not.toContain('build');
  await stage.run();
  expect(stage.lines.join('\n')).toContain('leaves out: provenance attestation');
});

test('secrets are files while it builds, and in no label', async () => {
  const stage = new Stage();
  await stage.run({ secrets: 'token=s3cret=1' });
  expect(stage.secretsSeen).toEqual(['token=s3cret=1']);
  expect(JSON.stringify([...stage.tags.values()])).not.toContain('s3cret');
});

test.each([
  ['repository', 'order-api'],
  ['repository', 'localhost:5000/Order'],
  ['repository', 'localhost:5000/order-api:v1'],
  ['version', '-v1'],
  ['commit', 'main'],
  ['platforms', 'amd64'],
  ['build-args', 'TWICE=1\nTWICE=2'],
  ['secrets', '../up=1'],
  ['cache-from', 'type=local,src="x"'],
  ['sbom-generator', 'docker/buildkit-syft-scanner:stable-1'],
  ['live-image', 'localhost:5000/order-api:v1'],
  ['lifecycle-policy', '[]'],
  ['database-mirrors', '-x'],
])('%s: %s is refused, with what is allowed', (input, value) => {
  const given = { repository: 'localhost:5000/order-api', [input]: value };
  expect(() => parseInputs(given, fields)).toThrow(`${input}: given`);
});
