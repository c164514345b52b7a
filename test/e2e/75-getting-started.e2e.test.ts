import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exec } from '../../lab/host/exec.ts';
import { actProgram } from '../../lab/build/workflowTools.ts';
import { applyText, close, lab, namespace, releaseRecord, root, routing } from './harness.ts';
import { Newcomer } from './walk/newcomer.ts';
import { stepsOf } from './walk/page.ts';

// docs/getting-started.md, walked from an empty folder to a released version with nothing else than what stands there.
// What cannot be on this machine (AWS, GitHub, docker) is said in walk/newcomer.ts. The two commands of the README are
// run by whoever runs the suite: npm test beside it, and the demo in 60-demo.

const minutes = 60_000;
const service = 'order-api';
const steps = stepsOf(readFileSync(join(root, 'docs', 'getting-started.md'), 'utf8'));
let newcomer: Newcomer;

/** Nothing is there of the service: the lab's own one goes. */
async function removeService(): Promise<void> {
  const run = async (program: string, argv: readonly string[]): Promise<void> => {
    const path = join(await lab.helmFolder(4), program);
    await exec(path, [...argv, '--namespace', namespace], {
      env: { ...process.env, KUBECONFIG: lab.kubeconfig },
    });
  };
  const releases = [`${service}-blue`, `${service}-green`, `${service}-routing`];
  await run('helm', ['uninstall', ...releases, '--ignore-not-found', '--wait']);
  await run('kubectl', ['delete', 'configmap,lease', `${service}-release`, '--ignore-not-found']);
}

beforeAll(async () => {
  await Promise.all([actProgram(), removeService()]);
  newcomer = await Newcomer.arrive();
}, 15 * minutes);
afterAll(async () => {
  newcomer.leave();
  await removeService();
  await applyText(readFileSync(join(root, 'lab', 'manifests', 'platform', 'gateway.yaml'), 'utf8'));
  close();
}, 2 * minutes);

test(
  'who types what docs/getting-started.md says has a released version in the end',
  async () => {
    const printed: string[] = [];
    for (const step of steps) {
      if (step.kind === 'file') {
        newcomer.write(step.path, step.text);
        continue;
      }
      printed.push(await newcomer.type(step.text));
      const [, tag] = /^git push .*(v\d+\.\d+\.\d+)/m.exec(step.text) ?? [];
      if (tag === undefined) continue;
      const run = await newcomer.runOnTag(tag);
      expect(run.exitCode === 0 ? '' : run.log).toBe('');
      expect(run.jobs).toMatchObject({ image: 'success', deploy: 'success', switch: 'success' });
    }
    const told = printed
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.startsWith(`${service} in ${namespace}: `));
    expect(told).toEqual([
      `${service} in ${namespace}: v1.0.0 in slot blue, 100 %`,
      `${service} in ${namespace}: v1.1.0 in slot green, 100 %`,
    ]);
    expect(await releaseRecord(service)).toMatchObject({ phase: 'stable', candidate: 'green' });
    expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
    // What the users get now is what was changed.
    const answer = await newcomer.type(
      "curl --silent -H 'Host: shop.example.com' http://127.0.0.1:18080/api/v1/orders",
    );
    expect(answer).toContain('v1.1.0');
  },
  8 * minutes,
);
