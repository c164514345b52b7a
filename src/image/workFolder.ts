import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BuildSecret } from '../domain/image/build.ts';
import { makeOwnFolder, temporary } from '../runtime/ownFolders.ts';

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

export async function makeWorkFolder(env: Env): Promise<WorkFolder> {
  const path = await makeOwnFolder('build-scan-push', env);
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
