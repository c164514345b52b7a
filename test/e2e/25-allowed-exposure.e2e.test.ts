import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deployments } from '../../src/cluster/api/resources.ts';
import { api, close, lab, mustStep, namespace, releaseOf, routing, step } from './harness.ts';

const service = 'customer-api';
const minutes = 60_000;

beforeAll(() => lab.resetService(service), 2 * minutes);
afterAll(close);

test(
  'mesh-exposure: allow goes on with a warning, and a release that nobody could judge keeps both slots',
  async () => {
    const deploy = await mustStep('deploy-green', {
      ...(await releaseOf(service, 'v1.1.0')),
      'mesh-exposure': 'allow',
    });
    expect(deploy.log).toMatch(/::warning::no VirtualService steers the callers of customer-api/);
    await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/customers' });
    // Nobody allows it by the way: each step that lets others past the weights is told so.
    const refused = await step('switch-traffic', { service });
    expect(refused.exitCode).toBe(1);
    expect(refused.log).toMatch(/✗ mesh-route: no VirtualService steers .*\n.*payment-caller/);
    expect((await routing(service)).live).toBe('blue');
    const switched = await mustStep('switch-traffic', { service, 'mesh-exposure': 'allow' });
    expect(switched.log).toMatch(/::warning::mesh-route does not hold and is skipped, as asked/);
    const kept = await mustStep('monitor-and-rollback', {
      service,
      duration: '1s',
      'on-inconclusive': 'keep',
    });
    expect(kept.outputs).toMatchObject({ verdict: 'inconclusive', 'rolled-back': 'false' });
    expect((await routing(service)).live).toBe('green');
    // Not judged is not stable.
    const cleanup = await mustStep('cleanup-blue', { service, 'stable-for': '0s', 'traffic-window': '1s' });
    expect(cleanup.outputs).toMatchObject({ removed: '', kept: 'customer-api-blue' });
    expect(await api.get(deployments, namespace, 'customer-api-blue')).not.toBeNull();
  },
  3 * minutes,
);
