import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deployments, namespaces, pods } from '../../src/cluster/api/resources.ts';
import type { StepResult } from '../../lab/runner/step.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { poll } from '../../src/runtime/poll.ts';
import {
  api,
  applyObject,
  close,
  lab,
  lastLine,
  mustStep,
  namespace,
  releaseOf,
  routing,
  step,
} from './harness.ts';

const service = 'order-api';
const minutes = 60_000;

/** Calls order-api, and has no sidecar: its configuration says so, whether or not it ever runs. */
const labels = { app: 'invoices' };
const invoices = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'invoices', namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels: { ...labels, 'sidecar.istio.io/inject': 'false' } },
      spec: {
        automountServiceAccountToken: false,
        containers: [
          {
            name: 'app',
            image: 'lab.local/load-agent:dev',
            imagePullPolicy: 'IfNotPresent',
            env: [{ name: 'ORDER_URL', value: 'http://me:secret@order-api/api/v1/orders' }],
          },
        ],
      },
    },
  },
};
const named = 'Deployment ecommerce/invoices (1 pod): env ORDER_URL of container app names order-api';

/** A pod on its way out calls nobody for long: it is not looked for. */
const podsThere = async (): Promise<number> =>
  (await api.list(pods, { namespace, labels })).filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  ).length;

const untilPods = (count: number): Promise<undefined> =>
  poll(
    {
      clock: systemClock,
      timeoutMs: 30_000,
      intervalMs: 100,
      what: `${String(count)} pods of invoices`,
      remedy: '',
    },
    async () => {
      const there = await podsThere();
      return there === count
        ? { done: true, value: undefined }
        : { done: false, reason: `there are ${String(there)}` };
    },
  );

const deploy = async (more: Readonly<Record<string, string>> = {}): Promise<StepResult> =>
  step('deploy-green', { ...(await releaseOf(service, 'v1.1.0')), ...more });

async function setMode(mode: string | null): Promise<void> {
  const path = '/metadata/labels/istio.io~1dataplane-mode';
  await api.jsonPatch(namespaces, '', namespace, [
    mode === null ? { op: 'remove', path } : { op: 'add', path, value: mode },
  ]);
}

beforeAll(async () => {
  await lab.resetService(service);
  await applyObject(invoices);
  await untilPods(1);
}, 3 * minutes);

afterAll(async () => {
  await api.delete(deployments, namespace, 'invoices');
  await untilPods(0);
  close();
}, minutes);

test(
  'deploy-green refuses while a pod without a proxy names the service, and deploys nothing',
  async () => {
    const refused = await deploy();
    expect(refused.exitCode).toBe(1);
    expect(refused.log).toContain(named);
    // The caller with a sidecar, the gateways, the load's own agents and Prometheus are not among them.
    expect(refused.log).toContain('unproxied-callers: 1 workload without a proxy names order-api');
    expect(refused.log).toContain('PeerAuthentication');
    expect(refused.log).not.toContain('me:secret');
    expect(lastLine(refused)).toMatch(/^Serving now: .*v1\.0\.0/);
    expect(await api.get(deployments, namespace, 'order-api-green')).toBeNull();
  },
  minutes,
);

test(
  'a namespace in ambient mode is refused, whatever is allowed',
  async () => {
    await setMode('ambient');
    try {
      const refused = await deploy({ 'mesh-exposure': 'allow' });
      expect(refused.exitCode).toBe(1);
      expect(refused.log).toContain('ambient: Namespace ecommerce is in ambient mode');
    } finally {
      await setMode(null);
    }
    expect(await api.get(deployments, namespace, 'order-api-green')).toBeNull();
  },
  minutes,
);

test(
  'switch-traffic refuses as well; mesh-exposure: allow goes on with a warning; going back never asks',
  async () => {
    const deployed = await deploy({ 'mesh-exposure': 'allow' });
    expect(deployed.exitCode === 0 ? '' : deployed.log).toBe('');
    expect(deployed.log).toContain(`::warning::1 workload without a proxy names order-api`);
    await mustStep('verify-green', { service, 'smoke-paths': '/api/v1/orders' });

    const refused = await step('switch-traffic', { service });
    expect(refused.exitCode).toBe(1);
    expect(refused.log).toContain('✗ unproxied-callers: 1 workload without a proxy');
    expect(refused.log).toContain(named);
    expect((await routing(service)).live).toBe('blue');

    const switched = await mustStep('switch-traffic', { service, 'mesh-exposure': 'allow' });
    expect(switched.log).toContain('::warning::unproxied-callers does not hold and is skipped, as asked');
    expect((await routing(service)).live).toBe('green');

    const back = await mustStep('rollback', { service });
    expect(back.log).not.toContain('unproxied');
    expect((await routing(service)).live).toBe('blue');
  },
  3 * minutes,
);
