import { statfs } from 'node:fs/promises';

/** `/tmp has 1.2 GB left of 84.0 GB`. */
export async function diskSpace(folder: string): Promise<string> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const gigabytes = (count: number): string => `${((count * bsize) / 1e9).toFixed(1)} GB`;
  return `${folder} has ${gigabytes(bavail)} left of ${gigabytes(blocks)}`;
}
