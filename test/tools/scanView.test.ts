import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openScanViews } from '../../src/tools/scanView.ts';
import { writeOciLayout } from '../fakes/ociLayout.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'views-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const layer = Buffer.from('layer');
const images = [
  { architecture: 'amd64', layers: [layer] },
  { architecture: 'arm64', layers: [layer] },
];

test('each platform is shown by itself, attestations are not; the blobs are those of the layout', () => {
  const image = writeOciLayout(join(folder, 'layout'), images, { attestations: true });
  const views = openScanViews(image, folder);
  expect(views.map(({ digest, configDigest, platform }) => [digest, configDigest, platform])).toEqual([
    [image.manifests[0], image.configs[0], 'linux/amd64'],
    [image.manifests[1], image.configs[1], 'linux/arm64'],
  ]);
  const [first] = views;
  const index = JSON.parse(readFileSync(join(first?.layout ?? '', 'index.json'), 'utf8')) as {
    readonly manifests: readonly { readonly digest: string }[];
  };
  expect(index.manifests.map(({ digest }) => digest)).toEqual([image.manifests[0]]);
  const blob = join(first?.layout ?? '', 'blobs', (first?.digest ?? '').replace(':', '/'));
  expect(readFileSync(blob, 'utf8')).toContain(image.configs[0]);
});

test('an image without an index is one view', () => {
  const image = writeOciLayout(join(folder, 'layout'), images.slice(0, 1));
  expect(openScanViews(image, folder)).toMatchObject([{ digest: image.digest, platform: '' }]);
});

test('a manifest that was changed after the build is not scanned in its place', () => {
  const image = writeOciLayout(join(folder, 'layout'), images.slice(0, 1));
  writeFileSync(join(image.layout, 'blobs', image.digest.replace(':', '/')), '{}');
  expect(() => openScanViews(image, folder)).toThrow(
    /does not hold sha256:\w+: what is there has the digest/,
  );
});

test('a digest that is not in the layout, and one that is no image, are said', () => {
  const image = writeOciLayout(join(folder, 'layout'), images.slice(0, 1));
  const absent = { ...image, digest: `sha256:${'0'.repeat(64)}` };
  expect(() => openScanViews(absent, folder)).toThrow(/it is not there/);
  expect(() => openScanViews({ ...image, digest: image.configs[0] ?? '' }, folder)).toThrow(
    /neither an image nor an index|no manifest/,
  );
});
