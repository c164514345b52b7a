import type { Exposure } from '../exposure/checks.ts';
import type { ServiceName } from '../routing/host.ts';
import type { LeaseHolder } from '../release/lease.ts';
import type { Release } from '../release/release.ts';
import type { ServiceRouting } from '../routing/routing.ts';
import type { Role, Slot } from '../slot.ts';
import type { Split } from '../split.ts';
import type { Workload, WorkloadPod } from '../release/workload.ts';

/** What was read, or why it could not be: status says what it can, and says what it cannot. */
export type Told<T> = { readonly value: T } | { readonly why: string; readonly remedy: string };

export const valueOf = <T>(told: Told<T>): T | null => ('value' in told ? told.value : null);

/** What one proxy serves, asked in the proxy itself. */
export interface ProxyStatus {
  readonly kind: 'gateway' | 'caller';
  readonly namespace: string;
  readonly pod: string;
  /** One for each that its routes have; empty when it did not answer. */
  readonly splits: readonly Split[];
  /** How it differs from what the API server has; null when it does not. */
  readonly difference: string | null;
  readonly preview: boolean;
}

export type RecordSeen =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'release'; readonly release: Release };

/** Everything that the status is made of, as it was read at one moment. */
export interface StatusFacts {
  readonly name: ServiceName;
  readonly at: Date;
  /** Read as leniently as for a rollback. */
  readonly routing: Told<ServiceRouting>;
  /** Why it could not be switched forward; null when it could. */
  readonly refusal: { readonly why: string; readonly remedy: string } | null;
  readonly workloads: Readonly<Record<Slot, Told<Workload | null>>>;
  /** By the slot that selects them: in both lists when both do. */
  readonly pods: Readonly<Record<Slot, Told<readonly WorkloadPod[]>>>;
  /** Names of pods that both subsets select, or neither. */
  readonly strays: { readonly both: readonly string[]; readonly neither: readonly string[] };
  readonly proxies: Told<readonly ProxyStatus[]>;
  readonly exposure: Told<Exposure>;
  readonly record: Told<RecordSeen>;
  readonly lease: Told<LeaseHolder | null>;
}

export interface SlotStatus {
  readonly slot: Slot;
  readonly role: Role;
  /** Percent of the users, as the API server has it; null when there is no single split. */
  readonly percent: number | null;
  /** Of its pods; what its Deployment says when there is none. */
  readonly versions: readonly string[];
  /** `sha256:…`, as its pods run them. */
  readonly digests: readonly string[];
  readonly ready: number;
  readonly pods: number;
  /** What its Deployment asks for; null without one. */
  readonly wanted: number | null;
  /** ISO 8601; null when nobody can tell. */
  readonly rolledOutAt: string | null;
}

/** `wrong`: somebody has to do something. `note`: good to know. */
export interface Finding {
  readonly severity: 'wrong' | 'note';
  readonly what: string;
  readonly remedy: string;
}

export interface NextStep {
  /** To type, or (for what only a workflow does) the action to run. */
  readonly command: string;
  readonly why: string;
}
