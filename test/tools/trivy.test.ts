import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ToolError } from '../../src/runtime/errors.ts';
import { scannerExec } from '../../src/tools/scannerHome.ts';
import { trivySboms, trivyScanner } from '../../src/tools/trivy.ts';
import type { TrivyOptions } from '../../src/tools/trivy.ts';
import { trivyScanArgv } from '../../src/tools/trivyArgv.ts';
import { FakeExec } from '../fakes/exec.ts';
import { writeOciLayout } from '../fakes/ociLayout.ts';

// Trivy itself is in no registry that the tests may build from: its report is recorded, and a fake replays it.
const program = join(import.meta.dirname, '../fakes/bin/trivy');
const recorded = readFileSync(join(import.meta.dirname, '../fixtures/scan/trivy.json'), 'utf8');

let folder = '';
let options: TrivyOptions;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trivy-'));
  const cacheFolder = join(folder, 'cache');
  mkdirSync(join(cacheFolder, 'fake'), { recursive: true });
  options = {
    folder,
    cacheFolder,
    timeoutMs: 60_000,
    databases: ['mirror.test/trivy-db:2'],
    javaDatabases: [],
  };
  give('fake/registries.json', { 'mirror.test/trivy-db:2': 'ok' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function give(name: string, content: unknown): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(options.cacheFolder, name), text);
}

const image = (platforms = ['amd64']): ReturnType<typeof writeOciLayout> =>
  writeOciLayout(
    join(folder, 'layout'),
    platforms.map((architecture) => ({ architecture, layers: [Buffer.from(`layer of ${architecture}`)] })),
    { attestations: true },
  );
const env = { PATH: process.env['PATH'] };
const trivy = (over: Partial<TrivyOptions> = {}): ReturnType<typeof trivyScanner> =>
  trivyScanner(scannerExec(env, folder), program, { ...options, ...over });

test('a recorded report: vulnerabilities, secrets and misconfigurations, with where they are', async () => {
  give('fake/report.json', recorded);
  const report = await trivy().scan(image());
  expect(report).toMatchObject({
    scanner: 'trivy',
    scannerVersion: '0.69.3',
    os: { family: 'debian', version: '12.5', endOfLife: false },
  });
  expect(Date.parse(report.database.built ?? '')).toBeGreaterThan(0);
  expect(report.findings).toEqual([
    expect.objectContaining({
      kind: 'vulnerability',
      id: 'CVE-2024-4741',
      package: 'libssl3',
      installed: '3.0.11-1~deb12u2',
      fixed: '3.0.14-1~deb12u1',
      severity: 'high',
      url: 'https://avd.aquasec.com/nvd/cve-2024-4741',
    }),
    expect.not.objectContaining({ fixed: expect.anything() }),
    expect.objectContaining({ severity: 'critical', target: 'app/lib/log4j-core-2.14.1.jar' }),
    {
      kind: 'secret',
      id: 'aws-access-key-id',
      package: '/app/.env',
      installed: '',
      severity: 'critical',
      target: '/app/.env',
      title: 'AWS Access Key ID',
      line: 3,
    },
    expect.objectContaining({ kind: 'misconfiguration', id: 'DS-0002', severity: 'high' }),
  ]);
});

test('an image without findings is a report without findings', async () => {
  expect((await trivy().scan(image())).findings).toEqual([]);
});

test('both platforms are scanned, each by itself; what is in both is there once', async () => {
  give('fake/report.json', recorded);
  const both = image(['amd64', 'arm64']);
  const report = await trivy().scan(both);
  expect(report.findings).toHaveLength(5);
  const scanned = [0, 1].map((place) => {
    const text = readFileSync(join(folder, `trivy-${String(place)}.json`), 'utf8');
    return (JSON.parse(text) as { Metadata: { ImageID: string } }).Metadata.ImageID;
  });
  expect(scanned).toEqual(both.configs);
});

test('Trivy gets no credentials, no settings of the repository, and a home of its own', async () => {
  const secret = {
    AWS_ACCESS_KEY_ID: 'a',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/t',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't',
    ACTIONS_RUNTIME_TOKEN: 't',
    GITHUB_TOKEN: 't',
    KUBECONFIG: '/home/runner/.kube/config',
    DOCKER_CONFIG: '/home/runner/.docker',
    TRIVY_IGNOREFILE: '/repo/.trivyignore',
    'INPUT_SNYK-TOKEN': 't',
  };
  const exec = scannerExec(
    { ...env, HOME: '/home/runner', HTTPS_PROXY: 'http://proxy:3128', ...secret },
    folder,
  );
  await trivyScanner(exec, program, options).scan(image());
  const seen = JSON.parse(readFileSync(join(options.cacheFolder, 'fake/seen.json'), 'utf8')) as {
    readonly env: Readonly<Record<string, string>>;
    readonly here: readonly string[];
  };
  const home = join(folder, 'home');
  expect(seen.env).toMatchObject({ HOME: home, HTTPS_PROXY: 'http://proxy:3128' });
  for (const name of Object.keys(secret).filter((name) => name !== 'DOCKER_CONFIG')) {
    expect(seen.env).not.toHaveProperty([name]);
  }
  for (const name of ['DOCKER_CONFIG', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_RUNTIME_DIR', 'TMPDIR']) {
    expect(seen.env[name]).toContain(home);
  }
  expect(seen.here).toEqual([]);
});

test('a program whose settings in the repository are meant runs there, and has no credentials either', async () => {
  const exec = scannerExec({ ...env, GITHUB_TOKEN: 't' }, folder, tmpdir());
  const { stdout } = await exec.run(['sh', '-c', 'pwd; echo "token:$GITHUB_TOKEN"'], { timeoutMs: 5_000 });
  expect(stdout).toBe(`${realpathSync(tmpdir())}\ntoken:\n`);
});

const failure = (scan: Promise<unknown>): Promise<unknown> => scan.catch((error: unknown) => error);

test('a registry that limits: the next of the list is asked; when all do, the input for mirrors is named', async () => {
  give('fake/registries.json', { 'b.test/trivy-db:2': 'ok' });
  await trivy({ databases: ['a.test/trivy-db:2', 'b.test/trivy-db:2'] }).scan(image());
  rmSync(join(options.cacheFolder, 'db'), { recursive: true });
  const failed = await failure(trivy({ databases: ['a.test/trivy-db:2'] }).scan(image()));
  expect(failed).toBeInstanceOf(ToolError);
  expect(failed).toMatchObject({
    exitCode: 1,
    message: expect.stringContaining('TOOMANYREQUESTS'),
    remedy: expect.stringContaining('database-mirrors'),
  });
});

test.each([
  ['half a report', recorded.slice(0, 900), /its report is no JSON/],
  [
    'a report of another version',
    recorded.replace('"SchemaVersion": 2', '"SchemaVersion": 3'),
    /SchemaVersion/,
  ],
  ['a severity off the scale', recorded.replace('"Severity": "HIGH"', '"Severity": "SEVERE"'), /Severity/],
  [
    'findings that are not there',
    JSON.stringify({
      SchemaVersion: 2,
      ArtifactType: 'container_image',
      Metadata: { ImageID: '' },
      Results: [{ Target: 'x', Class: 'custom', CustomResources: [{ AVDID: '"RuleID"', RuleID: 'x' }] }],
    }),
    /by its exit code that it found something/,
  ],
  [
    'the report of another image',
    recorded.replace('"ImageID": ""', '"ImageID": "sha256:0"'),
    /it scanned the image sha256:0, not sha256:/,
  ],
])('%s is no report', async (_what, text, message) => {
  give('fake/report.json', text);
  expect(await failure(trivy().scan(image()))).toMatchObject({
    name: 'ToolError',
    message: expect.stringMatching(message),
  });
});

test('a Trivy that is ended at the deadline leaves no report', async () => {
  const exec = new FakeExec({ exitCode: null, stderr: 'INFO Downloading vulnerability DB...' });
  const failed = await failure(trivyScanner(exec, 'trivy', options).scan(image()));
  expect(failed).toMatchObject({ exitCode: null, remedy: expect.stringContaining('scan-timeout') });
});

test('the argv: one scan to JSON, no code from elsewhere, findings end with 10, mirrors in order', () => {
  const scan = { layout: '/l', output: '/o', cacheFolder: '/c', timeoutMs: 90_500 };
  expect(trivyScanArgv({ ...scan, databases: ['a', 'b'], javaDatabases: ['j'] }).join(' ')).toBe(
    'image --input /l --scanners vuln,secret,misconfig --image-config-scanners misconfig,secret --format json ' +
      '--list-all-pkgs --output /o --exit-code 10 --cache-dir /c --timeout 91s --db-repository a,b ' +
      '--java-db-repository j --skip-version-check --disable-telemetry --no-progress --skip-check-update',
  );
  expect(trivyScanArgv({ ...scan, databases: [], javaDatabases: [] })).not.toContain('--db-repository');
});

test('the SBOMs come from the report, for each platform in both formats', async () => {
  await trivy().scan(image(['amd64', 'arm64']));
  const sboms = await trivySboms(scannerExec(env, folder), program, options);
  expect(sboms.map(({ format }) => format)).toEqual(['spdx-json', 'cyclonedx', 'spdx-json', 'cyclonedx']);
  expect(readFileSync(sboms[0]?.path ?? '', 'utf8')).toContain('SPDX-2.3');
});
