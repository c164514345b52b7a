import { join } from 'node:path';
import { progressTo, type Progress } from '../host/progress.ts';
import { versions } from '../versions.ts';
import { goPrograms } from './goProgram.ts';

const folderOf = (name: string): string => join(import.meta.dirname, '../binaries', name);

/** nektos/act: runs workflows on this machine. @returns the path of the program */
export async function actProgram(progress: Progress = progressTo()): Promise<string> {
  const { version } = versions.act;
  const folder = await goPrograms(
    {
      label: `act-${version}`,
      folder: folderOf('act'),
      programs: [{ name: 'act', path: 'github.com/nektos/act' }],
    },
    progress,
  );
  return join(folder, 'act');
}

/** rhysd/actionlint: checks workflows by their schema, expressions and shell. @returns the path of the program */
export async function actionlintProgram(progress: Progress = progressTo()): Promise<string> {
  const { version } = versions.actionlint;
  const folder = await goPrograms(
    {
      label: `actionlint-${version}`,
      folder: folderOf('actionlint'),
      programs: [{ name: 'actionlint', path: 'github.com/rhysd/actionlint/cmd/actionlint' }],
    },
    progress,
  );
  return join(folder, 'actionlint');
}
