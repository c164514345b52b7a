import type { ImageFacts } from '../../domain/image/facts.ts';
import { shortDigest } from '../../domain/digest.ts';
import { byDigest } from '../../domain/image/reference.ts';
import { whyScanAgain } from '../../domain/scan/whyScanAgain.ts';
import { openHanded } from '../../image/handedLayout.ts';
import { handedSboms } from '../../image/sboms.ts';
import { VerificationError } from '../../runtime/errors.ts';
import { alreadyBuilt } from './alreadyBuilt.ts';
import { attachSboms } from './attach.ts';
import { ecrScan, ensureRepository } from './ecr.ts';
import { listed } from './gate.ts';
import type { Inputs } from './inputs.ts';
import { report } from './report.ts';
import { inputsLabel, revisionLabel, rulesLabel, tagsOf, versionLabel } from './request.ts';
import type { Tags } from './request.ts';
import type { Collaborators } from './run.ts';
import { saidBefore, signImage } from './sign.ts';

type Tools = Pick<
  Collaborators,
  'registry' | 'cosign' | 'ecr' | 'allow' | 'clock' | 'watch' | 'log' | 'outputs' | 'summary' | 'run'
>;

/** What another job built and scanned, as that job's outputs say it. */
export type Handed = Inputs & { readonly layout: string; readonly digest: string };

export const isHanded = (inputs: Inputs): inputs is Handed =>
  inputs.layout !== null && inputs.digest !== null;

/**
 * The push alone, for a job that may push and runs no scanner: the job before it built and scanned, and could not
 * push. Which digest passed is told by that job's outputs, which nothing in the layout can change; the layout is held
 * to it, blob by blob.
 */
export async function pushScanned(inputs: Handed, tools: Tools): Promise<void> {
  const { registry, watch, outputs, log } = tools;
  const { digest, verdict } = inputs;
  if (verdict !== 'pass') {
    throw new VerificationError(
      `${shortDigest(digest)} was not pushed: the verdict on it is ${String(verdict)}`,
      'Only a pass is pushed. See what the job that scanned it says.',
    );
  }
  const { image, facts } = await watch.time('verify', () => openHanded(inputs.layout, digest));
  const sboms = await handedSboms(inputs['sbom-digest'] ?? [], image, facts);
  log.info(`${shortDigest(digest)} is whole: it is what passed the gate`);
  const cosign = tools.cosign === null ? null : await watch.time('signer', tools.cosign);
  const asked = tagsOf(inputs, tools.run);
  const made = requireLabels(facts, asked, inputs.version);
  const known = await watch.time('look', () => alreadyBuilt(asked, made, tools));
  if (known !== null) {
    if (known.digest !== digest) requireVerdict(inputs, known, facts, tools);
    const scans = listed(await ecrScan(inputs, known, tools));
    // Another build of the same has other packages in it, perhaps: the run that pushed it has attached its own.
    const own = known.digest === digest ? sboms : [];
    await attachSboms(own, known, tools);
    const said = await saidBefore(cosign, inputs, known, tools);
    const signature = await signImage(cosign, inputs, known, own, said, tools);
    const result = { facts: known, scans, pushed: null, was: 'judged before', signature } as const;
    return report(inputs, asked, result, tools);
  }
  await ensureRepository(inputs, tools);
  const pushed = await watch.time('push', () => registry.push(image, asked.tags));
  const scans = listed(await ecrScan(inputs, facts, tools));
  await attachSboms(sboms, facts, tools);
  const signature = await signImage(cosign, inputs, facts, sboms, [], tools);
  outputs.set('verdict', verdict);
  outputs.set('scan-summary', 'pass: it was scanned by the job that built it');
  await report(inputs, asked, { facts, scans, pushed, was: 'new', signature }, tools);
}

/**
 * What an earlier run has pushed was scanned then, and nothing here can scan it again.
 * @param handed judged a moment ago: its label has the rules of today
 * @throws VerificationError unless it passed by the same rules and not long ago
 */
function requireVerdict(inputs: Handed, known: ImageFacts, handed: ImageFacts, { clock }: Tools): void {
  const label = { name: rulesLabel, value: handed.platforms[0]?.labels[rulesLabel] ?? '' };
  // What is in the allow list is in the label, and no day in it is over: the job before this one passed by it.
  const rules = { allow: [], maxDatabaseAgeMs: inputs['max-database-age'] };
  const why = whyScanAgain(known.platforms, label, rules, clock.now());
  if (why === null) return;
  throw new VerificationError(
    `the registry has ${shortDigest(known.digest)} of this commit from a run before, and ${shortDigest(handed.digest)} was scanned now; the first one would have to be scanned again: ${why}`,
    `Build and push it in one job, which scans what is there; or release a new commit; or scan it elsewhere, and give blue-green.yml the input image: ${byDigest(inputs.repository, known.digest)}. Nothing was pushed.`,
  );
}

/**
 * Its tags say which commit and version it is; its labels have been saying so since the build.
 * @returns the label by which a registry's image is known to be made from the same
 * @throws VerificationError when they would say something else
 */
function requireLabels({ platforms }: ImageFacts, { commit }: Tags, version: string | null): string {
  const wanted = { [revisionLabel]: commit, ...(version === null ? {} : { [versionLabel]: version }) };
  const wrong = platforms.flatMap(({ platform, labels }) =>
    Object.entries(wanted)
      .filter(([label, value]) => labels[label] !== value)
      .map(([label, value]) => `${platform}: ${label} is ${labels[label] ?? 'missing'}, not ${value}`),
  );
  const made = platforms[0]?.labels[inputsLabel];
  if (wrong.length === 0 && made !== undefined) return made;
  throw new VerificationError(
    `the image in the layout is not what its tags would say:\n${wrong.map((line) => `  ${line}`).join('\n') || `  it has no label ${inputsLabel}`}`,
    'Give commit and version as the step has them that built the layout, which is build-scan-push with push: false. Nothing was pushed.',
  );
}
