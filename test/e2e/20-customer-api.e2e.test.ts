import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deployments, virtualServices } from '../../src/cluster/api/resources.ts';
import {
  api,
  applyText,
  close,
  lab,
  load,
  mustStep,
  namespace,
  releaseOf,
  routing,
  step,
} from './harness.ts';

const service = 'customer-api';
const minutes = 60_000;

beforeAll(() => lab.resetService(service), 2 * minutes);
afterAll(async () => {
  await api.delete(virtualServices, namespace, 'customer-api-mesh');
  close();
});

const deploy = async (more: Readonly<Record<string, string>> = {}): ReturnType<typeof step> =>
  step('deploy-green', { ...(await releaseOf(service, 'v1.1.0')), ...more });

/** The YAML that the refusal prints, as a reader would copy it. */
function printedYaml(log: string): string {
  const lines = log.split('\n');
  const from = lines.indexOf('apiVersion: networking.istio.io/v1');
  return lines.slice(from, lines.indexOf('::endgroup::', from)).join('\n');
}

describe('a release of customer-api, whose routes are bound to the gateway alone', () => {
  test(
    'is refused before anything is deployed: callers in the mesh would reach the candidate at once',
    async () => {
      const before = await api.get(deployments, namespace, 'customer-api-green');
      const refused = await deploy();
      expect(refused.exitCode).toBe(1);
      expect(refused.log).toContain('payment-caller');
      expect(refused.log).toContain('kind: VirtualService');
      expect(refused.log.trimEnd().split('\n').at(-1)).toMatch(/^Serving now: .*v1\.0\.0/);
      const after = await api.get(deployments, namespace, 'customer-api-green');
      expect(after?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);

      // The exact change that it printed is what makes it go on.
      await applyText(printedYaml(refused.log));
      expect((await routing(service)).meshGoverned).toBe(true);
    },
    minutes,
  );

  test(
    'goes on once that is applied: to all traffic, from outside and inside, without a failed request',
    async () => {
      const run = await load([service], 100);
      const deployed = await deploy();
      expect(deployed.exitCode === 0 ? '' : deployed.log).toBe('');
      expect(deployed.outputs).toMatchObject({ slot: 'green', version: 'v1.1.0' });
      // Its subsets select by version: the candidate's follows, the live one's stays.
      const { subsets } = (await routing(service)).destinationRule;
      expect(subsets.green.labels).toEqual({ version: 'v1.1.0' });
      expect(subsets.blue.labels).toEqual({ version: 'v1.0.0' });

      await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/customers' });
      const switched = await mustStep('switch-traffic', { service });
      await mustStep('monitor-and-rollback', { service, duration: '4s', 'min-requests': '20' });
      const report = await run.stop();

      const intentMs = Date.parse(switched.outputs['intent-at'] ?? '');
      expect(intentMs).toBeGreaterThan(switched.startedAt);
      expect(report.count().failures).toEqual({});
      expect(report.count({ version: 'v1.1.0', toMs: intentMs }).requests).toBe(0);
      expect(report.count({ version: 'v1.1.0', side: 'inside' }).requests).toBeGreaterThan(20);
      expect(report.count({ version: 'v1.0.0', fromMs: switched.endedAt }).requests).toBe(0);
      const paths = JSON.parse(switched.outputs['proxies'] ?? '[]') as readonly { proxy: string }[];
      expect(paths.filter(({ proxy }) => proxy.startsWith('gateway'))).toHaveLength(2);
      expect(paths.filter(({ proxy }) => proxy.startsWith('sidecar'))).toHaveLength(1);
    },
    3 * minutes,
  );

  test(
    'cleanup removes the Deployment that no Helm release owns, and only that',
    async () => {
      const cleanup = await mustStep('cleanup-blue', {
        service,
        'stable-for': '0s',
        'traffic-window': '2s',
      });
      expect(cleanup.outputs['removed']).toContain('blue');
      expect(await api.get(deployments, namespace, 'customer-api-blue')).toBeNull();
      expect(await api.get(deployments, namespace, 'customer-api-green')).not.toBeNull();
    },
    minutes,
  );
});
