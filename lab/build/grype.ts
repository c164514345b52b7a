import { join } from 'node:path';
import { exec } from '../host/exec.ts';
import { progressTo, type Progress } from '../host/progress.ts';
import { versions } from '../versions.ts';
import { goPrograms } from './goProgram.ts';

export interface GrypePrograms {
  readonly grype: string;
  /**
   * Writes a small database of invented entries: npm's `left-behind` has CVE-2099-0001 (critical, fixed in 2.0.0) and
   * CVE-2099-0002 (low, no fix) below 3.0.0.
   * @param built ISO 8601, when it claims to have been built
   */
  database(folder: string, built: string): Promise<void>;
}

/** Grype, built from its Go module when it is first asked for (minutes), and what makes databases for it. */
export async function grypePrograms(progress: Progress = progressTo()): Promise<GrypePrograms> {
  const { version } = versions.grype;
  const folder = await goPrograms(
    {
      label: `grype-${version}`,
      folder: join(import.meta.dirname, '../binaries/grype'),
      programs: [
        { name: 'grype', path: 'github.com/anchore/grype/cmd/grype' },
        { name: 'grype-database', path: './database' },
      ],
      variables: { 'main.version': version },
    },
    progress,
  );
  return {
    grype: join(folder, 'grype'),
    database: async (target, built) => {
      await exec(join(folder, 'grype-database'), [target, built]);
    },
  };
}
