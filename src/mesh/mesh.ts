import type { PodAddress } from '../cluster/kubeApi.ts';
import type { ServiceName } from '../domain/host.ts';
import type { ObjectName, ServiceRouting } from '../domain/routing.ts';
import type { Slot } from '../domain/slot.ts';
import type { Split } from '../domain/split.ts';

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
  readonly ready: boolean;
  readonly labels: Readonly<Record<string, string>>;
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
}

export interface ProofOptions {
  readonly timeoutMs: number;
  /** `clock.monotonic()` of the accepted change; the proof's own start when absent. */
  readonly sinceMs?: number;
  readonly signal?: AbortSignal;
}

export interface SplitChange {
  /** false when every managed route had the target already: nothing was written. */
  readonly changed: boolean;
  /** `clock.monotonic()` when the API server had accepted the last write. */
  readonly acceptedMs: number;
  readonly virtualServices: readonly ObjectName[];
}

/** Requests as one proxy counted them for one endpoint, since that proxy knows the endpoint. */
export interface HostCounter {
  /** Proxy and endpoint: a restarted proxy and a replaced pod are new sources that count from 0. */
  readonly source: string;
  /** Attempts, retries included. */
  readonly requests: number;
  /** 5xx answers and broken connections. */
  readonly errors: number;
}

export type SlotCounters = Readonly<Record<Slot, readonly HostCounter[]>>;

/**
 * The service mesh as a release sees it. All methods throw PermissionError, ConnectionError
 * as the cluster does.
 */
export interface Mesh {
  /** @throws PreconditionError that names what is missing or cannot be managed, and the remedy */
  read(name: ServiceName): Promise<ServiceRouting>;

  /** The pods that the Service selects, by subset. */
  pods(routing: ServiceRouting): Promise<ServicePods>;

  /**
   * Every ready pod of every Gateway that the VirtualServices are bound to.
   * @throws PreconditionError for a Gateway that does not exist or has no ready pod
   */
  gateways(routing: ServiceRouting): Promise<readonly Proxy[]>;

  /** Pods with a sidecar whose Envoy knows the service, the busiest first. */
  callers(routing: ServiceRouting): Promise<readonly Caller[]>;

  /**
   * Writes the weights of every managed route: compare and swap, weights only, read back and compared.
   * Several VirtualServices are written in their order and put back in reverse when one fails.
   * @throws ConflictError after five lost races; RollbackError when a put-back failed
   */
  setSplit(routing: ServiceRouting, target: Split): Promise<SplitChange>;

  /**
   * Asks every gateway, and every caller's sidecar when the mesh is governed, until all serve the target.
   * @throws DeadlineError naming the proxies that never did
   */
  proveSplit(routing: ServiceRouting, target: Split, options: ProofOptions): Promise<Proof>;

  /**
   * Asks every gateway (and callers as above) until each knows the slot's cluster with exactly these endpoints, all healthy.
   * @param endpoints pod IPs
   * @throws DeadlineError naming the proxies that never did
   */
  proveSubset(
    routing: ServiceRouting,
    slot: Slot,
    endpoints: readonly string[],
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

  /** What every proxy has counted for each slot's endpoints. */
  counters(routing: ServiceRouting): Promise<SlotCounters>;
}

export interface Preview {
  readonly slot: Slot;
  /** Lower case. */
  readonly header: string;
  readonly value: string;
}
