import { expect, test } from '@jest/globals';
import { BuildStage, vulnerability } from '../fakes/buildStage.ts';

// What a run before this one has pushed: given out as it is, judged once more, or refused.

const accepted = { id: 'CVE-2026-1', reason: 'not reachable', expires: '2026-11-21' };

/** A stage on which the image was pushed, and nothing happened since. */
async function pushed(given: Readonly<Record<string, string>> = {}, before?: (stage: BuildStage) => void) {
  const stage = new BuildStage();
  before?.(stage);
  await stage.run(given);
  const digest = stage.given.get('digest') ?? '';
  stage.order.length = 0;
  stage.given.clear();
  return { stage, digest };
}

test('a job that is run again a little later takes the image as it is', async () => {
  const { stage, digest } = await pushed();
  stage.at = '2026-11-21T23:00:00.000Z';
  stage.findings = [vulnerability];
  await stage.run();
  expect(stage.order).toEqual([]);
  expect(Object.fromEntries(stage.given)).toMatchObject({
    digest,
    image: `localhost:5000/order-api@${digest}`,
    reused: 'true',
    verdict: 'pass',
  });
});

test.each<[what: string, given: Readonly<Record<string, string>>, change: (stage: BuildStage) => void]>([
  ['a day later', {}, (stage) => (stage.at = '2026-11-22T00:00:01.000Z')],
  [
    'past the age that evidence may have',
    { 'max-database-age': '2h' },
    (stage) => (stage.at = '2026-11-21T03:00:00.000Z'),
  ],
  ['by a stricter threshold', { severity: 'low' }, () => undefined],
  ['with other accepted findings', {}, (stage) => (stage.allow = [{ ...accepted, id: 'CVE-2026-9' }])],
  ['with an SBOM', { sbom: 'spdx' }, () => undefined],
])('%s it is loaded and scanned again, and neither built nor pushed', async (_what, given, change) => {
  const { stage, digest } = await pushed('max-database-age' in given ? given : {});
  change(stage);
  await stage.run(given);
  expect(stage.order.slice(0, 3)).toEqual(['lint', `pull ${digest}`, `scan ${digest}`]);
  expect(stage.order.slice(3)).toEqual('sbom' in given ? ['attach application/spdx+json'] : []);
  expect(Object.fromEntries(stage.given)).toMatchObject({ digest, reused: 'true', verdict: 'pass' });
  expect(stage.given.get('image')).toContain(digest);
});

test('an image that was clean and is not any more is given out no more', async () => {
  const { stage, digest } = await pushed();
  stage.at = '2026-12-21T00:00:00.000Z';
  stage.findings = [vulnerability];
  await expect(stage.run()).rejects.toThrow(
    /in the registry from a run before, but does not pass.*CVE-2026-1/,
  );
  expect(stage.order).toContain(`scan ${digest}`);
  expect(stage.given.get('verdict')).toBe('fail');
  expect(stage.given.has('image')).toBe(false);
});

test('an accepted finding whose day is over closes the gate for what was pushed, too', async () => {
  const { stage } = await pushed({}, (first) => {
    first.findings = [vulnerability];
    first.allow = [accepted];
    first.at = '2026-11-21T20:00:00.000Z';
  });
  stage.at = '2026-11-22T01:00:00.000Z';
  await expect(stage.run()).rejects.toThrow('allowed no longer: CVE-2026-1');
});

test('what ECR finds in it is asked each time: a run that failed on it does not pass when run again', async () => {
  const stage = new BuildStage();
  stage.ecrFindings = [vulnerability];
  const given = { 'ecr-scan': 'true' };
  await expect(stage.run(given)).rejects.toThrow("ECR's own scan does not pass");
  stage.given.clear();
  await expect(stage.run(given)).rejects.toThrow("ECR's own scan does not pass");
  expect(stage.given.has('image')).toBe(false);
  stage.ecrFindings = [];
  await stage.run(given);
  expect(stage.given.get('image')).toContain('sha256:');
});

test('a scanner that fails does not give out what is there', async () => {
  const { stage } = await pushed();
  stage.at = '2026-12-21T00:00:00.000Z';
  stage.scannerFails = new Error('no database');
  await expect(stage.run()).rejects.toThrow('no database');
  expect(stage.given.has('image')).toBe(false);
});
