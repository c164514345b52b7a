import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { fields } from '../../src/actions/build-scan-push/inputs.ts';
import { parseInputs } from '../../src/runtime/inputs.ts';
import { BuildStage, commit, vulnerability } from '../fakes/buildStage.ts';

test('the digest that was scanned is the one that is pushed, and both come after Hadolint', async () => {
  const stage = new BuildStage();
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
  const stage = new BuildStage();
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
  const stage = new BuildStage();
  await stage.run({ version: 'v1.0.0' });
  stage.tags.delete('v1.0.0');
  stage.order.length = 0;
  await stage.run({ version: 'v1.0.0' });
  expect(stage.order).toContain('build');
});

test('a vulnerable image is not pushed, and the findings are there for the next step', async () => {
  const stage = new BuildStage();
  stage.findings = [vulnerability];
  await expect(stage.run()).rejects.toThrow('CVE-2026-1');
  expect(stage.tags.size).toBe(0);
  expect(stage.given.has('image')).toBe(false);
  expect(readFileSync(stage.given.get('sarif') ?? '', 'utf8')).toContain('CVE-2026-1');
  expect(stage.given.get('verdict')).toBe('fail');
});

test('a scanner that fails keeps the gate closed', async () => {
  const stage = new BuildStage();
  stage.scannerFails = new Error('no database');
  await expect(stage.run()).rejects.toThrow('no database');
  expect(stage.tags.size).toBe(0);
});

test('nothing is built from a Dockerfile that Hadolint finds bad, and the line is remarked on', async () => {
  const stage = new BuildStage();
  stage.lint = [{ code: 'DL4000', level: 'error', line: 3, column: 1, message: 'MAINTAINER is deprecated' }];
  await expect(stage.run()).rejects.toThrow('Dockerfile:3 DL4000');
  expect(stage.order).toEqual(['lint']);
  expect(stage.annotated).toEqual(['Dockerfile:3 Hadolint DL4000']);
  await stage.run({ 'hadolint-threshold': 'none' });
  expect(stage.order).toContain('build');
});

test('with push: false it builds and scans, and gives no image', async () => {
  const stage = new BuildStage();
  await stage.run({ push: 'false' });
  expect(stage.order.map((what) => what.split(' ')[0])).toEqual(['lint', 'build', 'scan']);
  expect(stage.given.get('image')).toBe('');
  expect(stage.given.get('verdict')).toBe('pass');
});

test('what a builder cannot do is refused where the image would be another, and warned of elsewhere', async () => {
  const stage = new BuildStage();
  stage.builder = { kind: 'classic', title: 'the classic builder of Docker 28', name: null };
  await expect(stage.run({ platforms: 'linux/amd64, linux/arm64' })).rejects.toThrow(
    'more than one platform',
  );
  expect(stage.order).not.toContain('build');
  await stage.run();
  expect(stage.lines.join('\n')).toContain('leaves out: provenance attestation');
});

test('secrets are files while it builds, and in no label', async () => {
  const stage = new BuildStage();
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
