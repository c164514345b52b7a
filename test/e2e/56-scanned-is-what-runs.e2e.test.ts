import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildKit } from '../../lab/docker/engine.ts';
import type { DockerForTests } from '../../lab/docker/engine.ts';
import { close, lab, mustStep, root, routing } from './harness.ts';
import { commitOf, ScannedBuild, versionOf } from './scannedBuild.ts';

// What build-scan-push does without a cluster is in without-cluster/50-build-scan-push; from a push on GitHub on, with
// Docker's own BuildKit, in 71-build-to-switch.

const minutes = 60_000;
let place: ScannedBuild;
let docker: DockerForTests;

beforeAll(async () => {
  [place, docker] = [await ScannedBuild.open(), await buildKit()];
  await lab.resetService('order-api');
}, 25 * minutes);
afterAll(async () => {
  await docker.stop();
  place.remove();
  close();
}, minutes);

test(
  'what was scanned is what runs: the digest that buildx built is deployed on the cluster',
  async () => {
    const { outputs, exitCode, log } = await place.run({
      docker,
      folder: place.workspace(),
      inputs: {
        repository: `${lab.registry().name}/order-api`,
        commit: commitOf(3),
        version: versionOf(3),
        'build-args': 'APP_VERSION=v1.1.0',
      },
    });
    if (exitCode !== 0) throw new Error(log);
    const deployed = await mustStep('deploy-green', {
      service: 'order-api',
      version: 'v1.1.0',
      image: outputs['image'] ?? '',
      values: join(root, 'lab/services/order-api/values.yaml'),
    });
    expect(deployed.outputs).toMatchObject({ slot: 'green', version: 'v1.1.0' });
    expect((await routing('order-api')).split).toEqual({ blue: 100, green: 0 });
  },
  4 * minutes,
);
