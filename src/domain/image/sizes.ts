import type { ImageFacts, LayerFacts, PlatformFacts } from './facts.ts';

/** The new image against the one that is live, for one platform. Bytes as stored: what a node has to pull. */
export interface SizeComparison {
  readonly platform: string;
  readonly bytes: number;
  readonly layers: number;
  /** null when nothing is live for this platform. */
  readonly live: {
    readonly bytes: number;
    readonly layers: number;
    /** New minus live. */
    readonly difference: number;
    /** Layers of the new image that the live one does not have, and their bytes: what a node pulls anew. */
    readonly newLayers: number;
    readonly newBytes: number;
  } | null;
}

export function compareSizes(image: ImageFacts, live: ImageFacts | null): readonly SizeComparison[] {
  return image.platforms.map((platform) => {
    const other = live?.platforms.find((one) => one.platform === platform.platform);
    return {
      platform: platform.platform,
      bytes: bytesOf(platform.layers),
      layers: platform.layers.length,
      live: other === undefined ? null : against(platform, other),
    };
  });
}

function against(image: PlatformFacts, live: PlatformFacts): NonNullable<SizeComparison['live']> {
  const known = new Set(live.layers.map(({ digest }) => digest));
  const fresh = image.layers.filter(({ digest }) => !known.has(digest));
  return {
    bytes: bytesOf(live.layers),
    layers: live.layers.length,
    difference: bytesOf(image.layers) - bytesOf(live.layers),
    newLayers: fresh.length,
    newBytes: bytesOf(fresh),
  };
}

const bytesOf = (layers: readonly LayerFacts[]): number => layers.reduce((sum, { size }) => sum + size, 0);

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `12.3 MB`, in powers of 1000, as registries and Docker print them. */
export function bytesText(bytes: number): string {
  let [value, place] = [Math.abs(bytes), 0];
  while (value >= 999.95 && place < units.length - 1) [value, place] = [value / 1000, place + 1];
  const digits = place === 0 || value >= 99.95 ? 0 : 1;
  return `${bytes < 0 ? '-' : ''}${value.toFixed(digits)} ${units[place] ?? 'B'}`;
}
