import { judgeScan } from '../../domain/scan/gate.ts';
import type { AllowEntry } from '../../domain/scan/allowList.ts';
import { isReport } from '../../domain/scan/report.ts';
import { InputError, VerificationError } from '../../runtime/errors.ts';
import { rulesOf, scanSection } from './gate.ts';
import type { Scan } from './gate.ts';
import type { Inputs } from './inputs.ts';
import { remarkOnFiles } from './remarks.ts';
import type { Collaborators } from './run.ts';

/** @throws InputError for a folder that nobody would look at */
export function refuseFolderWithoutToken(inputs: Inputs): void {
  const folder = inputs['snyk-folder'];
  if (folder === null || inputs['snyk-token'] !== null) return;
  throw new InputError([
    {
      input: 'snyk-token',
      given: '',
      allowed: `a token, since snyk-folder is given (${folder}): without one the dependencies are not looked at`,
      example: 'a secret',
    },
  ]);
}

/** Snyk's own identifiers are in no report of another scanner. */
const isOfSnyk = ({ id }: AllowEntry): boolean => id.startsWith('SNYK-');

/**
 * The dependencies of the sources, as Snyk knows them, held to the rules of the image before there is one.
 * @returns null without a token
 * @throws VerificationError unless they pass; ToolError, PreconditionError when Snyk could not tell
 */
export async function scanDependencies(inputs: Inputs, tools: Collaborators): Promise<Scan | null> {
  const { snyk, allow, clock, watch, outputs, summary, signal, log } = tools;
  if (snyk === null) return null;
  const found = await watch.time('snyk', () => snyk(signal));
  const judged = judgeScan(found, rulesOf(inputs, allow), clock.now());
  // The other entries are for the image's scan to use.
  const judgement = { ...judged, unused: judged.unused.filter(isOfSnyk) };
  const { verdict, reason } = judgement;
  log.info(`${verdict === 'pass' ? '✓' : '✗'} snyk ${found.scannerVersion}, dependencies: ${reason}`);
  if (verdict === 'pass' && isReport(found)) return { found, judgement };
  outputs.set('verdict', verdict);
  outputs.set('scan-summary', `${verdict}: dependencies: ${reason}`);
  summary.heading('Dependencies do not pass: nothing is built');
  scanSection({ found, judgement }, tools);
  await remarkOnFiles(found, judgement.blocking, tools);
  throw new VerificationError(
    `the dependencies do not pass, so nothing is built: ${reason}`,
    'Take versions that have the fix; or accept a finding, with a reason and a last day, in the file that allow-list names.',
  );
}

/** The allow list for the image: what only Snyk names is not unused because the image's scanner does not name it. */
export const allowedInImage = (inputs: Inputs, allow: readonly AllowEntry[]): readonly AllowEntry[] =>
  inputs['snyk-token'] === null ? allow : allow.filter((entry) => !isOfSnyk(entry));
