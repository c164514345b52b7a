import type { Release } from '../../domain/release/release.ts';
import { takesTraffic } from '../../domain/routing/routing.ts';
import type { ServiceRouting } from '../../domain/routing/routing.ts';
import type { Slot } from '../../domain/slot.ts';
import type { Mesh, ServicePod } from '../../mesh/mesh.ts';
import { PreconditionError } from '../../runtime/errors.ts';

export interface Candidate {
  readonly slot: Slot;
  readonly version: string;
  /** Ready ones, at least one. */
  readonly pods: readonly ServicePod[];
}

/**
 * The deployed candidate of the release on record, which no user reaches yet.
 * @throws PreconditionError when there is none, or when users reach it already
 */
export async function findCandidate(
  mesh: Mesh,
  routing: ServiceRouting,
  release: Release | null,
): Promise<Candidate> {
  const { service, namespace } = routing.name;
  const version = release === null ? undefined : release.slots[release.candidate]?.version;
  if (release === null || version === undefined) {
    throw new PreconditionError(`no candidate of ${service} is on record`, 'Run deploy-green first.');
  }
  const slot = release.candidate;
  if (!isToBeVerified(release)) {
    throw new PreconditionError(
      `release ${release.id} of ${version} is ${release.phase}: there is nothing to verify`,
      'Run deploy-green first: it puts a candidate into the slot without traffic.',
    );
  }
  if (takesTraffic(routing, slot)) {
    throw new PreconditionError(
      `${slot} takes traffic already: ${routing.disagreement ?? 'it is no candidate'}`,
      'Move the traffic away first: switch-traffic with to: previous.',
    );
  }
  const pods = (await mesh.pods(routing))[slot].filter(({ ready }) => ready);
  if (pods.length > 0) return { slot, version, pods };
  throw new PreconditionError(
    `${slot} has no ready pod`,
    `Look at it: kubectl get pods -n ${namespace} -l ${Object.entries(
      routing.destinationRule.subsets[slot].labels,
    )
      .map(([key, value]) => `${key}=${value}`)
      .join(',')}`,
  );
}

/** Deployed; or verified before, well or badly, or cut off in it: that may be done again. */
function isToBeVerified({ phase, verdicts }: Release): boolean {
  if (phase === 'failed') return verdicts.verify !== undefined;
  return phase === 'deployed' || phase === 'verifying' || phase === 'verified';
}
