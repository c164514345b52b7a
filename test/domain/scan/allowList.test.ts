import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { allowListExample, hasExpired, parseAllowList } from '../../../src/domain/scan/allowList.ts';

const problems = (text: string): readonly string[] => {
  const list = parseAllowList(parse(text));
  return list.kind === 'problems' ? list.problems : [];
};

test('the example is a file as it should be', () => {
  expect(parseAllowList(parse(allowListExample))).toEqual({
    kind: 'entries',
    entries: [
      {
        id: 'CVE-2026-12345',
        package: 'libexample',
        reason: 'the code path is not reachable, see the review of 3 November',
        expires: '2026-12-31',
      },
    ],
  });
});

test('an empty file allows nothing', () => {
  expect(parseAllowList(parse('# nothing yet\n'))).toEqual({ kind: 'entries', entries: [] });
});

test.each([
  ['allow: everything', 'the file is no list of entries'],
  ['- CVE-2026-1', 'entry 1 is no object'],
  ['- { reason: seen, expires: 2026-12-31 }', 'entry 1 (without an id) needs an id'],
  ['- { id: CVE-1, expires: 2026-12-31 }', 'entry 1 (CVE-1) needs a reason'],
  ['- { id: CVE-1, reason: "  ", expires: 2026-12-31 }', 'entry 1 (CVE-1) needs a reason'],
  ['- { id: CVE-1, reason: seen }', 'entry 1 (CVE-1) needs a day on which it expires'],
  [
    '- { id: CVE-1, reason: seen, expires: never }',
    'needs a day on which it expires, as 2026-12-31; given: "never"',
  ],
  ['- { id: CVE-1, reason: seen, expires: 2026-02-30 }', 'given: "2026-02-30"'],
  ['- { id: CVE-1, reason: seen, expires: 2026-12-31, packge: curl }', 'has a field "packge"'],
  ['- { id: CVE-1, reason: seen, expires: 2026-12-31, package: 3 }', 'has a package that is no name'],
  [
    '- { id: CVE-1, reason: a, expires: 2026-12-31 }\n- { id: CVE-1, reason: b, expires: 2027-12-31 }',
    'CVE-1 is in the file twice',
  ],
])('%s is refused', (text, problem) => {
  expect(problems(text)).toEqual([expect.stringContaining(problem)]);
});

test('all that is wrong is said at once', () => {
  expect(problems('- { id: CVE-1 }\n- 3')).toHaveLength(3);
});

test('what is no day has expired', () => {
  expect(hasExpired({ id: 'CVE-1', reason: 'seen', expires: 'never' }, 0)).toBe(true);
});
