import { join } from 'node:path';
import { progressTo, type Progress } from '../host/progress.ts';
import { versions } from '../versions.ts';
import { goPrograms } from './goProgram.ts';

/** A registry of OCI 1.1: it lists what refers to an image. @returns the path of the program */
export async function ociRegistryProgram(progress: Progress = progressTo()): Promise<string> {
  const folder = await goPrograms(
    {
      label: `oci-registry-${versions.ociRegistry.version}`,
      folder: join(import.meta.dirname, '../binaries/oci-registry'),
      programs: [{ name: 'oci-registry', path: '.' }],
    },
    progress,
  );
  return join(folder, 'oci-registry');
}
