import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { BuildSecret } from '../domain/image/build.ts';
import { messageOf } from '../runtime/errors.ts';
import { isRunning, startOf } from '../runtime/isRunning.ts';
import type { Log } from '../runtime/log.ts';

/** A folder of this step alone, for what nobody needs afterwards: layouts, secrets. */
export interface WorkFolder {
  readonly path: string;
  /** A new folder in it. */
  part(name: string): Promise<string>;
  /** In files that only this user can read. */
  secrets(values: Readonly<Record<string, string>>): Promise<readonly BuildSecret[]>;
  remove(): Promise<void>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Where a step may write: RUNNER_TEMP, which GitHub empties with the job. */
export const temporary = (env: Env): string => {
  const own = env['RUNNER_TEMP'] ?? '';
  return own === '' ? tmpdir() : own;
};

export async function makeWorkFolder(env: Env): Promise<WorkFolder> {
  // mkdtemp gives it the mode 0700. The name says whose it is, for `removeLeftOver`.
  const start = startOf(process.pid);
  const owner = start === null ? String(process.pid) : `${String(process.pid)}-${start}`;
  const draft = join(temporary(env), `build-scan-push-${owner}-`);
  const path = await realpath(await mkdtemp(draft));
  return {
    path,
    async part(name) {
      const folder = join(path, name);
      await mkdir(folder, { mode: 0o700 });
      return folder;
    },
    async secrets(values) {
      const folder = join(path, 'secrets');
      await mkdir(folder, { mode: 0o700 });
      return Promise.all(
        Object.entries(values).map(async ([id, value]) => {
          const file = join(folder, id);
          await writeFile(file, value, { mode: 0o600 });
          return { id, file };
        }),
      );
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/**
 * As `makeWorkFolder` names them, by process and start, and nothing else of this action is named. Without the start:
 * where it cannot be known, and by earlier versions.
 */
const workFolderOf = /^build-scan-push-(\d+)(?:-(\d+))?-[A-Za-z0-9]{6}$/;

/**
 * A process that is killed leaves its folder behind, and the secrets in it, until the job ends. The next one removes
 * it. In RUNNER_TEMP only, which is one job's own: a machine's /tmp is perhaps shared with containers, and the number
 * of a process in one of those says nothing here.
 */
export async function removeLeftOver(env: Env, log: Pick<Log, 'info' | 'warning'>): Promise<void> {
  const folder = env['RUNNER_TEMP'] ?? '';
  if (folder === '') return;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const [, pid, start = null] = workFolderOf.exec(entry.name) ?? [];
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

/** Files for later steps of the job: GitHub removes them with the job. */
export interface ResultFiles {
  /** @returns the path */
  write(name: string, content: string): Promise<string>;
  /** A copy of a file that is removed with the step, under this name. @returns its path */
  keep(path: string, name: string): Promise<string>;
  /** A folder that would be removed with the step, moved. @returns its path */
  take(path: string): Promise<string>;
}

export function resultFiles(env: Env): ResultFiles {
  const folder = join(temporary(env), `build-scan-push-results-${randomUUID()}`);
  return {
    async write(name, content) {
      await mkdir(folder, { recursive: true });
      const file = join(folder, name);
      await writeFile(file, content);
      return file;
    },
    async keep(path, name) {
      await mkdir(folder, { recursive: true });
      const file = join(folder, name);
      await copyFile(path, file);
      return file;
    },
    async take(path) {
      await mkdir(folder, { recursive: true });
      const taken = join(folder, basename(path));
      await rename(path, taken);
      return taken;
    },
  };
}
