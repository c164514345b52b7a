import type { ImageFacts } from '../../domain/image/facts.ts';
import { shortDigest } from '../../domain/digest.ts';
import { judgeScan } from '../../domain/scan/gate.ts';
import { isReport } from '../../domain/scan/report.ts';
import { VerificationError } from '../../runtime/errors.ts';
import { rulesOf } from './gate.ts';
import type { Scan } from './gate.ts';
import type { Inputs } from './inputs.ts';
import type { Collaborators } from './run.ts';

/** Makes the repository when that was asked for: with tags that stay, and ECR's scan on push. */
export async function ensureRepository(
  inputs: Inputs,
  { ecr, watch }: Pick<Collaborators, 'ecr' | 'watch'>,
): Promise<void> {
  if (ecr === null || !inputs['create-repository']) return;
  const wanted = {
    immutableTags: true,
    scanOnPush: true,
    kmsKey: inputs['kms-key'],
    lifecyclePolicy: inputs['lifecycle-policy'],
  };
  await watch.time('repository', () => ecr.ensure(wanted));
}

/**
 * What ECR's own scan of the pushed image says, held to the same rules. No report is no pass.
 * @throws VerificationError unless it passes; the image is in the registry then, and not an output of this step
 */
export async function ecrScan(
  inputs: Inputs,
  facts: ImageFacts,
  { ecr, watch, clock, allow, log }: Pick<Collaborators, 'ecr' | 'watch' | 'clock' | 'allow' | 'log'>,
): Promise<Scan | null> {
  if (ecr === null || !inputs['ecr-scan']) return null;
  const digests = facts.platforms.map(({ digest }) => digest);
  const found = await watch.time('ECR scan', () => ecr.scan(digests, inputs['scan-timeout']));
  const judgement = judgeScan(found, rulesOf(inputs, allow), clock.now());
  const { verdict, reason } = judgement;
  log.info(`${verdict === 'pass' ? '✓' : '✗'} ECR's own scan: ${reason}`);
  if (verdict === 'pass' && isReport(found)) return { found, judgement };
  throw new VerificationError(
    `${shortDigest(facts.digest)} is in the registry, but ECR's own scan does not pass: ${reason}`,
    'It is not deployed by steps that take the output image, which is empty. See the findings in ECR; accept one in the file that allow-list names.',
  );
}
