import type { Repository } from '../domain/image/reference.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { RegistryCredentials } from './credentials.ts';
import { readFacts } from './facts.ts';
import { findManifest } from './manifests.ts';
import { pull } from './pull.ts';
import { push } from './push.ts';
import { attach, readArtifact, readReferrers } from './referrers.ts';
import type { ReferrersWork } from './referrers.ts';
import type { Registry } from './registry.ts';
import { RepositoryHttp } from './repositoryHttp.ts';
import { attemptsWithin } from './retry.ts';
import type { Attempts } from './retry.ts';

export interface RegistryOptions {
  readonly repository: Repository;
  readonly credentials: RegistryCredentials;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** For one push or one question, retries and all. */
  readonly timeoutMs: number;
}

export type OpenRegistry = (options: RegistryOptions) => Registry;

/**
 * A repository of any registry that speaks the OCI distribution protocol: by https, and by http on this machine only.
 * Nothing is asked before the first call.
 */
export const openRegistry: OpenRegistry = (options) => {
  const { repository, credentials } = options;
  const http = new RepositoryHttp(repository, credentials);
  const attempts = (): Attempts => attemptsWithin({ ...options, registry: repository.registry });
  const work = (): ReferrersWork => ({ ...options, http, attempts: attempts() });
  return {
    find: (reference) =>
      attempts()(`look for ${reference}`, (signal) => findManifest(http, reference, signal)),
    facts: (reference) => readFacts(http, attempts(), reference),
    pull: (digest, layout, near) => pull({ http, attempts: attempts(), layout, near }, digest),
    push: (image, tags) => push({ ...options, http }, image, tags),
    referrers: (digest) => readReferrers(work(), digest),
    attach: (digest, artifact) => attach(work(), digest, artifact),
    artifact: (digest, folder) => readArtifact(work(), digest, folder),
  };
};
