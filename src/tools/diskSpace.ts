import { statfs } from 'node:fs/promises';
import { bytesText } from '../domain/image/sizes.ts';
import { messageOf, PreconditionError } from '../runtime/errors.ts';

/** `/tmp has 1.2 GB left of 84.0 GB`. */
export async function diskSpace(folder: string): Promise<string> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return `${folder} has ${bytesText(bavail * bsize)} left of ${bytesText(blocks * bsize)}`;
}

/** What engines, tar, scanners and Node say. */
export const saysDiskIsFull = (text: string): boolean =>
  /no space left on device|ENOSPC|EDQUOT|disk quota exceeded/i.test(text);

/** @param space in numbers, see diskSpace */
export const diskIsFull = (space: string, said: string, cause?: unknown): PreconditionError =>
  new PreconditionError(
    `the disk is full: ${space}\n${said}`,
    'Free some of it in a step before this one (docker system prune --all --force frees what no container uses), or take a runner with a larger disk.',
    { cause },
  );

/**
 * Whatever runs out of disk in the middle (a build, a tar, a scanner, a load) says so in words of its own: here it is
 * said with numbers.
 * @param folder where the work is done
 */
export async function withDiskNumbers<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said = messageOf(error);
    if (!saysDiskIsFull(said) || said.startsWith('the disk is full')) throw error;
    throw diskIsFull(await diskSpace(folder), said, error);
  }
}
