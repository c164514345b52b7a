import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execIn } from '../../src/tools/exec.ts';
import type { Fetch } from '../../src/tools/pinned/download.ts';
import { findTool } from '../../src/tools/pinned/findTool.ts';
import type { ToolPlace } from '../../src/tools/pinned/findTool.ts';
import { releases } from '../../src/tools/pinned/releases.ts';
import { compareVersions, versionIn } from '../../src/tools/pinned/versions.ts';
import { FakeClock } from '../fakes/clock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tools-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const script = (version: string): string => `#!/bin/sh\necho "cosign ${version}"\n`;
const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
const noFetch: Fetch = (url) => Promise.reject(new Error(`the test fetches nothing, not even ${url}`));
type Answer = string | Buffer | number | Error;
const serving =
  (...answers: readonly Answer[]): Fetch =>
  () => {
    const [answer = 500] = [answers[asked]];
    asked += 1;
    if (answer instanceof Error) return Promise.reject(answer);
    if (typeof answer === 'number') return Promise.resolve(new Response('no', { status: answer }));
    return Promise.resolve(new Response(new Uint8Array(Buffer.from(answer))));
  };
let asked = 0;
beforeEach(() => {
  asked = 0;
});

const clock = new FakeClock();
const place = (over: Partial<ToolPlace> = {}): ToolPlace => ({
  path: join(folder, 'bin'),
  cacheFolder: join(folder, 'cache'),
  platform: 'linux-x64',
  exec: execIn({ PATH: process.env['PATH'] }),
  fetch: noFetch,
  clock,
  timeoutMs: 1_000,
  ...over,
});

function onPath(name: string, content: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin', name), content);
  chmodSync(join(folder, 'bin', name), 0o755);
}

/** Cosign, pinned to what the test serves. */
const pinned = (content: string | Buffer, packing: 'program' | 'tar.gz' = 'program'): typeof releases => ({
  ...releases,
  cosign: {
    ...releases.cosign,
    packing,
    assets: { 'linux-x64': { url: 'https://release.test/cosign', sha256: sha256(content) } },
  },
});

test('what is on the runner is taken when its version will do', async () => {
  onPath('cosign', script('v3.1.3'));
  expect(await findTool('cosign', place())).toEqual({
    program: join(folder, 'bin/cosign'),
    version: '3.1.3',
    from: `on the runner: ${join(folder, 'bin/cosign')}`,
  });
});

test.each(['v2.4.1', 'v3.0.3', 'v4.0.0', 'of no number'])(
  '%s on the runner is passed over, and that is said',
  async (version) => {
    onPath('cosign', script(version));
    const content = script('v3.0.6');
    const found = await findTool('cosign', place({ fetch: serving(content), releases: pinned(content) }));
    expect(found.program).toContain(join(folder, 'cache'));
    expect(found.from).toMatch(/^fetched, SHA-256 as pinned; .*bin\/cosign is/);
  },
);

test('a release that was tampered with stops everything, though another could be fetched', async () => {
  onPath('trivy', '#!/bin/sh\necho "Version: 0.69.4"\n');
  await expect(findTool('trivy', place())).rejects.toThrow(
    /trivy 0\.69\.4, a release that was tampered with/,
  );
});

test('what is fetched is kept for the next job, whole, and runs', async () => {
  const content = script('v3.0.6');
  const there = place({ fetch: serving(content), releases: pinned(content) });
  const { program } = await findTool('cosign', there);
  expect(readFileSync(program, 'utf8')).toBe(content);
  expect((await execIn({}).run([program], { timeoutMs: 5_000 })).stdout).toBe('cosign v3.0.6\n');
  expect((await findTool('cosign', { ...there, fetch: noFetch })).program).toBe(program);
});

test('an archive gives the program and nothing else', async () => {
  const inside = join(folder, 'inside');
  mkdirSync(inside);
  writeFileSync(join(inside, 'cosign'), script('v3.0.6'));
  writeFileSync(join(inside, 'README.md'), 'read me');
  const archive = join(folder, 'cosign.tar.gz');
  await execIn({ PATH: process.env['PATH'] }).run(['tar', '-czf', archive, '-C', inside, '.'], {
    timeoutMs: 5_000,
  });
  // As the projects pack it: the members have no `./` before their names.
  await execIn({ PATH: process.env['PATH'] }).run(
    ['tar', '-czf', archive, '-C', inside, 'cosign', 'README.md'],
    { timeoutMs: 5_000 },
  );
  const content = readFileSync(archive);
  const { program } = await findTool(
    'cosign',
    place({ fetch: serving(content), releases: pinned(content, 'tar.gz') }),
  );
  expect(readdirSync(join(program, '..'))).toEqual(['cosign']);
  expect((await execIn({}).run([program], { timeoutMs: 5_000 })).exitCode).toBe(0);
});

test('another checksum stops everything: nothing is kept, nothing is tried again', async () => {
  const there = place({ fetch: serving('evil', script('v3.0.6')), releases: pinned(script('v3.0.6')) });
  await expect(findTool('cosign', there)).rejects.toThrow(
    /has the SHA-256 \w{64}, not \w{64}, which is pinned/,
  );
  expect(asked).toBe(1);
  expect(existsSync(join(folder, 'cache'))).toBe(false);
});

test('a server in trouble is asked again, one that says no is not', async () => {
  const content = script('v3.0.6');
  const there = (...answers: readonly Answer[]): ToolPlace =>
    place({ fetch: serving(...answers), releases: pinned(content) });
  await findTool('cosign', there(503, new Error('reset'), content));
  expect(clock.slept).toEqual([1_000, 4_000]);
  rmSync(join(folder, 'cache'), { recursive: true });
  asked = 0;
  await expect(findTool('cosign', there(404, content))).rejects.toThrow(/cannot be fetched: status 404/);
  expect(asked).toBe(1);
});

test('where no checksum is known, the tool has to be on the runner', async () => {
  await expect(findTool('trivy', place({ platform: 'win32-x64' }))).rejects.toMatchObject({
    message: "trivy is not on this runner's PATH, and no checksum is known of a release for win32-x64",
    remedy: expect.stringContaining('from 0.65.0 on, below 1.0.0, none of 0.69.4'),
  });
});

test('every pin is a version, a checksum and an address that names the version: nothing by a moving tag', () => {
  for (const { version, assets, accepts } of Object.values(releases)) {
    expect(compareVersions(version, accepts.from)).toBeGreaterThanOrEqual(0);
    expect(compareVersions(version, accepts.below)).toBeLessThan(0);
    expect(accepts.never).not.toContain(version);
    const files = Object.values(assets);
    for (const asset of files) {
      expect(asset.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(asset.url).toContain(`v${version}/`);
      expect(asset.url).toMatch(/^https:\/\//);
    }
    expect(new Set(files.map((asset) => asset.sha256)).size).toBe(files.length);
  }
});

test('versions are compared by number', () => {
  expect(compareVersions('0.69.10', '0.69.9')).toBeGreaterThan(0);
  expect(versionIn('GitVersion:    v3.0.6\nGitCommit: f1ad3ee')).toBe('3.0.6');
  expect(versionIn('unknown')).toBeNull();
});
