import type { LeaseHolder } from '../release/lease.ts';
import { asFound } from '../release/asFound.ts';
import type { Release } from '../release/release.ts';
import type { ServiceRouting } from '../routing/routing.ts';
import { slots } from '../slot.ts';
import type { Slot } from '../slot.ts';
import { sameSplit } from '../split.ts';
import type { Split } from '../split.ts';
import { valueOf } from './facts.ts';
import type { Finding, NextStep, ProxyStatus, SlotStatus, StatusFacts } from './facts.ts';
import { findingsOf } from './findings.ts';
import { nextSteps } from './next.ts';
import { slotStatus } from './slotStates.ts';

/** What serves the users of a service, what is under way, what is wrong, and what to type next. */
export interface Status {
  readonly schemaVersion: 1;
  readonly service: string;
  readonly namespace: string;
  /** ISO 8601. */
  readonly at: string;
  /** `wrong` when there is a finding that is. */
  readonly health: 'well' | 'wrong';
  /** One line: what serves the users now. */
  readonly serving: string;
  readonly live: Slot | null;
  readonly split: Split | null;
  readonly slots: Readonly<Record<Slot, SlotStatus>>;
  readonly proxies: readonly ProxyStatus[];
  /** Whether every proxy that was asked serves what the API server has; null when none could be asked. */
  readonly proxiesAgree: boolean | null;
  readonly lease: LeaseHolder | null;
  readonly release: Release | null;
  readonly findings: readonly Finding[];
  readonly next: readonly NextStep[];
}

export function statusOf(read: StatusFacts): Status {
  const facts = recordAsFound(read);
  const { name, at, lease } = facts;
  const routing = valueOf(facts.routing);
  const record = valueOf(facts.record);
  const release = record?.kind === 'release' ? record.release : null;
  const proxies = valueOf(facts.proxies) ?? [];
  const bySlot = { blue: slotStatus(facts, 'blue'), green: slotStatus(facts, 'green') };
  const findings = findingsOf(facts, bySlot);
  const split = routing?.split ?? null;
  return {
    schemaVersion: 1,
    ...name,
    at: at.toISOString(),
    health: findings.some(({ severity }) => severity === 'wrong') ? 'wrong' : 'well',
    serving: servingLine(routing, proxies, bySlot),
    live: routing?.live ?? null,
    split,
    slots: bySlot,
    proxies,
    proxiesAgree: proxies.length === 0 ? null : proxies.every(({ difference }) => difference === null),
    lease: valueOf(lease),
    release,
    findings,
    next: nextSteps(facts, bySlot),
  };
}

function recordAsFound(facts: StatusFacts): StatusFacts {
  const [routing, record] = [valueOf(facts.routing), valueOf(facts.record)];
  if (routing === null || record?.kind !== 'release') return facts;
  return { ...facts, record: { value: { ...record, release: asFound(record.release, routing) } } };
}

type BySlot = Readonly<Record<Slot, SlotStatus>>;

function servingLine(
  routing: ServiceRouting | null,
  proxies: readonly ProxyStatus[],
  bySlot: BySlot,
): string {
  // What the gateways say is what users get, whatever the API server has.
  const answered = proxies.filter(({ splits }) => splits.length > 0);
  const seen = answered.flatMap(({ splits }) => splits);
  const [first] = seen;
  if (first !== undefined && seen.every((split) => sameSplit(split, first))) {
    return inWords(first, bySlot);
  }
  if (first !== undefined) {
    const all = [
      ...new Set(answered.map(({ splits }) => splits.map((one) => inWords(one, bySlot)).join(' and '))),
    ];
    return `the proxies differ: ${all.join('; or ')}`;
  }
  if (routing === null) return 'unknown: the routes could not be read';
  if (routing.split === null) return `the routes disagree: ${routing.disagreement ?? ''}`;
  return `${inWords(routing.split, bySlot)} (by the API server; no proxy was seen)`;
}

const inWords = (split: Split, bySlot: BySlot): string =>
  slots
    .filter((slot) => split[slot] > 0)
    .map((slot) => {
      const { versions, ready } = bySlot[slot];
      const version = versions.length === 0 ? 'a version without a label' : versions.join(' and ');
      return `${ready === 0 ? 'nothing ready' : version} in slot ${slot}, ${String(split[slot])} %`;
    })
    .join('; ');
