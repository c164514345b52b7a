import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actProgram } from '../../lab/build/workflowTools.ts';
import type { WorkflowResult } from '../../lab/runner/workflow.ts';
import { close, lab, mustStep, releaseOf, releaseRecord, root } from './harness.ts';
import { minutes, pipelineKubeconfig, releaseYml, service, split } from './pipeline.ts';
import { ServiceRepository } from './serviceRepository.ts';

// Between a verified candidate and the switch somebody has to say yes. act knows no reviewers of an environment: a step
// in front of `approve` stands for one, who says no (GitHub ends the job as failed then), or takes his time.

const stage = mkdtempSync(join(tmpdir(), 'c4ang-approval-'));
let repository: ServiceRepository;

beforeAll(async () => {
  await Promise.all([actProgram(), lab.resetService(service)]);
  repository = new ServiceRepository(
    {
      'deploy/values.yaml': readFileSync(join(root, 'lab', 'services', service, 'values.yaml'), 'utf8'),
    },
    async () => ({ KUBECONFIG: await pipelineKubeconfig() }),
  );
}, 10 * minutes);
afterAll(() => {
  repository.remove();
  rmSync(stage, { recursive: true, force: true });
  close();
});

async function push(version: string): Promise<WorkflowResult> {
  const { image } = await releaseOf(service, version);
  const inputs = {
    ...{ service, image, version, values: 'deploy/values.yaml' },
    ...{ 'smoke-paths': '/api/v1/orders', environment: 'production', 'monitor-duration': '5s' },
  };
  repository.commit({ '.github/workflows/release.yml': releaseYml(inputs) });
  return repository.run('release.yml', 'push');
}

async function until(file: string): Promise<void> {
  const endMs = Date.now() + minutes;
  while (!existsSync(file)) {
    if (Date.now() > endMs) throw new Error('nobody was asked');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test(
  'who says no keeps the users where they are: the candidate stays, verified, for whoever looks at it',
  async () => {
    const restore = repository.reviewedBy('exit 1');
    const result = await push('v1.5.0').finally(restore);
    expect(result.exitCode).toBe(1);
    expect(result.jobs).toMatchObject({ deploy: 'success', approve: 'failure', report: 'success' });
    expect(Object.keys(result.jobs)).not.toContain('switch');
    expect(Object.keys(result.jobs)).not.toContain('guard');
    expect(await split()).toBe('blue 100 / green 0');
    expect(await releaseRecord(service)).toMatchObject({ phase: 'verified', candidate: 'green' });
  },
  3 * minutes,
);

test(
  'a yes is for what was there when it was asked for: another candidate in its place is not switched to',
  async () => {
    const [asked, yes] = [join(stage, 'asked'), join(stage, 'yes')];
    const restore = repository.reviewedBy(`touch ${asked}; until test -e ${yes}; do sleep 0.1; done`);
    const run = push('v1.6.0').finally(restore);
    await until(asked);
    // Somebody else's run, meanwhile.
    const other = await releaseOf(service, 'v1.7.0');
    await mustStep('deploy-green', { ...other, 'unfinished-release': 'replace' });
    await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/orders' });
    const before = await releaseRecord(service);
    writeFileSync(yes, '');
    const result = await run;
    expect(result.exitCode).toBe(1);
    expect(result.jobs).toMatchObject({ approve: 'success', switch: 'failure', guard: 'success' });
    expect(result.log).toMatch(
      /switch: .*release rel-\S+ was to be switched, and rel-\S+ has taken its place: v1\.7\.0 in green, verified/,
    );
    expect(result.log).toMatch(/guard: .*nothing to put back: release \S+ is on record now/);
    expect(await split()).toBe('blue 100 / green 0');
    expect(await releaseRecord(service)).toEqual(before);
  },
  3 * minutes,
);
