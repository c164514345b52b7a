import { processExec } from './exec.ts';
import { helmProgram } from './helm.ts';
import type { Helm, HelmAccess } from './helm.ts';

/** Who can let another program into the cluster, and take back what that needed. */
interface LetsIn {
  programAccess(): Promise<HelmAccess & { remove(): void }>;
}

/** Helm as it is on the runner's PATH, signed in to the same cluster. What that needed is removed at the end. */
export async function openHelm(connection: LetsIn, atExit: (close: () => void) => void): Promise<Helm> {
  const access = await connection.programAccess();
  atExit(() => access.remove());
  return helmProgram(processExec, access);
}
