import type { Repository } from '../domain/image/reference.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { RegistryCredentials } from './credentials.ts';
import type { Registry } from './registry.ts';

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
