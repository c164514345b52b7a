import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { InputError, PreconditionError, ToolError } from '../../src/runtime/errors.ts';
import { readAllowList } from '../../src/tools/allowListFile.ts';
import type { ExecResult } from '../../src/tools/exec.ts';
import { grypeScanner } from '../../src/tools/grype.ts';
import { snykTest } from '../../src/tools/snyk.ts';
import { syftArgv } from '../../src/tools/syft.ts';
import { FakeExec } from '../fakes/exec.ts';
import { writeOciLayout } from '../fakes/ociLayout.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scanners-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const failure = (scan: Promise<unknown>): Promise<unknown> => scan.catch((error: unknown) => error);

// Grype. The real one is in test/e2e/without-cluster/51-scanners.

const grypeJson = (manifestDigest: string, severity = 'Negligible'): string =>
  JSON.stringify({
    matches: [
      {
        vulnerability: {
          id: 'CVE-2024-4741',
          dataSource: 'https://security-tracker.debian.org/tracker/CVE-2024-4741',
          severity,
          description: 'Use after free\nin SSL_free_buffers',
          fix: { versions: ['3.0.14-1~deb12u1'], state: 'fixed' },
        },
        artifact: { name: 'libssl3', version: '3.0.11', locations: [{ path: '/var/lib/dpkg/status' }] },
      },
    ],
    source: { type: 'image', target: { manifestDigest } },
    distro: { name: 'debian', version: '12', idLike: [] },
    descriptor: { name: 'grype', version: '0.116.1', db: { status: { built: '2026-11-21T06:00:00Z' } } },
  });

test("Grype's report: its scale is put on ours, the image is the one that was asked for", async () => {
  const image = writeOciLayout(join(folder, 'layout'), [{ architecture: 'amd64', layers: [] }]);
  const options = {
    folder,
    cacheFolder: '/cache',
    timeoutMs: 1_000,
    databaseUrl: null,
    updateDatabase: true,
  };
  const exec = new FakeExec({ stdout: grypeJson(image.digest) }, { stdout: grypeJson('sha256:0') });
  const grype = grypeScanner(exec, 'grype', options);
  expect(await grype.scan(image)).toEqual({
    scanner: 'grype',
    scannerVersion: '0.116.1',
    database: { built: '2026-11-21T06:00:00Z' },
    os: { family: 'debian', version: '12' },
    findings: [
      {
        kind: 'vulnerability',
        id: 'CVE-2024-4741',
        package: 'libssl3',
        installed: '3.0.11',
        fixed: '3.0.14-1~deb12u1',
        severity: 'low',
        title: 'Use after free',
        url: 'https://security-tracker.debian.org/tracker/CVE-2024-4741',
        target: '/var/lib/dpkg/status',
      },
    ],
  });
  expect(exec.ran[0]?.options.env).toMatchObject({
    GRYPE_DB_CACHE_DIR: '/cache',
    GRYPE_DB_AUTO_UPDATE: 'true',
  });
  expect(await failure(grype.scan(image))).toMatchObject({
    message: expect.stringContaining('sha256:0, not'),
  });
});

// Snyk

const snyk = (...results: readonly Partial<ExecResult>[]): Promise<unknown> => {
  const options = { token: 'snyk-secret', organization: 'shop', version: '1.1306.4', timeoutMs: 1_000 };
  return failure(snykTest(new FakeExec(...results), 'snyk', '/repo', options));
};
const snykVulnerability = {
  id: 'SNYK-JS-MINIMIST-559764',
  title: 'Prototype Pollution',
  severity: 'medium',
  packageName: 'minimist',
  version: '0.0.8',
  fixedIn: ['0.2.1', '1.2.3'],
  identifiers: { CVE: ['CVE-2020-7598'] },
};
const project = {
  ok: false,
  vulnerabilities: [snykVulnerability, snykVulnerability],
  displayTargetFile: 'package-lock.json',
};

test('Snyk: one project or several, each vulnerability once, whatever the number of paths to it', async () => {
  const expected = {
    scanner: 'snyk',
    database: { service: true },
    findings: [
      {
        kind: 'vulnerability',
        id: 'SNYK-JS-MINIMIST-559764',
        package: 'minimist',
        installed: '0.0.8',
        fixed: '0.2.1, 1.2.3',
        severity: 'medium',
        title: 'Prototype Pollution',
        url: 'https://security.snyk.io/vuln/SNYK-JS-MINIMIST-559764',
        target: 'package-lock.json',
      },
    ],
  };
  expect(await snyk({ exitCode: 1, stdout: JSON.stringify(project) })).toMatchObject(expected);
  expect(await snyk({ exitCode: 1, stdout: JSON.stringify([project, project]) })).toMatchObject(expected);
  expect(await snyk({ exitCode: 0, stdout: '{"ok":true,"vulnerabilities":[]}' })).toMatchObject({
    findings: [],
  });
});

test('Snyk gets its token by its environment, and no policy that opens the gate', async () => {
  const exec = new FakeExec({ stdout: '{"vulnerabilities":[]}' });
  await snykTest(exec, 'snyk', '/repo', {
    token: 'snyk-secret',
    organization: null,
    version: '1',
    timeoutMs: 1_000,
  });
  expect(exec.ran[0]?.argv.join(' ')).toBe('snyk test /repo --all-projects --json --ignore-policy');
  expect(exec.ran[0]?.options.env).toMatchObject({ SNYK_TOKEN: 'snyk-secret' });
});

test.each([
  [
    'it failed',
    { exitCode: 2, stdout: '{"ok":false,"error":"Authentication failed.","path":"/repo"}' },
    /Authentication failed/,
  ],
  ['it ended well and said nothing', { exitCode: 0, stdout: '' }, /no JSON \(0 characters\)/],
  [
    'it ended well and says that it did not',
    { exitCode: 0, stdout: '{"ok":false,"error":"x"}' },
    /not of a shape/,
  ],
  ['no project at all', { exitCode: 0, stdout: '[]' }, /not of a shape/],
  ['findings that are not there', { exitCode: 1, stdout: '{"vulnerabilities":[]}' }, /by its exit code/],
])('Snyk: %s: no report', async (_what, result, message) => {
  const failed = await snyk(result);
  expect(failed).toBeInstanceOf(ToolError);
  expect(failed).toMatchObject({ message: expect.stringMatching(message) });
  expect(JSON.stringify([failed, String(failed)])).not.toContain('snyk-secret');
});

test('Snyk: nothing to look at is no clean report', async () => {
  expect(await snyk({ exitCode: 3 })).toBeInstanceOf(PreconditionError);
});

// Syft

test('Syft writes both formats in one run, CycloneDX in a version that Grype reads', () => {
  expect(syftArgv('/l', '/s', '/c').join(' ')).toBe(
    'scan oci-dir:/l --output spdx-json=/s --output cyclonedx-json@1.6=/c --quiet',
  );
});

// The allow list's file

test.each([
  ['- { id: CVE-1 }', /needs a reason.*; .*needs a day/],
  ['- id: [', /allow-list/],
])('an allow list that is wrong names its input, and what is allowed: %s', (text, message) => {
  const path = join(folder, 'allow.yaml');
  writeFileSync(path, text);
  expect(() => readAllowList(path, 'allow-list')).toThrow(InputError);
  expect(() => readAllowList(path, 'allow-list')).toThrow(message);
});

test('an allow list that is not there is refused: who names one means it', () => {
  expect(() => readAllowList(join(folder, 'none.yaml'), 'allow-list')).toThrow(/ENOENT/);
});
