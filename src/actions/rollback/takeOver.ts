import type { ServiceName } from '../../domain/host.ts';

/** Who held the lease when the rollback took it. It may not know yet, and write once more until then. */
export interface Interrupted {
  /** `switch-traffic of <run>, by <actor>`. */
  readonly title: string;
  /** ISO 8601: when its lease would have ended, and it stops by itself at the latest. */
  readonly until: string;
}

/** Takes the service's lease from whoever holds it. Never blocks, never throws: what goes wrong is a warning. */
export type TakeOver = (name: ServiceName) => Promise<Interrupted | null>;
