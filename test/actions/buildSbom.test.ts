import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { BuildStage, sbomOf } from '../fakes/buildStage.ts';

const types = { spdx: 'application/spdx+json', cyclonedx: 'application/vnd.cyclonedx+json' };
const kinds = (stage: BuildStage): readonly string[] => stage.order.map((what) => what.split(' ')[0] ?? '');

test.each([
  ['spdx', 'spdx-json', 'sbom-linux-amd64.spdx.json'],
  ['cyclonedx', 'cyclonedx', 'sbom-linux-amd64.cdx.json'],
] as const)(
  'sbom: %s is attached to what is pushed, and a file for later steps',
  async (sbom, format, name) => {
    const stage = new BuildStage();
    await stage.run({ sbom });
    const path = stage.given.get('sbom') ?? '';
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(sbomOf(format));
    expect(path.endsWith(`/${name}`)).toBe(true);
    expect(path.startsWith(stage.folder)).toBe(false);
    expect(kinds(stage)).toEqual(['lint', 'build', 'scan', 'push', 'attach']);
    expect(stage.attached).toEqual([
      {
        image: stage.given.get('digest'),
        type: types[sbom],
        text: JSON.stringify(sbomOf(format)),
        annotations: {
          'io.github.c4ang.platform': 'linux/amd64',
          'org.opencontainers.image.title': name,
        },
      },
    ]);
  },
);

test('none is made unless it is asked for; of an image that was there already it is made with a new scan', async () => {
  const stage = new BuildStage();
  await stage.run();
  expect(stage.given.has('sbom')).toBe(false);
  expect(stage.attached).toEqual([]);
  stage.order.length = 0;
  await stage.run({ sbom: 'spdx' });
  expect(kinds(stage)).toEqual(['lint', 'pull', 'scan', 'attach']);
  expect(stage.attached).toHaveLength(1);
});

test('one that is attached is taken from the registry: nothing is scanned or attached again', async () => {
  const stage = new BuildStage();
  await stage.run({ sbom: 'spdx' });
  const before = stage.given.get('sbom-digest');
  stage.given.clear();
  stage.order.length = 0;
  await stage.run({ sbom: 'spdx' });
  expect(stage.order).toEqual([]);
  expect(JSON.parse(readFileSync(stage.given.get('sbom') ?? '', 'utf8'))).toEqual(sbomOf('spdx-json'));
  expect(stage.given.get('sbom-digest')).toBe(before);
});

test('without the SBOM that was asked for nothing is pushed', async () => {
  const stage = new BuildStage();
  stage.sbomFormats = ['cyclonedx'];
  await expect(stage.run({ sbom: 'spdx' })).rejects.toThrow('no SBOM in the format spdx');
  expect(stage.tags.size).toBe(0);
});

test('one that cannot be attached is told, with the image that is there; a new run attaches it', async () => {
  const stage = new BuildStage();
  stage.attachFails = true;
  await expect(stage.run({ sbom: 'spdx' })).rejects.toThrow(/is in the registry without its SBOM: .*no more/);
  expect(stage.given.has('image')).toBe(false);
  stage.attachFails = false;
  stage.order.length = 0;
  await stage.run({ sbom: 'spdx' });
  expect(kinds(stage)).toEqual(['lint', 'pull', 'scan', 'attach']);
});

/** What the job that scans hands on. */
async function handed(stage: BuildStage): Promise<Readonly<Record<string, string>>> {
  await stage.run({ push: 'false', sbom: 'spdx' });
  const names = ['layout', 'digest', 'verdict', 'sbom-digest'];
  const outputs = Object.fromEntries(names.map((name) => [name, stage.given.get(name) ?? '']));
  stage.given.clear();
  stage.order.length = 0;
  return outputs;
}

test('the job that pushes attaches the SBOM of the job that scanned', async () => {
  const stage = new BuildStage();
  const given = await handed(stage);
  expect(stage.attached).toEqual([]);
  await stage.run(given);
  expect(kinds(stage)).toEqual(['push', 'attach']);
  expect(stage.attached).toMatchObject([{ image: given['digest'], type: types.spdx }]);
  // Again, when a job after it has failed.
  await stage.run(given);
  expect(stage.attached).toHaveLength(1);
});

test('an SBOM that was changed on the way, or is missing, is not attached, and nothing is pushed', async () => {
  const stage = new BuildStage();
  const given = await handed(stage);
  const missing = `sha256:${'a'.repeat(64)}`;
  await expect(stage.run({ ...given, 'sbom-digest': missing })).rejects.toThrow('does not have the SBOM');
  const [, hex = ''] = (given['sbom-digest'] ?? '').split(':');
  writeFileSync(join(given['layout'] ?? '', 'blobs/sha256', hex), '{"spdxVersion":"SPDX-2.3","packages":[]}');
  await expect(stage.run(given)).rejects.toThrow('has another SBOM');
  await expect(stage.run({ ...given, 'sbom-digest': `${missing}\n${missing}` })).rejects.toThrow(
    '2 SBOMs are named for an image of 1 platforms',
  );
  expect(stage.order).toEqual([]);
});
