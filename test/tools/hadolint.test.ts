import { expect, test } from '@jest/globals';
import { judgeLint } from '../../src/domain/image/dockerfileLint.ts';
import type { Exec, ExecResult } from '../../src/tools/exec.ts';
import { hadolintProgram } from '../../src/tools/hadolint.ts';

const { signal } = new AbortController();
const says = (result: Partial<ExecResult>): Exec => ({
  run: () => Promise.resolve({ exitCode: 0, stdout: '[]', stderr: '', ...result }),
});
const lint = (result: Partial<ExecResult>) =>
  hadolintProgram(says(result)).lint('/w/Dockerfile', null, signal);

/** As hadolint 2.15.1 wrote them. */
const recorded =
  '[{"code":"DL3006","column":1,"file":"Dockerfile","level":"warning","line":1,"message":"Always tag the version of an image explicitly"},' +
  '{"code":"DL4000","column":1,"file":"Dockerfile","level":"error","line":3,"message":"MAINTAINER is deprecated"}]';
const unparsable =
  '[{"code":"DL1000","column":1,"file":"Bad","level":"error","line":1,"message":"unexpected \'F\'"}]';

test('what it says is read', async () => {
  expect(await lint({ stdout: recorded })).toEqual([
    {
      code: 'DL3006',
      level: 'warning',
      line: 1,
      column: 1,
      message: 'Always tag the version of an image explicitly',
    },
    { code: 'DL4000', level: 'error', line: 3, column: 1, message: 'MAINTAINER is deprecated' },
  ]);
});

test('what is at the threshold or above blocks; a Dockerfile that cannot be parsed always does', async () => {
  const findings = await lint({ stdout: recorded });
  expect(judgeLint(findings, 'error').blocking.map(({ code }) => code)).toEqual(['DL4000']);
  expect(judgeLint(findings, 'warning').blocking.map(({ code }) => code)).toEqual(['DL4000', 'DL3006']);
  expect(judgeLint(findings, 'none').blocking).toEqual([]);
  expect(judgeLint(await lint({ stdout: unparsable }), 'none').blocking).toHaveLength(1);
});

test.each<[why: string, result: Partial<ExecResult>]>([
  [
    'a missing file',
    { exitCode: 1, stdout: '', stderr: 'hadolint: Missing: withBinaryFile: does not exist' },
  ],
  ['something else than JSON', { stdout: 'Segmentation fault' }],
  ['a level that is none', { stdout: recorded.replace('warning', 'ignore') }],
  [
    'its configuration, which it would go on without',
    { stderr: '"Error parsing your config file in  \'c.yaml\'"' },
  ],
])('%s is no clean Dockerfile', async (_why, result) => {
  await expect(lint(result)).rejects.toThrow('hadolint');
});
