import type { ImageFacts } from '../../domain/image/facts.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Log } from '../../runtime/log.ts';
import { inputsLabel } from './request.ts';
import type { Tags } from './request.ts';

/**
 * The image of the same commit and inputs, if the registry has it under every tag: it passed the gate before it was
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
