import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { dockerEngine } from '../../../lab/docker/engine.ts';
import type { DockerForTests } from '../../../lab/docker/engine.ts';
import { exec } from '../../../lab/host/exec.ts';
import { between } from './betweenServers.ts';
import { BuildPlace, nextCommit, tagsIn } from './buildPlace.ts';
import type { BuildResult } from './buildPlace.ts';
import { ownRegistry } from './ownRegistry.ts';
import type { OwnServer } from './ownRegistry.ts';

// build-scan-push as GitHub starts it, with a real engine and a real registry. Trivy and Snyk are in no place that
// tests may build them from: fakes replay their reports.

const minutes = 60_000;
const recorded = readFileSync(join(import.meta.dirname, '../../fixtures/scan/trivy.json'), 'utf8');
let docker: DockerForTests;
let registry: OwnServer;
let place: BuildPlace;

beforeAll(async () => {
  [docker, registry] = await Promise.all([dockerEngine(), ownRegistry()]);
  place = new BuildPlace(docker);
}, 5 * minutes);
afterAll(async () => {
  place.remove();
  await Promise.all([docker.stop(), registry.stop()]);
}, minutes);
beforeEach(() => place.trivy());

const to = (name: string, host = registry.host): { repository: string; commit: string } => ({
  repository: `${host}/${name}`,
  commit: nextCommit(),
});

/** The recorded report, of an image that has no more than these. */
function reportOf(...ids: readonly string[]): string {
  const report = JSON.parse(recorded) as {
    Results: Record<
      'Vulnerabilities' | 'Secrets' | 'Misconfigurations',
      Record<string, unknown>[] | undefined
    >[];
  };
  for (const result of report.Results) {
    for (const [list, id] of [
      ['Vulnerabilities', 'VulnerabilityID'],
      ['Secrets', 'RuleID'],
      ['Misconfigurations', 'ID'],
    ] as const) {
      const found = result[list];
      if (found !== undefined) result[list] = found.filter((one) => ids.includes(String(one[id])));
    }
  }
  return JSON.stringify(report);
}

function mustPass(result: BuildResult): BuildResult {
  if (result.exitCode !== 0) throw new Error(result.log);
  return result;
}

test(
  'what Trivy finds keeps the image out of the registry, and stands at the files that it comes from',
  async () => {
    const folder = place.workspace({ '.env': 'A=1\nB=2\nAWS_ACCESS_KEY_ID=x\n' });
    place.trivy({ 'fake/report.json': recorded });
    const env = { AWS_SECRET_ACCESS_KEY: 'not-a-real-secret' };
    const result = await place.run({ folder, inputs: to('vulnerable'), env });
    expect([result.exitCode, result.log]).toEqual([1, expect.stringContaining('CVE-2021-44228')]);
    expect(result.log).toContain('::error file=.env,line=3,col=1,title=trivy aws-access-key-id::');
    expect(result.log).toContain('::error file=Dockerfile,line=1,col=1,title=trivy DS-0002::');
    expect(result.outputs).toMatchObject({ verdict: 'fail' });
    expect(result.outputs).not.toHaveProperty('image');
    const sarif = JSON.parse(readFileSync(result.outputs['sarif'] ?? '', 'utf8')) as {
      readonly runs: readonly { readonly results: readonly object[] }[];
    };
    expect(sarif.runs[0]?.results).toHaveLength(5);
    expect(result.summary).toContain('log4j');
    expect(Object.keys(place.trivySaw()).filter((name) => /^(AWS|GITHUB|INPUT|ACTIONS)_/.test(name))).toEqual(
      [],
    );
    expect(await tagsIn(registry.host, 'vulnerable')).toEqual([]);
    expect(result.left).toEqual([]);
  },
  minutes,
);

test(
  'gate: new lets pass what the live image has, and nothing else; with the SBOM of what passed',
  async () => {
    const folder = place.workspace();
    const live = mustPass(await place.run({ folder, inputs: to('live') }));
    place.trivy({ 'fake/report.json': reportOf('CVE-2024-4741') });
    const given = { gate: 'new', 'live-image': live.outputs['image'] ?? '' };
    const second = place.workspace();
    const all = await place.run({ folder: second, inputs: to('live') });
    expect([all.exitCode, all.log]).toEqual([1, expect.stringContaining('CVE-2024-4741')]);
    const inputs = { ...to('live'), ...given, sbom: 'cyclonedx' };
    const passed = mustPass(await place.run({ folder: second, inputs }));
    expect(passed.log).toContain('baseline: 1 findings');
    expect(readFileSync(passed.outputs['sbom'] ?? '', 'utf8')).toContain('CycloneDX');
    expect(passed.left).toEqual([]);

    place.trivy({
      'fake/report.json': reportOf('CVE-2024-4741', 'CVE-2021-44228'),
      [`fake/${await configOf('live', live.outputs['digest'] ?? '')}.json`]: reportOf('CVE-2024-4741'),
    });
    const worse = await place.run({ folder: place.workspace(), inputs: { ...to('live'), ...given } });
    expect([worse.exitCode, worse.log]).toEqual([
      1,
      expect.stringMatching(/1 new findings .*CVE-2021-44228/),
    ]);
    // What is attached to an image has a tag of its own where the registry keeps no list.
    const tags = (await tagsIn(registry.host, 'live')).filter((tag) => !tag.startsWith('sha256-'));
    expect(new Set(tags)).toEqual(new Set([live, passed].map(({ outputs }) => outputs['tags'])));
  },
  2 * minutes,
);

/** The digest of an image's configuration, without `sha256:`. */
async function configOf(name: string, digest: string): Promise<string> {
  const answer = await fetch(`http://${registry.host}/v2/${name}/manifests/${digest}`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  const { config } = (await answer.json()) as { readonly config: { readonly digest: string } };
  return config.digest.replace('sha256:', '');
}

test(
  'run again after other rules came, what is there is loaded and scanned, and given out only when it passes',
  async () => {
    const folder = place.workspace();
    const inputs = to('again');
    const first = mustPass(await place.run({ folder, inputs }));
    const stricter = { ...inputs, severity: 'medium' };
    const scanned = mustPass(await place.run({ folder, inputs: stricter }));
    expect(scanned.outputs).toMatchObject({
      reused: 'true',
      digest: first.outputs['digest'],
      verdict: 'pass',
    });
    expect(scanned.log).toContain('it is scanned again');
    place.trivy({ 'fake/report.json': reportOf('CVE-2021-44228') });
    const refused = await place.run({ folder, inputs: stricter });
    expect([refused.exitCode, refused.log]).toEqual([1, expect.stringContaining('does not pass today')]);
    expect(refused.outputs).not.toHaveProperty('image');
    // By the rules that it was pushed with, a moment ago, it is what it was.
    const asBefore = mustPass(await place.run({ folder, inputs }));
    expect(asBefore.outputs['digest']).toBe(first.outputs['digest']);
    expect(asBefore.log).not.toContain('scanned again');
  },
  2 * minutes,
);

const ofSnyk = [
  { id: 'SNYK-JS-LEFTBEHIND-1', severity: 'high', packageName: 'left-behind', version: '1.0.0' },
];
test.each([
  [
    'finds',
    { 'package.json': '{}', 'fake-snyk.json': JSON.stringify(ofSnyk) },
    'a-token-of-snyk',
    'SNYK-JS-LEFTBEHIND-1',
  ],
  ['has no project to look at', {}, 'a-token-of-snyk', 'found no project'],
  ['does not know the token', { 'package.json': '{}' }, 'another-token', 'Authentication error'],
])(
  'nothing is built when Snyk %s',
  async (_what, files, token, said) => {
    const folder = place.workspace(files);
    const inputs = { ...to('dependencies'), 'snyk-token': token };
    const result = await place.run({ folder, inputs, env: { GITHUB_TOKEN: 'not-a-real-token' } });
    expect([result.exitCode, result.log]).toEqual([1, expect.stringContaining(said)]);
    expect(result.log).not.toContain('building with');
    expect(result.log).not.toContain(token);
    expect(await tagsIn(registry.host, 'dependencies')).toEqual([]);
    expect(result.left).toEqual([]);
  },
  minutes,
);

test(
  'what Snyk lets pass is built and pushed; an accepted finding is named with its last day',
  async () => {
    const allow = '- id: SNYK-JS-LEFTBEHIND-1\n  reason: not reachable\n  expires: 2999-12-31\n';
    const files = { 'package.json': '{}', 'fake-snyk.json': JSON.stringify(ofSnyk), 'allow.yaml': allow };
    const folder = place.workspace(files);
    const given = { 'snyk-token': 'a-token-of-snyk', 'allow-list': join(folder, 'allow.yaml') };
    const inputs = { ...to('dependencies'), ...given };
    const result = mustPass(await place.run({ folder, inputs }));
    expect(result.summary).toContain('2999-12-31');
    expect(await tagsIn(registry.host, 'dependencies')).toEqual([inputs.commit]);
  },
  minutes,
);

test(
  'a rate limit on the vulnerability database keeps the gate closed; a mirror opens it',
  async () => {
    const folder = place.workspace();
    const registries = JSON.stringify({ 'mirror.test/trivy-db:2': 'ok' });
    const limited = { 'db/metadata.json': '', 'fake/registries.json': registries };
    place.trivy(limited);
    const inputs = to('limited');
    const result = await place.run({ folder, inputs });
    expect([result.exitCode, result.log]).toEqual([1, expect.stringContaining('TOOMANYREQUESTS')]);
    expect(result.log).toContain('database-mirrors');
    expect(await tagsIn(registry.host, 'limited')).toEqual([]);
    const mirrors = 'also-limited.test/trivy-db:2\nmirror.test/trivy-db:2';
    mustPass(await place.run({ folder, inputs: { ...inputs, 'database-mirrors': mirrors } }));
    expect(await tagsIn(registry.host, 'limited')).toEqual([inputs.commit]);
  },
  minutes,
);

// An image of 24 MB: first docker save has no room, then what unpacks the archive, then what compresses its layers.
test.each([8, 32, 60])(
  'a disk of %i MB that runs full is said with numbers, and nothing is pushed',
  async (megabytes) => {
    const small = mkdtempSync(join(tmpdir(), 'small-disk-'));
    await exec('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m`, 'tmpfs', small]);
    try {
      const folder = place.workspace();
      writeFileSync(join(folder, 'large'), randomBytes(24_000_000));
      const result = await place.run({ folder, inputs: to('full'), temporary: small });
      const said = new RegExp(`the disk is full: ${small}\\S* has [\\d.]+ \\w+ left of [\\d.]+ MB`);
      expect([result.exitCode, result.log]).toEqual([1, expect.stringMatching(said)]);
      expect(result.log).toContain('What to do: Free some of it');
      expect(await tagsIn(registry.host, 'full')).toEqual([]);
      expect(result.left).toEqual([]);
    } finally {
      await exec('umount', [small]);
      rmSync(small, { recursive: true });
    }
  },
  minutes,
);

test(
  'a registry that goes down in the middle of a push: nothing is seen of the image, and the next run goes on',
  async () => {
    const folder = place.workspace();
    let isDown = true;
    let uploads = 0;
    const proxy = await between(registry.host, ({ method }) => {
      if (method === 'PUT') uploads += 1;
      return isDown && uploads > 1 ? 'cut' : 'pass';
    });
    try {
      const inputs = { ...to('cut', proxy.host), 'push-timeout': '10s' };
      const result = await place.run({ folder, inputs });
      expect([result.exitCode, result.log]).toEqual([
        1,
        expect.stringContaining('what was uploaded is kept'),
      ]);
      expect(result.log).toContain('once more in');
      expect(await tagsIn(registry.host, 'cut')).toEqual([]);
      expect(result.left).toEqual([]);
      isDown = false;
      const again = mustPass(await place.run({ folder, inputs }));
      expect(again.log).toMatch(/[1-9]\d* of \d+ blobs were there/);
      expect(await tagsIn(registry.host, 'cut')).toEqual([inputs.commit]);
    } finally {
      await proxy.close();
    }
  },
  minutes,
);

test.each(['SIGTERM', 'SIGKILL'] as const)(
  '%s in the middle of a build: the registry has nothing, and the next run pushes',
  async (signal) => {
    const folder = place.workspace({ large: 'x'.repeat(60_000_000) });
    const inputs = { ...to(`ended-by-${signal.toLowerCase()}`), secrets: 'token=s3cret-of-the-build' };
    const temporary = mkdtempSync(join(folder, '..', 'ended-by-'));
    let kill: (signal: NodeJS.Signals) => void = () => undefined;
    const ended = await place.run({
      folder,
      inputs,
      temporary,
      options: {
        onStart: (end) => (kill = end),
        onLine: (line) => {
          if (line.startsWith('building with')) setTimeout(() => kill(signal), 400);
        },
      },
    });
    expect(ended.exitCode).toBe(signal === 'SIGTERM' ? 1 : null);
    // Killed, it can clean up nothing: the next one does, and GitHub when the job ends.
    expect(ended.left).toHaveLength(signal === 'SIGTERM' ? 0 : 1);
    const name = inputs.repository.split('/')[1] ?? '';
    expect(await tagsIn(registry.host, name)).toEqual([]);
    expect(mustPass(await place.run({ folder, inputs, temporary })).left).toEqual([]);
    expect(await tagsIn(registry.host, name)).toEqual([inputs.commit]);
  },
  2 * minutes,
);
