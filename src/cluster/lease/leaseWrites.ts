import type { ServiceName } from '../../domain/routing/host.ts';
import { microTime, parseLease, processAnnotation, titleAnnotation } from '../../domain/release/lease.ts';
import type { Claim, LeaseHolder } from '../../domain/release/lease.ts';
import { numberAt, objectAt, textAt } from '../../domain/json.ts';
import { ConflictError, ConnectionError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Holder } from './holder.ts';
import type { KubeApi, KubeObject } from '../api/kubeApi.ts';
import { leases } from '../api/resources.ts';

export const durationMs = 15_000;

/** `from`: who held it until now. */
export type ClaimOutcome =
  | { readonly kind: 'claimed'; readonly lease: KubeObject; readonly from: LeaseHolder | null }
  | { readonly kind: 'busy'; readonly holder: LeaseHolder };

/** The Lease object, read and written by compare and swap. */
export interface LeaseWrites {
  read(name: ServiceName): Promise<Claim | null>;
  /**
   * Who took a lease of ours since it was written like this: also one who has given it back already, which a look at
   * the holder alone would miss. null when nobody did; deleted by hand, it is nobody's.
   */
  takenFromUs(name: ServiceName, ours: KubeObject): Promise<Taker | null>;
  /** Ours afterwards, unless another's claim is there and `isOver` says no. Each write is announced by `onFree`. */
  claim(name: ServiceName, isOver: (claim: Claim) => boolean, onFree?: () => void): Promise<ClaimOutcome>;
  /** @throws ConflictError when it is not as it was */
  renew(lease: KubeObject): Promise<KubeObject>;
  /** Names no holder any more. @throws ConflictError when it is not as it was */
  clear(lease: KubeObject): Promise<void>;
}

export interface Taker {
  readonly title: string;
  /** null when it is given back. */
  readonly since: string | null;
}

const attempts = 5;

export const leaseName = ({ service }: { readonly service: string }): string => `${service}-release`;

export function leaseWrites(api: KubeApi, clock: Clock, me: Holder): LeaseWrites {
  const read = (name: ServiceName): Promise<KubeObject | null> =>
    api.get(leases, name.namespace, leaseName(name));
  const isOurs = ({ holder }: Claim): boolean => holder.identity === me.identity;
  const once: LeaseWrites['claim'] = async (name, isOver, onFree) => {
    const found = await read(name);
    const claim = found === null ? null : parseLease(found);
    const other = claim === null || isOurs(claim) ? null : claim;
    if (other !== null && !isOver(other)) return { kind: 'busy', holder: other.holder };
    const ours = claimed(name, found, me, clock.now());
    onFree?.();
    const lease = await (found === null ? api.create(leases, ours) : api.update(leases, ours));
    return { kind: 'claimed', lease, from: other?.holder ?? null };
  };
  return {
    async read(name) {
      const found = await read(name);
      return found === null ? null : parseLease(found);
    },
    async takenFromUs(name, ours) {
      const found = await read(name);
      const claim = found === null ? null : parseLease(found);
      if (found === null || (claim !== null && isOurs(claim))) return null;
      if (claim !== null) return { title: claim.holder.title, since: claim.holder.since };
      if (transitionsOf(found) === transitionsOf(ours)) return null;
      const annotations = found.metadata.annotations ?? {};
      return { title: annotations[titleAnnotation] ?? 'somebody', since: null };
    },
    async claim(name, isOver, onFree) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(name, isOver, onFree);
        } catch (error) {
          // A connection that broke does not tell whether the write arrived: the next look does.
          const mayPass =
            error instanceof ConflictError || (error instanceof ConnectionError && attempt === 1);
          if (!mayPass || attempt === attempts) throw error;
        }
      }
    },
    renew: (lease) =>
      api.update(leases, {
        ...lease,
        spec: { ...objectAt(lease, 'spec'), renewTime: microTime(clock.now()) },
      }),
    async clear(lease) {
      const { leaseTransitions } = objectAt(lease, 'spec');
      await api.update(leases, { ...lease, spec: { leaseTransitions } });
    },
  };
}

/** Counts up with every new holder, and stays when one gives it back. */
const transitionsOf = (lease: KubeObject): number | null =>
  numberAt(objectAt(lease, 'spec'), 'leaseTransitions');

function claimed(name: ServiceName, found: KubeObject | null, me: Holder, nowMs: number): KubeObject {
  const before = found === null ? {} : objectAt(found, 'spec');
  const isOurs = textAt(before, 'holderIdentity') === me.identity;
  const now = microTime(nowMs);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...found?.metadata,
      name: leaseName(name),
      namespace: name.namespace,
      labels: {
        ...found?.metadata.labels,
        'app.kubernetes.io/managed-by': 'c4ang-actions',
        'app.kubernetes.io/name': name.service,
      },
      annotations: {
        ...found?.metadata.annotations,
        [titleAnnotation]: me.title,
        [processAnnotation]: me.process,
      },
    },
    spec: {
      holderIdentity: me.identity,
      leaseDurationSeconds: durationMs / 1_000,
      acquireTime: isOurs ? (textAt(before, 'acquireTime') ?? now) : now,
      renewTime: now,
      leaseTransitions: (numberAt(before, 'leaseTransitions') ?? -1) + (isOurs ? 0 : 1),
    },
  };
}
