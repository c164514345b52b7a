import { realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/**
 * The file of the repository that a path in an image was probably copied from: COPY keeps the end of a path and
 * changes its beginning, so `/app/config/key.pem` may be `config/key.pem` of the context.
 * @param folder absolute, inside of the workspace
 * @param path as a scanner has it; with all of its parts, or (`anywhere`) with as many of the last ones as lead to a file
 * @returns as the repository has it, with slashes; null when there is none
 */
export async function sourceFile(
  workspace: string,
  folder: string,
  path: string,
  where: 'exactly' | 'anywhere',
): Promise<string | null> {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const most = where === 'exactly' ? 1 : parts.length;
  for (let left = 0; left < most; left += 1) {
    const rest = parts.slice(left);
    if (rest.length === 0 || rest.includes('..')) return null;
    const file = await realpath(join(folder, ...rest)).catch(() => null);
    if (file?.startsWith(`${workspace}${sep}`) !== true) continue;
    if ((await stat(file)).isFile()) return relative(workspace, file).split(sep).join('/');
  }
  return null;
}
