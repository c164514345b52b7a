import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { PreconditionError, ToolError } from '../../src/runtime/errors.ts';
import { withDiskNumbers } from '../../src/tools/diskSpace.ts';

const failing = (error: Error): Promise<unknown> =>
  withDiskNumbers(tmpdir(), () => Promise.reject(error)).catch((caught: unknown) => caught);

test.each([
  Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
  new ToolError(['trivy'], 1, 'FATAL write /tmp/x: no space left on device', 'See what it says.'),
  new PreconditionError('tar ended with 2: Cannot write: No space left on device', 'Run the step again.'),
  new Error('EDQUOT: disk quota exceeded'),
])('%s is said with numbers', async (error) => {
  const said = await failing(error);
  expect(said).toBeInstanceOf(PreconditionError);
  expect(String(said)).toMatch(/the disk is full: \/tmp\S* has [\d.]+ \w+ left of [\d.]+ \w+/);
});

test('what was said with numbers already, and what is something else, stays as it is', async () => {
  const said = new PreconditionError('the disk is full: /x has 1.0 MB left of 2.0 MB\nENOSPC', '');
  const other = new Error('something else');
  expect(await failing(said)).toBe(said);
  expect(await failing(other)).toBe(other);
});
