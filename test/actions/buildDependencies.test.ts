import { expect, test } from '@jest/globals';
import { BuildStage, vulnerability } from '../fakes/buildStage.ts';

const token = { 'snyk-token': 'a-token' };
const ofSnyk = { ...vulnerability, id: 'SNYK-JS-LODASH-1' };

test('dependencies are looked at before the build, and their token is in no label', async () => {
  const stage = new BuildStage();
  stage.dependencies = [{ ...ofSnyk, severity: 'low' }];
  await stage.run({ ...token, 'snyk-folder': 'service' });
  expect(stage.order.slice(0, 3)).toEqual(['lint', 'snyk', 'build']);
  expect(JSON.stringify([...stage.tags.values()])).not.toContain('a-token');
});

test.each([
  ['findings', [ofSnyk], 'SNYK-JS-LODASH-1'],
  ['a Snyk that fails', new Error('401'), '401'],
])('%s: nothing is built, whatever the gate counts', async (_what, dependencies, said) => {
  const stage = new BuildStage();
  stage.dependencies = dependencies;
  await expect(stage.run({ ...token, gate: 'new' })).rejects.toThrow(said);
  expect(stage.order).toEqual(['lint', 'snyk']);
  expect(stage.tags.size).toBe(0);
});

test('an accepted finding of Snyk is not called unused by the scan of the image', async () => {
  const stage = new BuildStage();
  stage.dependencies = [ofSnyk];
  stage.allow = [{ id: ofSnyk.id, reason: 'not reachable', expires: '2999-01-01' }];
  await stage.run(token);
  expect(stage.given.get('verdict')).toBe('pass');
  expect(stage.lines.join('\n')).not.toContain('SNYK-JS-LODASH-1');
});

test('an image that was pushed without a look at its dependencies is given out after one', async () => {
  const stage = new BuildStage();
  await stage.run();
  stage.dependencies = [];
  stage.order.length = 0;
  await stage.run(token);
  expect(stage.order).toContain('snyk');
  expect(stage.order).not.toContain('build');
});

test('a folder for Snyk without a token is refused', async () => {
  const stage = new BuildStage();
  await expect(stage.run({ 'snyk-folder': 'service' })).rejects.toThrow('snyk-token');
  expect(stage.order).toEqual([]);
});
