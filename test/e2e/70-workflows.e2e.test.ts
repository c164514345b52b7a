import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actProgram } from '../../lab/build/workflowTools.ts';
import type { WorkflowResult } from '../../lab/runner/workflow.ts';
import { close, lab, load, releaseOf, releaseRecord, root } from './harness.ts';
import { byHand, minutes, pipelineKubeconfig, released, releaseYml, service, split } from './pipeline.ts';
import type { Inputs } from './pipeline.ts';
import { ServiceRepository } from './serviceRepository.ts';
import { underLoad } from './underLoad.ts';

// The reusable workflows, run by nektos/act on this machine, from the published tree, out of a repository as a team
// has it. act is not GitHub:
// - `concurrency` has no effect, and its `queue` is refused: it is taken out. Job timeouts have no effect.
// - An environment has no reviewers: `approve` runs at once. Its place in the order is what is seen here; 72 has more.
// - Required inputs and secrets are not asked for (actionlint does: 03-workflow-lint), and rights of the token mean
//   nothing; there is no OIDC, so the cluster is named by a kubeconfig, whose identity has the documented rights only.
// - actions/checkout copies what is there. The outputs of a skipped job are their own text, where GitHub's are empty.
// - A runner cannot be lost. Its step is killed instead, and the post step, which would run all the same and undo what
//   was begun, is emptied.
// - When a job of the called workflow has failed, no job of the caller follows it, whatever its `if` says.

let repository: ServiceRepository;

beforeAll(async () => {
  // Built when it is not there yet: a minute that is no test's own.
  await Promise.all([actProgram(), lab.resetService(service)]);
  repository = new ServiceRepository(
    {
      'test.sh': '#!/usr/bin/env bash\ntest -f deploy/values.yaml && echo "tested: $1"\n',
      'deploy/values.yaml': readFileSync(join(root, 'lab', 'services', service, 'values.yaml'), 'utf8'),
      '.github/workflows/cleanup-blue.yml': byHand('cleanup-blue', { 'stable-for': '0s' }),
      '.github/workflows/rollback.yml': byHand('rollback', {}),
      '.github/workflows/status.yml': byHand('status', {}),
    },
    async () => ({ KUBECONFIG: await pipelineKubeconfig() }),
  );
}, 10 * minutes);
afterAll(() => {
  repository.remove();
  close();
});

/** A version is pushed, as a commit that has it released. */
async function push(
  version: string,
  faults: Readonly<Record<string, string>> = {},
  inputs: Inputs = {},
): Promise<WorkflowResult> {
  const { image } = await releaseOf(service, version, faults);
  const workflow = releaseYml({
    service,
    image,
    version,
    values: 'deploy/values.yaml',
    'unit-tests': './test.sh unit',
    'end-to-end-tests': './test.sh end-to-end',
    'smoke-paths': '/api/v1/orders',
    environment: 'production',
    'monitor-duration': '5s',
    'min-requests': "'20'",
    ...inputs,
  });
  repository.commit({ '.github/workflows/release.yml': workflow });
  return repository.run('release.yml', 'push');
}

/** Ends a step of our workflow by its entry's name, without a chance to clean up. @returns how many there were */
function killSteps(entry: string): number {
  const found = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return command.includes(`/dist/${entry}`) && repository.owns(command);
    } catch {
      return false; // ended meanwhile
    }
  });
  for (const pid of found) process.kill(Number(pid), 'SIGKILL');
  return found.length;
}

async function until(wanted: string): Promise<void> {
  const endMs = Date.now() + minutes;
  while ((await split()) !== wanted) {
    if (Date.now() > endMs) throw new Error(`the split did not become ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test(
  'a push is tested, deployed, verified, approved, switched without a failed request, watched and reported',
  async () => {
    const runs: WorkflowResult[] = [];
    await underLoad(service, 100, async () => {
      runs.push(await push('v1.1.0'));
    });
    const [result] = runs;
    if (result === undefined) throw new Error('nothing was run');
    expect(result.exitCode === 0 ? '' : result.log).toBe('');
    expect(result.jobs).toEqual({
      test: 'success',
      deploy: 'success',
      approve: 'success',
      switch: 'success',
      report: 'success',
      told: 'success',
    });
    expect(result.log).toMatch(/tested: unit[\s\S]*tested: end-to-end/);
    expect(result.log.indexOf('deploy: 🏁')).toBeLessThan(result.log.indexOf('approve: ⭐'));
    expect(result.log.indexOf('approve: 🏁')).toBeLessThan(result.log.indexOf('switch: ⭐'));
    // What a reviewer has to go by is there before anybody is asked.
    expect(result.summary).toMatch(/v1\.1\.0 is up in green[\s\S]*v1\.1\.0: pass[\s\S]*may take the traffic/);
    expect(released(result)).toMatchObject({ slot: 'green', verdict: 'pass', 'rolled-back': 'false' });
    expect(released(result)['digest']).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(Number(released(result)['switch-ms'])).toBeGreaterThan(0);
    expect(await split()).toBe('blue 0 / green 100');
    expect(await releaseRecord(service)).toMatchObject({ phase: 'stable', candidate: 'green' });
  },
  5 * minutes,
);

test(
  'status and rollback are started by hand',
  async () => {
    const before = await repository.run('status.yml', 'workflow_dispatch');
    expect(before.exitCode === 0 ? '' : before.log).toBe('');
    expect(before.summary).toContain('v1.1.0');
    const result = await repository.run('rollback.yml', 'workflow_dispatch');
    expect(result.exitCode === 0 ? '' : result.log).toBe('');
    expect(await split()).toBe('blue 100 / green 0');
  },
  3 * minutes,
);

test(
  'a bad version is rolled back by itself, the run is red, and the guard leaves it at that',
  async () => {
    const run = await load([service], 150, 300);
    const faults = { FAIL_SHARE: '0.3', FAIL_ABOVE_RPS: '5' };
    const result = await push('v1.2.0', faults, { 'monitor-duration': '60s' }).finally(() => run.stop());
    expect(result.exitCode).toBe(1);
    expect(result.jobs).toMatchObject({ deploy: 'success', switch: 'failure', guard: 'success' });
    expect(result.log).toMatch(/guard: .*nothing to put back: release \S+ is rolled-back/);
    expect(result.summary).toContain('order-api v1.2.0 was rolled back');
    expect(await split()).toBe('blue 100 / green 0');
    expect(await releaseRecord(service)).toMatchObject({ phase: 'rolled-back', candidate: 'green' });
  },
  5 * minutes,
);

test(
  'a switch whose runner is lost half way is put back by the guard, and no request fails',
  async () => {
    const restore = repository.withoutPostStep('switch-traffic');
    const runs: WorkflowResult[] = [];
    await underLoad(service, 100, async () => {
      const run = push('v1.3.0', {}, { steps: "'50, 100'", 'step-interval': '2m' });
      await until('blue 50 / green 50');
      expect(killSteps('switch-traffic.js')).toBe(1);
      runs.push(await run);
    }).finally(restore);
    const [result] = runs;
    expect(result?.exitCode).toBe(1);
    expect(result?.jobs).toMatchObject({ deploy: 'success', switch: 'failure', guard: 'success' });
    expect(result?.log).toMatch(/guard: .*release \S+ is switching, and the job that worked at it is over/);
    expect(result?.summary).toContain('order-api v1.3.0 was rolled back');
    expect(await split()).toBe('blue 100 / green 0');
    expect(await releaseRecord(service)).toMatchObject({ phase: 'rolled-back' });
  },
  5 * minutes,
);

test(
  'the next one is released after all that, and the slot that was left is removed by hand',
  async () => {
    const runs: WorkflowResult[] = [];
    await underLoad(service, 100, async () => {
      runs.push(await push('v1.4.0', {}, { steps: "'50, 100'", 'step-interval': '5s' }));
    });
    expect(runs[0]?.exitCode === 0 ? '' : runs[0]?.log).toBe('');
    expect(await split()).toBe('blue 0 / green 100');
    const result = await repository.run('cleanup-blue.yml', 'workflow_dispatch');
    expect(result.exitCode === 0 ? '' : result.log).toBe('');
    expect(await releaseRecord(service)).toMatchObject({ phase: 'complete' });
  },
  5 * minutes,
);
