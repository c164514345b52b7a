import type { Situation } from '../../src/domain/report/report.ts';
import type { Release } from '../../src/domain/release/release.ts';
import type { Status } from '../../src/domain/status/status.ts';
import { shop } from './shop.ts';

export const runUrl = 'https://github.com/c4ang/shop/actions/runs/7/attempts/1';

/** A release that went well, minute by minute. */
export const releaseOf = (changes: Partial<Release> = {}): Release => ({
  id: 'rel-20261121040000-9f86d0',
  ...shop,
  phase: 'stable',
  candidate: 'green',
  slots: {
    blue: { version: 'v1.0.0', image: `shop/order-api@sha256:${'b'.repeat(64)}` },
    green: { version: 'v1.1.0', image: `shop/order-api@sha256:${'a'.repeat(64)}` },
  },
  splitBefore: { blue: 100, green: 0 },
  splitAfter: { blue: 0, green: 100 },
  verdicts: {
    verify: { verdict: 'pass', reason: '24 of 24 requests answered as expected' },
    monitor: { verdict: 'pass', reason: '3 of 9000 requests failed (0.03 %), at most 1 % allowed' },
  },
  timeline: [
    entry('00:00', 'deploying', 100),
    entry('00:31', 'deployed', 100),
    entry('00:32', 'verifying', 100),
    entry('00:36', 'verified', 100),
    entry('01:00', 'switching', 100),
    entry('01:01', 'switching', 70),
    entry('02:01', 'switching', 70),
    entry('02:02', 'monitoring', 0),
    entry('07:02', 'stable', 0),
  ],
  runUrl,
  actor: 'kim',
  commit: '0123456789abcdef0123456789abcdef01234567',
  ...changes,
});

export const entry = (at: string, phase: Release['phase'], blue: number): Release['timeline'][number] => ({
  at: `2026-11-21T04:${at}.000Z`,
  phase,
  note: `${phase}, for people`,
  split: { blue, green: 100 - blue },
});

const slot = (name: 'blue' | 'green', percent: number) => ({
  slot: name,
  role: percent > 0 ? ('live' as const) : ('standby' as const),
  percent,
  versions: ['v1.1.0'],
  digests: [],
  ready: 2,
  pods: 2,
  wanted: 2,
  rolledOutAt: null,
});

export const statusWith = (release: Release | null, changes: Partial<Status> = {}): Status => ({
  schemaVersion: 1,
  ...shop,
  at: '2026-11-21T04:07:05.000Z',
  health: 'well',
  serving: 'v1.1.0 in slot green, 100 %',
  live: 'green',
  split: { blue: 0, green: 100 },
  slots: { blue: slot('blue', 0), green: slot('green', 100) },
  proxies: [],
  proxiesAgree: true,
  lease: null,
  release,
  findings: [],
  next: [],
  ...changes,
});

export const situation = (
  release: Release | null = releaseOf(),
  changes: Partial<Situation> = {},
): Situation => ({
  name: shop,
  at: new Date('2026-11-21T04:07:05.000Z'),
  event: 'result',
  result: 'success',
  releaseId: null,
  version: null,
  image: null,
  status: { value: statusWith(release) },
  run: { url: runUrl, actor: 'kim', sha: '0123456789abcdef0123456789abcdef01234567', ref: 'main' },
  ...changes,
});
