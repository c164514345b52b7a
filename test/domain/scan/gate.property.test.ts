import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeScan } from '../../../src/domain/scan/gate.ts';
import type { GateRules } from '../../../src/domain/scan/gate.ts';
import { severities } from '../../../src/domain/scan/report.ts';
import type { ScanFinding, ScanReport } from '../../../src/domain/scan/report.ts';
import { dayMs, now, report } from './findings.ts';

/** More of them where there is time: PROPERTY_RUNS=10000. */
const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) };

// Few names, so that findings, baselines and allow lists meet.
const anyFinding: fc.Arbitrary<ScanFinding> = fc
  .record({
    kind: fc.constantFrom('vulnerability', 'secret', 'misconfiguration'),
    id: fc.constantFrom('CVE-1', 'CVE-2', 'CVE-3'),
    package: fc.constantFrom('a', 'b'),
    installed: fc.constantFrom('1.0', '1.1'),
    fixed: fc.option(fc.constant('2.0')),
    severity: fc.constantFrom(...severities),
    target: fc.constantFrom('debian', 'app.jar'),
  })
  .map(({ fixed, ...rest }) => ({ ...rest, ...(fixed === null ? {} : { fixed }) }));
const findings = fc.array(anyFinding, { maxLength: 6 });

const anyReport: fc.Arbitrary<ScanReport> = fc
  .record({ findings, age: fc.constantFrom(0, 1, 10) })
  .map(({ findings: found, age }) => ({
    ...report(...found),
    database: { built: new Date(now - age * dayMs).toISOString() },
  }));

const entry = fc
  .record({
    id: fc.constantFrom('CVE-1', 'CVE-2', 'CVE-4'),
    package: fc.option(fc.constantFrom('a', 'b')),
    expires: fc.constantFrom('2026-11-20', '2026-11-21', '2027-01-01'),
  })
  .map(({ package: name, ...rest }) => ({
    ...rest,
    reason: 'seen',
    ...(name === null ? {} : { package: name }),
  }));

const anyRules: fc.Arbitrary<GateRules> = fc
  .record({
    severity: fc.constantFrom(...severities),
    ignoreUnfixed: fc.boolean(),
    allow: fc.array(entry, { maxLength: 3 }),
    gate: fc.constantFrom('all', 'new'),
    baseline: fc.option(fc.oneof(anyReport, fc.constant({ unavailable: 'no live version' }))),
  })
  .map(({ baseline, ...rest }) => ({
    ...rest,
    maxDatabaseAgeMs: 3 * dayMs,
    ...(baseline === null ? {} : { baseline }),
  }));

const isOpen = (scan: ScanReport, rules: GateRules, at = now): boolean =>
  judgeScan(scan, rules, at).verdict === 'pass';

/** What must never open a gate that is closed. */
const never = (
  what: string,
  harder: fc.Arbitrary<(scan: ScanReport, rules: GateRules) => readonly [ScanReport, GateRules]>,
): void => {
  test(`${what} never opens a closed gate`, () => {
    fc.assert(
      fc.property(anyReport, anyRules, harder, (scan, rules, change) => {
        const [harderScan, harderRules] = change(scan, rules);
        return isOpen(scan, rules) || !isOpen(harderScan, harderRules);
      }),
      runs,
    );
  });
};

never(
  'one more finding',
  fc
    .record({ more: anyFinding, place: fc.nat(6) })
    .map(({ more, place }) => (scan, rules) => [
      { ...scan, findings: scan.findings.toSpliced(place, 0, more) },
      rules,
    ]),
);
never(
  'a worse finding',
  fc.nat(6).map((place) => (scan, rules) => [
    {
      ...scan,
      findings: scan.findings.map((one, at) => (at === place ? { ...one, severity: 'critical' } : one)),
    },
    rules,
  ]),
);
never(
  'taking the baseline away',
  fc.constant((scan, { severity, ignoreUnfixed, allow, gate, maxDatabaseAgeMs }) => [
    scan,
    { severity, ignoreUnfixed, allow, gate, maxDatabaseAgeMs },
  ]),
);
never(
  'an older database',
  fc.constant((scan, rules) => [{ ...scan, database: { built: '2026-01-01T00:00:00Z' } }, rules]),
);
never(
  'a lower threshold',
  fc.constant((scan, rules) => [scan, { ...rules, severity: 'unknown' }]),
);
never(
  'an entry that has expired',
  fc.constant((scan, rules) => [
    scan,
    { ...rules, allow: [...rules.allow, { id: 'CVE-1', reason: 'seen', expires: '2026-11-20' }] },
  ]),
);
never(
  'taking an entry away that is still in force',
  fc.constant((scan, rules) => [
    scan,
    { ...rules, allow: rules.allow.filter(({ expires }) => expires === '2026-11-20') },
  ]),
);

test('waiting never opens a closed gate', () => {
  fc.assert(
    fc.property(anyReport, anyRules, fc.integer({ min: 1, max: 400 }), (scan, rules, later) => {
      return isOpen(scan, rules) || !isOpen(scan, rules, now + later * dayMs);
    }),
    runs,
  );
});

test('an open gate has nothing that blocks, and what blocks was found, counts, and is not allowed', () => {
  fc.assert(
    fc.property(anyReport, anyRules, (scan, rules) => {
      const judged = judgeScan(scan, rules, now);
      if (judged.verdict === 'pass') expect(judged.blocking).toEqual([]);
      for (const one of judged.blocking) expect(scan.findings).toContain(one);
      const taken = new Set(judged.ignored.map(({ finding }) => finding));
      expect(judged.blocking.filter((one) => taken.has(one))).toEqual([]);
    }),
    runs,
  );
});
