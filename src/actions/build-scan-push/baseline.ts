import { shortDigest } from '../../domain/digest.ts';
import { parseReference, repositoryText } from '../../domain/image/reference.ts';
import type { NoReport, ScanReport } from '../../domain/scan/report.ts';
import type { OciImage } from '../../image/ociLayout.ts';
import type { Inputs } from './inputs.ts';
import type { Collaborators } from './run.ts';

/**
 * What the same scanner finds today in the image that serves now. Whatever keeps it from being known is told, and
 * then every finding counts: the gate is never wider open than without a baseline.
 * @returns null when it is not asked for
 */
export async function findBaseline(
  inputs: Inputs,
  image: OciImage,
  { registry, scanner, work, watch, signal, log }: Collaborators,
): Promise<ScanReport | NoReport | null> {
  const { gate, 'live-image': live, repository } = inputs;
  if (gate === 'all') return null;
  const none = (unavailable: string): NoReport => {
    log.warning(`gate: new has no baseline, so every finding counts: ${unavailable}`);
    return { unavailable };
  };
  if (live === null) return none('the input live-image is empty, as before the first release');
  const reference = parseReference(live);
  const digest = reference?.digest ?? null;
  if (reference === null || digest === null) return none(`${live} names no digest`);
  if (repositoryText(reference.repository) !== repositoryText(repository)) {
    return none(`${live} is not in ${repositoryText(repository)}, and the sign-in is for that one only`);
  }
  try {
    const own = await work();
    const layout = await own.part('live-image');
    const before = await watch.time('load live image', () => registry.pull(digest, layout, image));
    if (before === null) return none(`the registry does not have ${live}`);
    // In a folder of its own: what the scanner keeps of the new image's scan must stay.
    const { scanner: again } = await scanner(await own.part('live-scan'));
    const found = await watch.time(`${again.name} of the live image`, () => again.scan(before, signal));
    log.info(
      `baseline: ${String(found.findings.length)} findings in ${shortDigest(digest)}, which serves now`,
    );
    return found;
  } catch (error) {
    signal.throwIfAborted();
    return none(`the live image could not be loaded and scanned: ${String(error)}`);
  }
}
