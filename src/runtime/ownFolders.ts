import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from './errors.ts';
import { isRunning, startOf } from './isRunning.ts';
import type { Log } from './log.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What a process has folders of its own for: their names begin with it. */
const kinds = ['build-scan-push', 'c4ang-kubeconfig'] as const;
type Kind = (typeof kinds)[number];

/** Where a step may write: RUNNER_TEMP, which GitHub empties with the job. */
export const temporary = (env: Env): string => {
  const own = env['RUNNER_TEMP'] ?? '';
  return own === '' ? tmpdir() : own;
};

/**
 * A new folder of mode 0700 for what must not outlive this process; the caller removes it. Its name says whose it is,
 * so that `removeLeftFolders` knows it when the process was killed.
 */
export async function makeOwnFolder(kind: Kind, env: Env): Promise<string> {
  const start = startOf(process.pid);
  const owner = [String(process.pid), ...(start === null ? [] : [start])].join('-');
  return realpath(await mkdtemp(join(temporary(env), `${kind}-${owner}-`)));
}

/**
 * As `makeOwnFolder` names them, by process and start, and nothing else is named so. Without the start: where it cannot
 * be known, and by earlier versions.
 */
const ownFolder = new RegExp(`^(?:${kinds.join('|')})-(\\d+)(?:-(\\d+))?-[A-Za-z0-9]{6}$`);

/**
 * A process that is killed leaves its folders behind, and the secrets in them, until the job ends. The next one removes
 * them, and says so. In RUNNER_TEMP only, which is one job's own: a machine's /tmp is perhaps shared with containers,
 * and the number of a process in one of those says nothing here. Never rejects: what cannot be removed is a warning.
 */
export async function removeLeftFolders(env: Env, log: Pick<Log, 'info' | 'warning'>): Promise<void> {
  const folder = env['RUNNER_TEMP'] ?? '';
  if (folder === '') return;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const [, pid, start = null] = ownFolder.exec(entry.name) ?? [];
    if (pid === undefined || !entry.isDirectory() || isRunning(Number(pid), start)) continue;
    const path = join(folder, entry.name);
    try {
      await rm(path, { recursive: true, force: true });
      log.info(`removed ${path}, which a step that was killed had left`);
    } catch (error) {
      log.warning(
        `${path}, which a step that was killed has left, could not be removed: ${messageOf(error)}`,
      );
    }
  }
}
