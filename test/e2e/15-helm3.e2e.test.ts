import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deployments } from '../../src/cluster/api/resources.ts';
import { api, close, lab, load, mustStep, namespace, releaseOf, routing } from './harness.ts';

// GitHub's ubuntu-24.04 runners bring Helm 3: what Helm does for a release, done by that one.

const minutes = 60_000;
let env: Readonly<Record<string, string>> = {};

// Helm 3 is built from its Go module when it is first asked for.
beforeAll(async () => {
  env = { PATH: `${await lab.helmFolder(3)}:${process.env['PATH'] ?? ''}` };
}, 15 * minutes);
afterAll(close);

test(
  'Helm 3 deploys a candidate, and removes the slot that Helm 4 made',
  async () => {
    const service = 'order-api';
    await lab.resetService(service);
    const candidate = await releaseOf(service, 'v1.1.0');
    const deploy = await mustStep('deploy-green', candidate, { env });
    expect(deploy.outputs).toMatchObject({ slot: 'green', version: 'v1.1.0' });
    // Once more is no harm: the same release of the same digest.
    expect((await mustStep('deploy-green', candidate, { env })).outputs).toMatchObject({ slot: 'green' });
    await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/orders' }, { env });
    await mustStep('switch-traffic', { service }, { env });
    expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
    const run = await load([service], 100);
    await mustStep('monitor-and-rollback', { service, duration: '3s', 'min-requests': '20' }, { env });
    await run.stop();
    const leftover = { service, 'stable-for': '0s', 'traffic-window': '1s' };
    const cleanup = await mustStep('cleanup-blue', leftover, { env });
    expect(cleanup.outputs).toMatchObject({ removed: expect.stringContaining('blue') });
    expect(await api.get(deployments, namespace, 'order-api-blue')).toBeNull();
  },
  5 * minutes,
);

test(
  'Helm 3 takes over a Deployment that came from plain manifests',
  async () => {
    const service = 'customer-api';
    await lab.resetService(service);
    const deploy = await mustStep(
      'deploy-green',
      { ...(await releaseOf(service, 'v1.1.0')), 'mesh-exposure': 'allow' },
      { env },
    );
    expect(deploy.outputs).toMatchObject({ slot: 'green' });
    const taken = await api.get(deployments, namespace, 'customer-api-green');
    expect(taken?.metadata.annotations).toMatchObject({ 'meta.helm.sh/release-name': 'customer-api-green' });
  },
  3 * minutes,
);
