import { expect, test } from '@jest/globals';
import type { ImageFacts } from '../../../src/domain/image/facts.ts';
import { bytesText, compareSizes } from '../../../src/domain/image/sizes.ts';

const image = (
  platform: string,
  ...layers: readonly (readonly [digest: string, size: number])[]
): ImageFacts => ({
  digest: 'sha256:top',
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  platforms: [
    {
      platform,
      digest: 'sha256:one',
      created: null,
      labels: {},
      layers: layers.map(([digest, size]) => ({ digest, size, mediaType: 'layer' })),
    },
  ],
});

test('a new image is measured against the live one of the same platform', () => {
  const fresh = image('linux/amd64', ['a', 100], ['c', 30]);
  const live = image('linux/amd64', ['a', 100], ['b', 50]);
  expect(compareSizes(fresh, live)).toEqual([
    {
      platform: 'linux/amd64',
      bytes: 130,
      layers: 2,
      live: { bytes: 150, layers: 2, difference: -20, newLayers: 1, newBytes: 30 },
    },
  ]);
  expect(compareSizes(fresh, image('linux/arm64'))[0]?.live).toBeNull();
  expect(compareSizes(fresh, null)[0]?.live).toBeNull();
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [-12_345_678, '-12.3 MB'],
  [999_960, '1.0 MB'],
  [123_456_789_000, '123 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});
