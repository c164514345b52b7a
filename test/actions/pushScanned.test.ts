import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from '../../src/actions/build-scan-push/inputs.ts';
import { BuildStage, commit, vulnerability } from '../fakes/buildStage.ts';

const digest = `sha256:${'2'.repeat(64)}`;

/** What the job that scans hands on: its outputs, as the job that pushes gets them. */
async function scanned(
  stage: BuildStage,
  given: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<'layout' | 'digest' | 'verdict', string>>> {
  await stage.run({ push: 'false', ...given });
  const output = (name: string): string => stage.given.get(name) ?? '';
  const handed = { layout: output('layout'), digest: output('digest'), verdict: output('verdict') };
  stage.given.clear();
  stage.order.length = 0;
  return handed;
}

test('a job without a way into the registry builds and scans, and another one pushes exactly that', async () => {
  const stage = new BuildStage();
  const handed = await scanned(stage, { version: 'v1.0.0' });
  expect(stage.tags.size).toBe(0);
  await stage.run({ ...handed, version: 'v1.0.0' });
  expect(stage.order).toEqual([`push ${handed.digest}`]);
  expect(Object.fromEntries(stage.given)).toMatchObject({
    image: `localhost:5000/order-api@${handed.digest}`,
    digest: handed.digest,
    tags: `v1.0.0,${commit}`,
    verdict: 'pass',
    reused: 'false',
  });
});

test('who may not push asks nothing of the registry', async () => {
  const stage = new BuildStage();
  await stage.run();
  stage.order.length = 0;
  // It is there already, and this job does not know.
  await stage.run({ push: 'false' });
  expect(stage.order.map((what) => what.split(' ')[0])).toEqual(['lint', 'build', 'scan']);
  expect(stage.given.get('layout')).not.toBe('');
});

test('no layout is handed on when the gate is closed', async () => {
  const stage = new BuildStage();
  stage.findings = [vulnerability];
  await expect(stage.run({ push: 'false' })).rejects.toThrow('CVE-2026-1');
  expect(stage.given.has('layout')).toBe(false);
  expect(stage.given.has('digest')).toBe(false);
});

test('what is in the registry already, made from the same commit and inputs, is taken instead', async () => {
  const stage = new BuildStage();
  await stage.run({ version: 'v1.0.0' });
  const there = stage.given.get('digest');
  // Another build of the same: a time stamp is enough for another digest.
  stage.layer = 'the same, a minute later';
  const handed = await scanned(stage, { version: 'v1.0.0' });
  expect(handed.digest).not.toBe(there);
  await stage.run({ ...handed, version: 'v1.0.0' });
  expect(stage.order).toEqual([]);
  expect(stage.given.get('digest')).toBe(there);
  expect(stage.given.get('reused')).toBe('true');
});

test('what is there is not taken when its verdict is old: this job cannot scan it', async () => {
  const stage = new BuildStage();
  await stage.run();
  const there = stage.given.get('digest') ?? '';
  stage.at = '2026-12-21T00:00:00.000Z';
  const handed = await scanned(stage);
  expect(handed.digest).not.toBe(there);
  await expect(stage.run(handed)).rejects.toMatchObject({
    message: expect.stringContaining('would have to be scanned again') as unknown,
    remedy: expect.stringContaining(`the input image: localhost:5000/order-api@${there}`) as unknown,
  });
  expect(stage.order).toEqual([]);
  expect(stage.given.has('image')).toBe(false);
});

test('a blob that was changed on the way is not pushed', async () => {
  const stage = new BuildStage();
  const handed = await scanned(stage);
  const blobs = join(handed.layout, 'blobs/sha256');
  const layer = readdirSync(blobs).find((name) => readFileSync(join(blobs, name), 'utf8') === 'a layer');
  writeFileSync(join(blobs, layer ?? ''), 'another');
  await expect(stage.run(handed)).rejects.toThrow('has the content of sha256:');
  rmSync(join(blobs, layer ?? ''));
  await expect(stage.run(handed)).rejects.toThrow('is missing');
  expect(stage.order).toEqual([]);
});

test('another image, whole in itself, is not pushed in the place of the one that was scanned', async () => {
  const stage = new BuildStage();
  const handed = await scanned(stage);
  const config = JSON.stringify({ os: 'linux', architecture: 'amd64', config: { Labels: {} } });
  const put = (content: string): { digest: string; size: number } => {
    const hex = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(handed.layout, 'blobs/sha256', hex), content);
    return { digest: `sha256:${hex}`, size: content.length };
  };
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = put(
    JSON.stringify({ mediaType: type, config: { mediaType: 'config', ...put(config) }, layers: [] }),
  );
  writeFileSync(
    join(handed.layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: type, ...manifest }] }),
  );
  await expect(stage.run(handed)).rejects.toThrow(
    `is of ${manifest.digest}, and what passed the gate is ${handed.digest}`,
  );
  expect(stage.order).toEqual([]);
});

test('what did not pass is not pushed, whatever is handed on', async () => {
  const stage = new BuildStage();
  const handed = await scanned(stage);
  await expect(stage.run({ ...handed, verdict: 'fail' })).rejects.toThrow('the verdict on it is fail');
  expect(stage.order).toEqual([]);
});

test('tags that say something else than the image itself are refused', async () => {
  const stage = new BuildStage();
  const handed = await scanned(stage, { version: 'v1.0.0' });
  const other = 'a'.repeat(40);
  await expect(stage.run({ ...handed, commit: other, version: 'v1.1.0' })).rejects.toThrow(
    new RegExp(`revision is ${commit}, not ${other}[\\s\\S]*version is v1.0.0, not v1.1.0`),
  );
  expect(stage.order).toEqual([]);
});

test.each<[input: string, given: Readonly<Record<string, string>>]>([
  ['digest', { layout: 'image', verdict: 'pass' }],
  ['verdict', { layout: 'image', digest }],
  ['verdict', { layout: 'image', digest, verdict: 'passed' }],
  ['digest', { digest }],
  ['sbom-digest', { 'sbom-digest': digest }],
  ['sbom-digest', { layout: 'image', digest, verdict: 'pass', 'sbom-digest': 'sbom.json' }],
  ['verdict', { verdict: 'pass' }],
  ['digest', { layout: 'image', verdict: 'pass', digest: 'v1.0.0' }],
  ...Object.entries({
    dockerfile: 'Dockerfile',
    context: 'service',
    secrets: 'token=s3cret',
    'snyk-token': 's3cret',
    gate: 'new',
    scanner: 'grype',
    severity: 'low',
    rebuild: 'true',
    sbom: 'spdx',
    push: 'false',
  }).map(([input, value]): [string, Readonly<Record<string, string>>] => [
    input,
    { layout: 'image', digest, verdict: 'pass', [input]: value },
  ]),
])('%s is refused by its name: %j', (input, given) => {
  const attempt = (): unknown => parse({ repository: 'localhost:5000/order-api', ...given });
  expect(attempt).toThrow(`${input}: given`);
  expect(attempt).not.toThrow('s3cret');
});

test('defaults, as GitHub hands them over, are nothing that was said', () => {
  const defaults = { context: '.', gate: 'all', rebuild: 'false', severity: 'high', push: 'true' };
  const given = { repository: 'localhost:5000/order-api', layout: 'image', digest, verdict: 'pass' };
  expect(parse({ ...given, ...defaults })).toMatchObject({ layout: 'image', digest });
  expect(() => parse({ ...given, 'ecr-scan': 'true', severity: 'low' })).not.toThrow();
});
