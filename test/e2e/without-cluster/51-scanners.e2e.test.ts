import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { grypePrograms } from '../../../lab/build/grype.ts';
import type { GrypePrograms } from '../../../lab/build/grype.ts';
import { tarArchive } from '../../../lab/build/tar.ts';
import { judgeScan } from '../../../src/domain/scan/gate.ts';
import type { GateRules } from '../../../src/domain/scan/gate.ts';
import type { OciImage } from '../../../src/image/ociLayout.ts';
import { ToolError } from '../../../src/runtime/errors.ts';
import { grypeScanner } from '../../../src/tools/grype.ts';
import type { Scanner } from '../../../src/tools/scanner.ts';
import { scannerExec } from '../../../src/tools/scannerHome.ts';
import { writeOciLayout } from '../../fakes/ociLayout.ts';

// A real Grype with a small database that Grype's own packages wrote, on layouts as BuildKit makes them. Needs no
// cluster; it is here because Grype is built from its Go module, which takes minutes.

const minutes = 60_000;
const dayMs = 86_400_000;
const daysAgo = (days: number): string =>
  new Date(Math.floor((Date.now() - days * dayMs) / 1_000) * 1_000).toISOString().replace('.000', '');

let programs: GrypePrograms;
let databases = '';
beforeAll(async () => {
  programs = await grypePrograms();
  databases = mkdtempSync(join(tmpdir(), 'grype-databases-'));
  await programs.database(join(databases, 'new'), daysAgo(1));
  await programs.database(join(databases, 'old'), daysAgo(40));
}, 20 * minutes);
afterAll(() => rmSync(databases, { recursive: true, force: true }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scanners-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const packageOf = (version: string): Buffer =>
  tarArchive([
    {
      path: 'app/node_modules/left-behind/package.json',
      mode: 0o644,
      content: Buffer.from(JSON.stringify({ name: 'left-behind', version, license: 'MIT' })),
    },
  ]);

/** An image of one platform or more, each with another version of the package in it. */
const image = (...packages: readonly string[]): OciImage =>
  writeOciLayout(
    join(folder, 'layout'),
    packages.map((version, place) => ({
      architecture: ['amd64', 'arm64'][place] ?? 'amd64',
      layers: [packageOf(version)],
    })),
    { attestations: true },
  );

const grype = (database: string, env: Readonly<Record<string, string | undefined>> = process.env): Scanner =>
  grypeScanner(scannerExec(env, folder), programs.grype, {
    folder,
    cacheFolder: join(databases, database),
    timeoutMs: 2 * minutes,
    databaseUrl: null,
    updateDatabase: false,
  });

const rules: GateRules = {
  severity: 'high',
  ignoreUnfixed: false,
  allow: [],
  gate: 'all',
  maxDatabaseAgeMs: 5 * dayMs,
};

test(
  'a hole in the image is found and closes the gate',
  async () => {
    const report = await grype('new').scan(image('1.0.0'));
    expect(report).toMatchObject({ scanner: 'grype', scannerVersion: '0.110.0' });
    expect(Date.now() - Date.parse(report.database.built ?? '')).toBeLessThan(2 * dayMs);
    const judged = judgeScan(report, rules, Date.now());
    expect(judged).toMatchObject({
      verdict: 'fail',
      blocking: [
        {
          id: 'CVE-2099-0001',
          package: 'left-behind',
          installed: '1.0.0',
          fixed: '2.0.0',
          severity: 'critical',
          target: '/app/node_modules/left-behind/package.json',
        },
      ],
    });
    expect(report.findings).toContainEqual(
      expect.not.objectContaining({ id: 'CVE-2099-0001', fixed: expect.anything() }),
    );
  },
  2 * minutes,
);

test(
  'an image without one passes',
  async () => {
    const report = await grype('new').scan(image('3.0.0'));
    expect(report.findings).toEqual([]);
    expect(judgeScan(report, rules, Date.now()).verdict).toBe('pass');
  },
  2 * minutes,
);

test(
  'a hole in the second platform is found, too',
  async () => {
    const { findings } = await grype('new').scan(image('3.0.0', '1.0.0'));
    expect(findings.map(({ id }) => id)).toContain('CVE-2099-0001');
  },
  2 * minutes,
);

test(
  'what the live image has already is not new',
  async () => {
    const report = await grype('new').scan(image('1.0.0'));
    const gate = { ...rules, gate: 'new' as const, baseline: report };
    expect(judgeScan(report, gate, Date.now())).toMatchObject({ verdict: 'pass', fresh: [] });
  },
  2 * minutes,
);

test(
  'with an old database nothing passes, however clean',
  async () => {
    const report = await grype('old').scan(image('3.0.0'));
    expect(judgeScan(report, rules, Date.now())).toMatchObject({
      verdict: 'error',
      reason: expect.stringMatching(/database is 40\.\d days old/),
    });
  },
  2 * minutes,
);

test(
  'without a database there is no report, and nothing passes',
  async () => {
    const failed: unknown = await grype('none')
      .scan(image('3.0.0'))
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ToolError);
    expect(failed).toMatchObject({
      exitCode: 1,
      remedy: expect.stringContaining('no vulnerability database'),
    });
    expect(judgeScan({ unavailable: String(failed) }, rules, Date.now()).verdict).toBe('error');
  },
  2 * minutes,
);

test(
  "somebody's settings for Grype open nothing: it has a home of its own",
  async () => {
    const home = join(folder, 'runner');
    mkdirSync(home);
    writeFileSync(join(home, '.grype.yaml'), 'ignore:\n  - vulnerability: CVE-2099-0001\n');
    const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, GRYPE_ONLY_NOTFIXED: 'true' };
    const { findings } = await grype('new', env).scan(image('1.0.0'));
    expect(findings.map(({ id }) => id).sort()).toEqual(['CVE-2099-0001', 'CVE-2099-0002']);
  },
  2 * minutes,
);
