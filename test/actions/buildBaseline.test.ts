import { expect, test } from '@jest/globals';
import { BuildStage, live, liveImage, vulnerability } from '../fakes/buildStage.ts';

test('with gate: new, what the live image has too does not close the gate; what is new does', async () => {
  const stage = new BuildStage();
  stage.findings = [vulnerability];
  stage.liveFindings = [vulnerability];
  await stage.run({ gate: 'new', 'live-image': liveImage });
  expect(stage.given.get('verdict')).toBe('pass');
  expect(stage.order).toContain(`scan ${live}`);
  stage.findings = [vulnerability, { ...vulnerability, id: 'CVE-2026-2' }];
  await expect(stage.run({ gate: 'new', 'live-image': liveImage, rebuild: 'true' })).rejects.toThrow(
    /1 new findings .*CVE-2026-2/,
  );
});

test('an image that passed against a baseline is judged again where everything counts', async () => {
  const stage = new BuildStage();
  stage.findings = [vulnerability];
  stage.liveFindings = [vulnerability];
  await stage.run({ gate: 'new', 'live-image': liveImage });
  await expect(stage.run({ gate: 'all' })).rejects.toThrow('CVE-2026-1');
});

test.each([
  ['no live image', {}, [vulnerability], 'the input live-image is empty'],
  [
    'another repository',
    { 'live-image': `localhost:5000/other@${live}` },
    [vulnerability],
    'is not in localhost:5000/order-api',
  ],
  ['an image that is gone', { 'live-image': liveImage }, null, 'does not have'],
  ['a scan that fails', { 'live-image': liveImage }, new Error('no space left'), 'no space left'],
])('gate: new with %s lets every finding count, and says why', async (_what, given, findings, why) => {
  const stage = new BuildStage();
  stage.findings = [vulnerability];
  stage.liveFindings = findings;
  await expect(stage.run({ gate: 'new', ...given })).rejects.toThrow('CVE-2026-1');
  expect(stage.tags.size).toBe(0);
  expect(stage.lines.join('\n')).toContain(why);
});
