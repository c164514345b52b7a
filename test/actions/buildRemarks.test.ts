import { expect, test } from '@jest/globals';
import type { ScanFinding } from '../../src/domain/scan/report.ts';
import { BuildStage, vulnerability } from '../fakes/buildStage.ts';

const secret: ScanFinding = {
  kind: 'secret',
  id: 'aws-access-key-id',
  package: '/app/.env',
  installed: '',
  severity: 'critical',
  target: '/app/.env',
  line: 3,
};

test('a secret is remarked on where it was copied from; how the image is configured, at the Dockerfile', async () => {
  const stage = new BuildStage();
  stage.files = { '.env': '\n\nKEY=x\n' };
  const inRun = { ...secret, target: '/root/.netrc', package: '/root/.netrc' };
  const root: ScanFinding = { ...secret, kind: 'misconfiguration', id: 'DS-0002', target: 'Dockerfile' };
  stage.findings = [secret, inRun, root, vulnerability];
  await expect(stage.run()).rejects.toThrow('was not pushed');
  expect(stage.annotated.toSorted()).toEqual([
    '.env:3 grype aws-access-key-id',
    'Dockerfile:1 grype DS-0002',
    'Dockerfile:1 grype aws-access-key-id',
  ]);
});

test('what Snyk finds is remarked on at the manifest that it read, if that is in the repository', async () => {
  const stage = new BuildStage();
  stage.files = { 'package-lock.json': '{}' };
  const ofSnyk = { ...vulnerability, id: 'SNYK-JS-LODASH-1', target: 'package-lock.json' };
  stage.dependencies = [ofSnyk, { ...ofSnyk, id: 'SNYK-JS-2', target: '../../etc/passwd' }];
  await expect(stage.run({ 'snyk-token': 'a-token' })).rejects.toThrow('nothing is built');
  expect(stage.annotated).toEqual(['package-lock.json:1 snyk SNYK-JS-LODASH-1']);
});

test('what does not close the gate is not remarked on', async () => {
  const stage = new BuildStage();
  stage.findings = [{ ...secret, severity: 'low' }];
  await stage.run();
  expect(stage.annotated).toEqual([]);
});
