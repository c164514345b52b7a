import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { grypePrograms } from '../../lab/build/grype.ts';
import { ownProgram } from '../../lab/build/programs.ts';
import { pythonTool } from '../../lab/build/pythonTool.ts';
import { actProgram } from '../../lab/build/workflowTools.ts';
import { dockerEngine } from '../../lab/docker/engine.ts';
import type { DockerForTests } from '../../lab/docker/engine.ts';
import { progressTo } from '../../lab/host/progress.ts';
import type { WorkflowResult } from '../../lab/runner/workflow.ts';
import { close, lab, releaseRecord, root } from './harness.ts';
import { minutes, pipelineKubeconfig, released, service, split } from './pipeline.ts';
import { ServiceRepository } from './serviceRepository.ts';
import { underLoad } from './underLoad.ts';

// The ten lines of README.md, from a push to a release: a real Docker builds, a real Grype scans, the lab's registry is
// pushed to. 70-workflows says how act is unlike GitHub; artifacts are folders besides (serviceRepository.ts).
//
// What is changed of the ten lines: the registry's address is the lab's; the cluster, to which AWS would be the way, is
// named by a kubeconfig; and Grype scans, since Trivy cannot be had here. What is watched is watched for 5 s.

const { name: registry, url } = lab.registry();

function tenLines(): string {
  const [, block = ''] = /^```yaml\n(jobs:\n[\s\S]*?)^```$/m.exec(
    readFileSync(join(root, 'README.md'), 'utf8'),
  ) ?? [''];
  const here = block
    .replace(/\d{12}\.dkr\.ecr\.\S+(?=\/order-api)/, registry)
    .replace(/^ {6}cluster: shop\n {6}role-to-assume: \S.*\n/m, '');
  expect(here).toMatch(/service: order-api\n {6}repository: \S+\/order-api\n {6}smoke-paths: \S+\n$/);
  return `name: release
on:
  push:
    branches: [main]
permissions: {}
${here}      scanner: grype
      monitor-duration: 5s
    secrets:
      KUBECONFIG: \${{ secrets.KUBECONFIG }}
  told:
    needs: release
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - env:
          RELEASED: \${{ toJSON(needs.release.outputs) }}
        run: echo "released $(tr -d '\\n' <<< "$RELEASED")"
`;
}

const dockerfile = (version: string, copied = 'sample-service'): string => `FROM scratch
ENV APP_NAME=order-api APP_VERSION=${version} PORT=8080
COPY ${copied} /
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["/sample-service"]
`;

const stage = mkdtempSync(join(tmpdir(), 'c4ang-build-to-switch-'));
let engine: DockerForTests;
let programs: readonly string[];
let repository: ServiceRepository;

beforeAll(async () => {
  const [grype, hadolint, sample, started] = await Promise.all([
    grypePrograms(),
    pythonTool('hadolint'),
    ownProgram('sample-service', progressTo()),
    dockerEngine(),
    actProgram(),
    lab.resetService(service),
  ]);
  engine = started;
  const database = join(stage, 'grype-db');
  await grype.database(database, new Date().toISOString().replace(/\.\d+/, ''));
  // The database is the test's own: it is taken as it is, and nobody is asked for a newer one.
  mkdirSync(join(stage, 'bin'));
  const own = `GRYPE_DB_CACHE_DIR=${database} GRYPE_DB_AUTO_UPDATE=false GRYPE_DB_REQUIRE_UPDATE_CHECK=false`;
  writeFileSync(join(stage, 'bin/grype'), `#!/bin/sh\nexport ${own}\nexec ${grype.grype} "$@"\n`, {
    mode: 0o755,
  });
  const folder = (engine.env['PATH'] ?? '').split(':').find((one) => existsSync(join(one, 'docker'))) ?? '';
  symlinkSync(join(folder, 'docker'), join(stage, 'bin/docker'));
  programs = [join(stage, 'bin'), dirname(hadolint)];
  repository = new ServiceRepository(
    {
      Dockerfile: dockerfile('v1.1.0'),
      'sample-service': readFileSync(sample),
      '.github/workflows/release.yml': tenLines(),
    },
    async () => ({ KUBECONFIG: await pipelineKubeconfig() }),
  );
}, 25 * minutes);
afterAll(async () => {
  await engine.stop();
  repository.remove();
  rmSync(stage, { recursive: true, force: true });
  close();
}, minutes);

function push(): Promise<WorkflowResult> {
  const { DOCKER_HOST = '', DOCKER_CONFIG = '' } = engine.env;
  return repository.run('release.yml', 'push', { programs, env: { DOCKER_HOST, DOCKER_CONFIG } });
}

/** What the registry has of the last commit. */
async function inRegistry(): Promise<string | null> {
  const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
  const address = `${url}/v2/order-api/manifests/${repository.head}`;
  const answer = await fetch(address, { method: 'HEAD', headers: { accept } });
  return answer.status === 404 ? null : answer.headers.get('docker-content-digest');
}

test(
  'by the ten lines of the README a push is built, scanned, pushed, deployed, verified and switched: one digest',
  async () => {
    const runs: WorkflowResult[] = [];
    await underLoad(service, 100, async () => {
      runs.push(await push());
    });
    const [result] = runs;
    if (result === undefined) throw new Error('nothing was run');
    expect(result.exitCode === 0 ? '' : result.log).toBe('');
    expect(result.jobs).toEqual({
      build: 'success',
      push: 'success',
      deploy: 'success',
      switch: 'success',
      report: 'success',
      told: 'success',
    });
    const { digest = '' } = released(result);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(released(result)).toMatchObject({
      image: `${registry}/order-api@${digest}`,
      slot: 'green',
      verdict: 'pass',
      'rolled-back': 'false',
    });
    expect(await inRegistry()).toBe(digest);
    expect(await releaseRecord(service)).toMatchObject({
      phase: 'stable',
      slots: { green: { version: repository.head, image: `${registry}/order-api@${digest}` } },
    });
    expect(await split()).toBe('blue 0 / green 100');
    expect(readdirSync(join(repository.artifacts, 'c4ang-findings-ecommerce-order-api'))).toEqual([
      'scan.sarif',
    ]);
    // Each of the two does its own part, and nothing of the other's.
    expect(result.log).toMatch(/^build: .*building with/m);
    expect(result.log).not.toMatch(/^push: .*(building with|grype)/im);
  },
  5 * minutes,
);

test(
  'what was changed between the scan and the push gets no further',
  async () => {
    repository.commit({ Dockerfile: dockerfile('v1.2.0') });
    const before = await releaseRecord(service);
    const restore = repository.changingArtifacts('for blob in blobs/sha256/*; do echo x >> "$blob"; done');
    const result = await push().finally(restore);
    expect(result.exitCode).toBe(1);
    expect(result.jobs).toMatchObject({ build: 'success', push: 'failure' });
    expect(Object.keys(result.jobs)).not.toContain('deploy');
    expect(result.log).toMatch(/^push: .*is not whole: sha256:/m);
    expect(await inRegistry()).toBeNull();
    expect(await releaseRecord(service)).toEqual(before);
  },
  3 * minutes,
);

test(
  'a vulnerable version gets neither into the registry nor into the cluster, and what was found is there to read',
  async () => {
    repository.commit({
      Dockerfile: dockerfile('v1.3.0', 'sample-service app'),
      'app/node_modules/left-behind/package.json':
        '{"name": "left-behind", "version": "1.0.0", "license": "MIT"}',
    });
    const before = await releaseRecord(service);
    const result = await push();
    expect(result.exitCode).toBe(1);
    expect(result.jobs).toMatchObject({ build: 'failure' });
    expect(Object.keys(result.jobs)).not.toEqual(expect.arrayContaining(['push', 'deploy']));
    expect(await inRegistry()).toBeNull();
    expect(await releaseRecord(service)).toEqual(before);
    const findings = join(repository.artifacts, 'c4ang-findings-ecommerce-order-api', 'scan.sarif');
    expect(readFileSync(findings, 'utf8')).toContain('CVE-2099-0001');
  },
  3 * minutes,
);
