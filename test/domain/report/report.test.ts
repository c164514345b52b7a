import { expect, test } from '@jest/globals';
import { reportOf } from '../../../src/domain/report/report.ts';
import type { Situation } from '../../../src/domain/report/report.ts';
import type { Release } from '../../../src/domain/release/release.ts';
import { formatDuration } from '../../../src/domain/report/phases.ts';
import { entry, releaseOf, runUrl, situation, statusWith } from '../../fakes/report.ts';

const told = (release: Release | null, changes: Partial<Situation> = {}) => {
  const { event, title } = reportOf(situation(release, changes));
  return `${event}: ${title}`;
};

test('a release that went well: what, who, commit, image, error rate, how long, and what serves', () => {
  const report = reportOf(situation());
  expect(report).toMatchObject({ event: 'success', title: 'order-api v1.1.0 is released', runUrl });
  expect(Object.fromEntries(report.facts)).toEqual({
    Service: 'order-api in ecommerce',
    Version: 'v1.1.0',
    Image: `shop/order-api@sha256:${'a'.repeat(64)}`,
    Commit: '0123456789abcdef0123456789abcdef01234567',
    'Branch or tag': 'main',
    By: 'kim',
    Jobs: 'success',
    Release: 'rel-20261121040000-9f86d0',
    Slot: 'green',
    Verified: 'pass: 24 of 24 requests answered as expected',
    'Error rate': 'pass: 3 of 9000 requests failed (0.03 %), at most 1 % allowed',
    'Rolled back': 'no',
    Took: '7 min 2 s',
    'Serving now': 'v1.1.0 in slot green, 100 %',
  });
});

test('each phase has its time, and the split is told whenever it changed', () => {
  const { phases, splits } = reportOf(situation());
  expect(phases.map(({ phase, fromMs, toMs }) => `${phase} ${formatDuration(toMs - fromMs)}`)).toEqual([
    'deploying 31.0 s',
    'deployed 1.0 s',
    'verifying 4.0 s',
    'verified 24.0 s',
    'switching 1 min 2 s',
    'monitoring 5 min',
    'stable 0 ms',
  ]);
  expect(splits.map(({ split }) => split.green)).toEqual([0, 30, 100]);
});

test('a phase that is not over lasts until now', () => {
  const release = releaseOf({ phase: 'monitoring', timeline: releaseOf().timeline.slice(0, -1) });
  const { phases } = reportOf(situation(release, { result: null }));
  const last = phases.at(-1);
  expect((last?.toMs ?? 0) - (last?.fromMs ?? 0)).toBe(303_000);
});

test('what became of it: the record has the word, and a job that ended badly makes it no better', () => {
  const at = (phase: Release['phase']): Release => releaseOf({ phase });
  expect(told(at('rolled-back'))).toBe('rolled-back: order-api v1.1.0 was rolled back');
  expect(told(at('rolled-back'), { result: 'failure' })).toBe(
    'rolled-back: order-api v1.1.0 was rolled back',
  );
  expect(told(at('failed'), { result: 'failure' })).toMatch(
    /^failure: .* failed before it took any traffic$/,
  );
  expect(told(at('stable'), { result: 'failure' })).toMatch(/^failure: .* is released, but its run failed$/);
  expect(told(at('switching'), { result: 'cancelled' })).toMatch(
    /^failure: .* was cancelled; its release stopped while switching$/,
  );
  expect(told(at('rolling-back'), { result: 'failure' })).toMatch(
    /^failure: .*its rollback is not finished$/,
  );
  expect(told(at('monitoring'))).toMatch(/^success: .* was not shown to be good$/);
  expect(told(at('verifying'), { result: null })).toBe('started: order-api v1.1.0 is verifying');
});

test('a rollback says where to', () => {
  const release = releaseOf({
    phase: 'rolled-back',
    splitAfter: { blue: 100, green: 0 },
    timeline: [...releaseOf().timeline.slice(0, -1), entry('02:20', 'rolled-back', 100)],
  });
  const { facts, splits } = reportOf(situation(release));
  expect(Object.fromEntries(facts)['Rolled back']).toBe('yes, to blue 100 / green 0');
  expect(splits.at(-1)?.split).toEqual({ blue: 100, green: 0 });
});

test('a build that failed is not told as the release before it', () => {
  const earlier = releaseOf({ runUrl: 'https://github.com/c4ang/shop/actions/runs/6/attempts/1' });
  const report = reportOf(situation(earlier, { result: 'failure', version: 'v1.2.0' }));
  expect(report).toMatchObject({
    event: 'failure',
    title: 'order-api v1.2.0 failed before anything was deployed',
    phases: [],
    splits: [],
  });
  expect(JSON.stringify(report.facts)).not.toContain(earlier.id);
  expect(report.serving).toBe('v1.1.0 in slot green, 100 %');
});

test('the second attempt of a run tells of the release that the first began', () => {
  const again = { url: runUrl.replace('/attempts/1', '/attempts/2'), actor: 'kim', sha: 'abc', ref: 'main' };
  expect(told(releaseOf({ phase: 'verified' }), { result: 'failure', run: again })).toMatch(
    /its release stopped while verified$/,
  );
});

test('somebody is asked to approve, with a link to the run', () => {
  const release = releaseOf({ phase: 'verified' });
  expect(reportOf(situation(release, { event: 'approval', result: null }))).toMatchObject({
    event: 'approval',
    title: 'order-api v1.1.0 waits for approval',
    runUrl,
  });
});

test('before a release is on record, the workflow says what it is about', () => {
  const earlier = releaseOf({ runUrl: null });
  const report = reportOf(situation(earlier, { event: 'started', result: null, version: 'v1.2.0' }));
  expect(report.title).toBe('order-api v1.2.0 is being released');
  expect(report.phases).toEqual([]);
});

test('a cluster that was not read is told as that, and the jobs have the word', () => {
  const status = { why: 'the API server does not answer', remedy: 'Look at the network.' };
  expect(reportOf(situation(null, { status, result: 'failure', version: 'v1.1.0' }))).toMatchObject({
    event: 'failure',
    serving: 'not known, because the cluster was not read: the API server does not answer',
  });
});

test('what is wrong is in it, what is only noted is not', () => {
  const findings = [
    { severity: 'wrong' as const, what: 'no pods', remedy: 'look' },
    { severity: 'note' as const, what: 'a caller', remedy: 'fine' },
  ];
  const status = { value: statusWith(releaseOf(), { findings }) };
  expect(reportOf(situation(releaseOf(), { status })).wrong.map(({ what }) => what)).toEqual(['no pods']);
});

test('only a web address is something to click on', () => {
  const from = (url: string) =>
    reportOf(situation(releaseOf({ runUrl: url }), { run: { ...situation().run, url: null } })).runUrl;
  expect(from('javascript:alert(1)')).toBeNull();
  expect(from('https://user:secret@github.com/')).toBeNull();
  expect(from('https://github.com/<!channel>')).toBe('https://github.com/%3C!channel%3E');
});

test.each([
  [420, '420 ms'],
  [3_250, '3.2 s'],
  [59_990, '59.9 s'],
  [252_000, '4 min 12 s'],
  [7_500_000, '2 h 5 min'],
])('%d ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
