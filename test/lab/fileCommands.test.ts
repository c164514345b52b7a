import { expect, test } from '@jest/globals';
import { parseFileCommands } from '../../lab/runner/fileCommands.ts';

test('outputs are read in both of the forms that GitHub accepts', () => {
  const text = 'slot=green\nreport<<ghadelimiter_1\n{"a":\n1}\nghadelimiter_1\nempty=\n';
  expect(parseFileCommands(text)).toEqual({ slot: 'green', report: '{"a":\n1}', empty: '' });
});

test('a value without its end is refused', () => {
  expect(() => parseFileCommands('report<<EOF\nhalf')).toThrow('output report has no closing EOF');
});
