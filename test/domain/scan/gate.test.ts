import { expect, test } from '@jest/globals';
import { judgeScan } from '../../../src/domain/scan/gate.ts';
import { finding, now, report, rules, unfixed } from './findings.ts';

const entry = { id: 'CVE-2026-0001', reason: 'not reachable', expires: '2026-12-31' };

test('a finding of the severity asked for closes the gate, and is named', () => {
  const judged = judgeScan(
    report(finding(), finding({ id: 'CVE-2026-0002', severity: 'medium' })),
    rules,
    now,
  );
  expect(judged).toMatchObject({
    verdict: 'fail',
    reason: '1 findings of severity high and above, the worst CVE-2026-0001 in openssl (high)',
  });
  expect(judged.blocking.map(({ id }) => id)).toEqual(['CVE-2026-0001']);
});

test('findings below it do not, and neither does an image without any', () => {
  expect(judgeScan(report(finding({ severity: 'medium' })), rules, now).verdict).toBe('pass');
  expect(judgeScan(report(), rules, now)).toMatchObject({
    verdict: 'pass',
    reason: 'no findings of severity high and above',
  });
});

test('what nobody has mended can be let through; a secret has no fix and never is', () => {
  const lenient = { ...rules, ignoreUnfixed: true };
  expect(judgeScan(report(unfixed()), lenient, now).verdict).toBe('pass');
  expect(judgeScan(report(unfixed()), rules, now).verdict).toBe('fail');
  expect(judgeScan(report(unfixed({ kind: 'secret' })), lenient, now).verdict).toBe('fail');
  expect(judgeScan(report(unfixed({ kind: 'misconfiguration' })), lenient, now).verdict).toBe('fail');
});

test.each([
  ['no report', { unavailable: 'trivy ended with exit code 1' }, /no report: trivy ended/],
  ['a database of unknown age', { ...report(), database: {} }, /does not say when/],
  ['an old database', { ...report(), database: { built: '2026-11-01T00:00:00Z' } }, /20\.5 days old/],
  ['a database from next week', { ...report(), database: { built: '2026-11-28T00:00:00Z' } }, /future/],
  ['a date that is none', { ...report(), database: { built: 'yesterday' } }, /"yesterday", which is no time/],
])('%s is no evidence, and the gate stays closed', (_what, scan, reason) => {
  expect(judgeScan(scan, rules, now)).toMatchObject({
    verdict: 'error',
    reason: expect.stringMatching(reason),
  });
});

test("a service's answer needs no date", () => {
  const scan = { ...report(), scanner: 'snyk', database: { service: true as const } };
  expect(judgeScan(scan, rules, now).verdict).toBe('pass');
});

test('the allow list takes out what it names, in the package it names', () => {
  const scan = report(finding(), finding({ package: 'curl' }));
  expect(judgeScan(scan, { ...rules, allow: [entry] }, now)).toMatchObject({ verdict: 'pass' });
  const narrow = judgeScan(scan, { ...rules, allow: [{ ...entry, package: 'curl' }] }, now);
  expect(narrow.blocking.map((one) => one.package)).toEqual(['openssl']);
  expect(narrow.ignored.map((one) => one.finding.package)).toEqual(['curl']);
});

test('an entry counts on its last day, and on the next one it closes the gate, whatever was found', () => {
  const allow = [{ ...entry, expires: '2026-11-21' }];
  expect(judgeScan(report(finding()), { ...rules, allow }, Date.parse('2026-11-21T23:59:59Z')).verdict).toBe(
    'pass',
  );
  const scan = { ...report(), database: { service: true as const } };
  expect(judgeScan(scan, { ...rules, allow }, Date.parse('2026-11-22T00:00:00Z'))).toMatchObject({
    verdict: 'fail',
    reason: 'allowed no longer: CVE-2026-0001 (until 2026-11-21)',
  });
});

test('an entry that matches nothing is reported, and closes nothing', () => {
  const judged = judgeScan(report(), { ...rules, allow: [entry] }, now);
  expect(judged).toMatchObject({ verdict: 'pass', unused: [entry] });
});

test('with a baseline only what is new counts, whatever the version of the package that brings it', () => {
  const fresh = { ...rules, gate: 'new' as const, baseline: report(finding({ installed: '3.0.10-1' })) };
  expect(judgeScan(report(finding()), fresh, now)).toMatchObject({ verdict: 'pass', fresh: [] });
  const judged = judgeScan(report(finding(), finding({ id: 'CVE-2026-0009' })), fresh, now);
  expect(judged.blocking.map(({ id }) => id)).toEqual(['CVE-2026-0009']);
  expect(judged.reason).toMatch(/^1 new findings of severity high and above/);
});

test('a second copy of a library with the same hole is new', () => {
  const fresh = { ...rules, gate: 'new' as const, baseline: report(finding()) };
  expect(judgeScan(report(finding(), finding({ target: 'app.jar' })), fresh, now).blocking).toHaveLength(1);
});

test('a secret in another file is new', () => {
  const secret = finding({
    kind: 'secret',
    id: 'aws-access-key-id',
    package: '/app/.env',
    target: '/app/.env',
  });
  const fresh = { ...rules, gate: 'new' as const, baseline: report(secret) };
  expect(judgeScan(report(secret), fresh, now).verdict).toBe('pass');
  expect(judgeScan(report({ ...secret, target: '/root/.env' }), fresh, now).verdict).toBe('fail');
});

test.each([
  ['no baseline', {}],
  ['a baseline that could not be scanned', { baseline: { unavailable: 'no live version' } }],
])('%s: everything is new', (_what, baseline) => {
  expect(judgeScan(report(finding()), { ...rules, gate: 'new', ...baseline }, now)).toMatchObject({
    verdict: 'fail',
    fresh: null,
  });
});
