import type { PodAddress } from '../cluster/api/kubeApi.ts';
import type { Exposure } from '../domain/exposure/checks.ts';
import type { CounterSample } from '../domain/verdict/counters.ts';
import type { ServiceName } from '../domain/routing/host.ts';
import type { Preview } from '../domain/routing/previewPlan.ts';
import type { ManagedVirtualService, Purpose, ServiceRouting } from '../domain/routing/routing.ts';
import type { Slot } from '../domain/slot.ts';
import type { Split } from '../domain/split.ts';
import type { Verify } from './proxies/sampleSidecars.ts';

/** An Envoy that serves the service's callers: a gateway's, or the sidecar of a caller in the mesh. */
export interface Proxy {
  readonly kind: 'gateway' | 'caller';
  readonly pod: PodAddress;
  readonly uid: string;
}

/** A pod with a sidecar that knows the service. */
export interface Caller {
  readonly pod: PodAddress;
  /** Requests its Envoy has sent to the service (all of its clusters) since it started. */
  readonly requests: number;
}

/** A pod that the Service selects. */
export interface ServicePod {
  readonly name: string;
  readonly uid: string;
  /** Empty until it has one. */
  readonly ip: string;
  /** Where it listens for the service; null when the Service names a port that it does not have. */
  readonly port: number | null;
  readonly ready: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** The Deployment it belongs to; null for pods that stand alone. */
  readonly deployment: string | null;
}

/** The Service's pods, by the subset that selects them. Terminating pods are left out. */
export interface ServicePods {
  readonly blue: readonly ServicePod[];
  readonly green: readonly ServicePod[];
  /** Selected by both subsets: also in both lists above. */
  readonly both: readonly ServicePod[];
  /** Selected by neither subset: reached only by what bypasses the weights. */
  readonly neither: readonly ServicePod[];
}

export interface ProxyTiming {
  readonly proxy: Proxy;
  /** From the start of the proof, which is the moment the API server accepted the change. */
  readonly ms: number;
}

/** Seen in the proxies themselves. Never empty. */
export interface Proof {
  readonly proxies: readonly ProxyTiming[];
  readonly worstMs: number;
  /** Sidecars that were not asked, because there are many or because they were not to be. */
  readonly unasked: number;
  /** How many sidecars, asked or not, are of workloads that were seen to call; null when that is not known. */
  readonly callers: number | null;
  /** What istiod says of those that were not asked; null when it was not to be asked. */
  readonly rest: Rest | null;
}

/** Sidecars that were not asked themselves, by what every istiod has told them and they have taken. */
export type Rest =
  | {
      readonly kind: 'told';
      /** Have taken routes at least as new as those that were proven. */
      readonly current: number;
      /** Were sent no such routes. */
      readonly unsent: number;
      /** Of these istiod says nothing that could be judged. */
      readonly unknown: number;
      /** Istiods that did not answer, each with its reason. */
      readonly silent: readonly string[];
    }
  | { readonly kind: 'unasked'; readonly why: string };

export interface ProofOptions {
  readonly timeoutMs: number;
  /** `clock.monotonic()` of the accepted change; the proof's own start when absent. */
  readonly sinceMs?: number;
  readonly signal?: AbortSignal;
  /** `all` when absent: only a step that tells how many it left out may ask fewer. */
  readonly verify?: Verify;
  /** Whether istiod is asked about the sidecars that were left out of a sample. */
  readonly andRest?: boolean;
}

export interface SplitChange {
  /** false when every managed route had the target already: nothing was written. */
  readonly changed: boolean;
  /** `clock.monotonic()` when the API server had accepted the last write. */
  readonly acceptedMs: number;
  /** As they were before, in the order in which they were written. */
  readonly previous: readonly ManagedVirtualService[];
}

/** What one proxy serves at one moment. */
export interface ProxySplit {
  readonly proxy: Proxy;
  /** One for each that its routes to the service have; empty when it did not answer. */
  readonly splits: readonly Split[];
  /** How it differs from what the API server has, or why it did not answer; null when it does not differ. */
  readonly difference: string | null;
  readonly preview: boolean;
}

/** A listener of a gateway's pod, and the host that leads to the service there. */
export interface Entry {
  readonly proxy: Proxy;
  readonly port: number;
  readonly host: string;
}

/** Whose counters are read. */
export interface CountOptions {
  /** `all` when absent. */
  readonly verify?: Verify;
  /** These and no others: they are known already. */
  readonly proxies?: readonly Proxy[];
}

/** What the proxies have counted for each slot's endpoints at one moment. */
export interface ProxyCounters {
  readonly slots: Readonly<Record<Slot, CounterSample>>;
  /** Proxies that should have answered and did not, with the reason. */
  readonly silent: readonly string[];
}

/**
 * The service mesh as a release sees it. All methods throw PermissionError, ConnectionError
 * as the cluster does.
 */
export interface Mesh {
  /**
   * @param purpose `forward` when absent. `back` overlooks whatever does not keep weights from being written; all
   * that is done with such a routing (writes, proofs) is as lenient
   * @throws PreconditionError that names what is missing or cannot be managed, and the remedy
   */
  read(name: ServiceName, purpose?: Purpose): Promise<ServiceRouting>;

  /** The pods that the Service selects, by subset. */
  pods(routing: ServiceRouting): Promise<ServicePods>;

  /**
   * Every ready pod of every Gateway that the VirtualServices are bound to.
   * @throws PreconditionError for a Gateway that does not exist or has no ready pod
   */
  gateways(routing: ServiceRouting): Promise<readonly Proxy[]>;

  /** Pods with a sidecar whose Envoy knows the service, the busiest first. */
  callers(routing: ServiceRouting): Promise<readonly Caller[]>;

  /** Workloads without a proxy that name the service, and whether its pods are in ambient mode. */
  exposure(routing: ServiceRouting): Promise<Exposure>;

  /**
   * Writes the weights of every managed route: compare and swap, weights only, read back and compared.
   * Several VirtualServices are written in their order and put back in reverse when one fails.
   * @throws ConflictError after five lost races; RollbackError when a put-back failed
   */
  setSplit(routing: ServiceRouting, target: Split): Promise<SplitChange>;

  /**
   * Puts back the weights as they were before a change, the last written first.
   * @throws RollbackError naming what could not be put back
   */
  putBack(routing: ServiceRouting, change: SplitChange): Promise<SplitChange>;

  /**
   * Makes every write fail that was planned on what was read before now, in any process: what serves does not change.
   * @param note who does it and why, for people
   */
  fence(routing: ServiceRouting, note: string): Promise<void>;

  /**
   * Asks every gateway, and every caller's sidecar when the mesh is governed, until all serve the target:
   * a split, or `as-read` for what each route of this routing says.
   * @throws DeadlineError naming the proxies that never did
   */
  proveSplit(routing: ServiceRouting, target: Split | 'as-read', options: ProofOptions): Promise<Proof>;

  /**
   * Asks every gateway (and callers as above) until each knows the slot's cluster with exactly these endpoints, all healthy.
   * @param endpoints pod IPs; while they are looked up, so are the proxies
   * @throws DeadlineError naming the proxies that never did
   */
  proveSubset(
    routing: ServiceRouting,
    slot: Slot,
    endpoints: readonly string[] | Promise<readonly string[]>,
    options: ProofOptions,
  ): Promise<Proof>;

  /**
   * Only for subsets that select by `version`: points the slot's subset at a version. Compare and swap.
   * @returns false when it was so already
   * @throws PreconditionError when the slot takes traffic, or has no `version` in its subset
   */
  setSubsetVersion(routing: ServiceRouting, slot: Slot, version: string): Promise<boolean>;

  /**
   * Opens the header route to the slot in every gateway-bound VirtualService: clones of the managed
   * routes, before them, matching `header: value` besides. Replaces what a killed run left behind.
   */
  openPreview(routing: ServiceRouting, preview: Preview): Promise<SplitChange>;

  /** Removes every preview route of the service. */
  closePreview(routing: ServiceRouting): Promise<SplitChange>;

  /** Asks every gateway until the preview is there (or gone: null) in each. */
  provePreview(routing: ServiceRouting, preview: Preview | null, options: ProofOptions): Promise<Proof>;

  /**
   * Where a request for the service enters each gateway: plain http listeners only.
   * @throws PreconditionError for a gateway that serves the service by TLS alone
   */
  entries(routing: ServiceRouting): Promise<readonly Entry[]>;

  /**
   * What every gateway, and every caller's sidecar when the mesh is governed, serves now: asked once, judged by nobody.
   * @throws PreconditionError for a Gateway that does not exist or has no ready pod
   */
  splits(routing: ServiceRouting): Promise<readonly ProxySplit[]>;

  /** What every gateway and every caller's sidecar has counted; or those alone that the options say. */
  counters(routing: ServiceRouting, options?: CountOptions): Promise<ProxyCounters>;
}
