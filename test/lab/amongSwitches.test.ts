import { describe, expect, test } from '@jest/globals';
import { describeRequest, switchAt } from '../../lab/load/amongSwitches.ts';
import type { SwitchSpan } from '../../lab/load/amongSwitches.ts';

const t0 = 1_795_000_000_000;
const span = (name: string, fromMs: number): SwitchSpan => ({
  name,
  startedMs: t0 + fromMs,
  patchedMs: t0 + fromMs + 300,
  endedMs: t0 + fromMs + 500,
});
const first = span('switch 1 to green', 1000);
const second = span('switch 2 to blue', 1600);
const switches = [first, second];
const request = (sentMs: number, tookMs: number, all = switches): string =>
  describeRequest(
    '503 UO',
    { path: 'gateway/a', sentMs: t0 + sentMs, answeredMs: t0 + sentMs + tookMs },
    all,
  );

test('an instant is of a switch from its start until before its end', () => {
  const at = (ms: number): string | null => switchAt(switches, t0 + ms)?.name ?? null;
  expect([999, 1000, 1499, 1500, 1599, 1600, 2099, 2100].map(at)).toEqual([
    null,
    first.name,
    first.name,
    null,
    null,
    second.name,
    second.name,
    null,
  ]);
});

describe('a request among switches', () => {
  test('in one: how long after its start, on which side of its patch, how long before its end', () => {
    expect(request(1290, 7)).toBe(
      '503 UO by gateway/a: sent in switch 1 to green, 290 ms after its start, 10 ms before its patch was accepted, 210 ms before its end; took 7 ms',
    );
    expect(request(1912, 7)).toContain(
      'in switch 2 to blue, 312 ms after its start, 12 ms after its patch was accepted, 188 ms before its end',
    );
  });

  test('outside of any: how far from those before and after it, where there are', () => {
    expect(request(1520, 3)).toBe(
      '503 UO by gateway/a: sent outside of a switch, 20 ms after the end of switch 1 to green, 80 ms before the start of switch 2 to blue; took 3 ms',
    );
    expect(request(0, 3)).toContain(
      'sent outside of a switch, 1000 ms before the start of switch 1 to green;',
    );
    expect(request(2100, 3)).toContain('sent outside of a switch, 0 ms after the end of switch 2 to blue;');
    expect(request(0, 3, [])).toBe('503 UO by gateway/a: sent outside of a switch; took 3 ms');
  });

  test('sent in one place and answered in another: both', () => {
    expect(request(1450, 60)).toBe(
      '503 UO by gateway/a: sent in switch 1 to green, 450 ms after its start, 150 ms after its patch was accepted, 50 ms before its end; took 60 ms, answered outside of a switch, 10 ms after the end of switch 1 to green, 90 ms before the start of switch 2 to blue',
    );
  });
});
