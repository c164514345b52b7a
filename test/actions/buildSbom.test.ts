import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { BuildStage } from '../fakes/buildStage.ts';

test.each([
  ['spdx', 'spdx-json'],
  ['cyclonedx', 'cyclonedx'],
])('sbom: %s is a file for later steps, apart from what the step removes', async (sbom, content) => {
  const stage = new BuildStage();
  await stage.run({ sbom });
  const path = stage.given.get('sbom') ?? '';
  expect(readFileSync(path, 'utf8')).toBe(content);
  expect(path.startsWith(stage.folder)).toBe(false);
});

test('none is made unless it is asked for; of an image that was there already it is made with a new scan', async () => {
  const stage = new BuildStage();
  await stage.run();
  expect(stage.given.has('sbom')).toBe(false);
  stage.order.length = 0;
  await stage.run({ sbom: 'spdx' });
  expect(stage.order).not.toContain('build');
  expect(existsSync(stage.given.get('sbom') ?? '')).toBe(true);
});

test('without the SBOM that was asked for nothing is pushed', async () => {
  const stage = new BuildStage();
  stage.sbomFormats = ['cyclonedx'];
  await expect(stage.run({ sbom: 'spdx' })).rejects.toThrow('no SBOM in the format spdx');
  expect(stage.tags.size).toBe(0);
});
