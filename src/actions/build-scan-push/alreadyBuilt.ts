import { shortDigest } from '../../domain/digest.ts';
import type { ImageFacts } from '../../domain/image/facts.ts';
import { whyScanAgain } from '../../domain/scan/whyScanAgain.ts';
import type { OciImage } from '../../image/ociLayout.ts';
import type { Registry } from '../../registry/registry.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Inputs } from './inputs.ts';
import { inputsLabel, rulesLabel } from './request.ts';
import type { Plan, Tags } from './request.ts';
import type { Collaborators } from './run.ts';

/**
 * The image of the same commit and inputs, if the registry has it under every tag: it passed a gate before it was
 * pushed. null: build.
 * @param wanted the inputs, as the label has them
 */
export async function alreadyBuilt(
  { commit, tags }: Tags,
  wanted: string | undefined,
  { registry, log }: { readonly registry: Registry; readonly log: Log },
): Promise<ImageFacts | null> {
  const facts = await registry.facts(commit);
  if (facts === null) return null;
  if (facts.platforms.length === 0 || facts.platforms.some(({ labels }) => labels[inputsLabel] !== wanted)) {
    log.info(`the registry has an image of commit ${commit}, made from other inputs: ${facts.digest}`);
    return null;
  }
  const others = await Promise.all(
    tags.filter((tag) => tag !== commit).map(async (tag) => ({ tag, found: await registry.find(tag) })),
  );
  const other = others.find(({ found }) => found?.digest !== facts.digest);
  if (other === undefined) return facts;
  log.info(`the registry has the image of commit ${commit}, but not as ${other.tag}`);
  return null;
}

/**
 * Whether it passed by these very rules and not long ago: then it is given out as it is.
 * @param hasSbom the one that is asked for, if any
 */
export function stillHolds(
  inputs: Inputs,
  { request }: Plan,
  { digest, platforms }: ImageFacts,
  hasSbom: boolean,
  { allow, clock, log }: Pick<Collaborators, 'allow' | 'clock' | 'log'>,
): boolean {
  const label = { name: rulesLabel, value: request.labels[rulesLabel] ?? '' };
  const rules = { allow, maxDatabaseAgeMs: inputs['max-database-age'] };
  const why =
    whyScanAgain(platforms, label, rules, clock.now()) ??
    (hasSbom ? null : 'an SBOM is asked for, none is attached to it, and it is made with a scan');
  if (why !== null)
    log.info(`${shortDigest(digest)} is in the registry already; it is scanned again: ${why}`);
  return why === null;
}

/**
 * The image that is there, on this disk, to be judged once more: each blob held to its digest.
 * @throws PreconditionError when the registry does not have all of it any more
 */
export async function load(
  facts: ImageFacts,
  { registry, work, watch }: Pick<Collaborators, 'registry' | 'work' | 'watch'>,
): Promise<{ readonly image: OciImage; readonly facts: ImageFacts }> {
  const layout = await (await work()).part('layout');
  const image = await watch.time('load', () => registry.pull(facts.digest, layout, null));
  if (image === null) {
    throw new PreconditionError(
      `${shortDigest(facts.digest)} was in the registry a moment ago, and is not there now`,
      'Somebody removes images while this runs: find out who, and run the step again.',
    );
  }
  return { image, facts };
}
