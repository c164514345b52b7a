import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { helmProgram } from '../../../lab/build/helm.ts';
import { actProgram } from '../../../lab/build/workflowTools.ts';
import { ServiceRepository } from '../serviceRepository.ts';

// What a pull request is told, by act (70-workflows says how that is unlike GitHub): no cluster, no secret.

const minutes = 60_000;
const values = join(import.meta.dirname, '..', '..', '..', 'lab', 'services', 'order-api', 'values.yaml');
let repository: ServiceRepository;

beforeAll(async () => {
  await Promise.all([actProgram(), helmProgram(4)]);
  repository = new ServiceRepository({
    Dockerfile: 'FROM scratch\nCOPY order-api /order-api\nENTRYPOINT ["/order-api"]\n',
    'deploy/values.yaml': readFileSync(values, 'utf8'),
    '.github/workflows/check.yml': `on: pull_request
permissions: {}
jobs:
  check:
    permissions:
      contents: read
    uses: c4ang/actions/.github/workflows/pr-check.yml@v1
    with:
      service: order-api
      values: deploy/values.yaml
      unit-tests: test -f deploy/values.yaml && echo tested
`,
  });
}, 10 * minutes);
afterAll(() => repository.remove());

test(
  'a pull request is tested, its Dockerfile linted, and the chart rendered for both slots',
  async () => {
    const result = await repository.run('check.yml', 'pull_request');
    expect(result.exitCode === 0 ? '' : result.log).toBe('');
    expect(result.jobs).toEqual({ test: 'success', dockerfile: 'success', chart: 'success' });
    expect(result.log).toContain('test: tested');
    expect(result.summary).toContain('name: order-api-blue');
  },
  3 * minutes,
);

test(
  'a Dockerfile whose base moves, and values that are none, make it red',
  async () => {
    repository.commit({
      Dockerfile: 'FROM debian\nRUN cd /tmp\n',
      'deploy/values.yaml': 'replicaCount: [',
    });
    const result = await repository.run('check.yml', 'pull_request');
    expect(result.exitCode).toBe(1);
    expect(result.jobs).toMatchObject({ dockerfile: 'failure', chart: 'failure' });
    expect(result.log).toContain('DL3006');
  },
  3 * minutes,
);
