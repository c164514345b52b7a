import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { KubeObject, PatchOperation } from '../../src/cluster/api/kubeApi.ts';
import { configMaps, deployments, virtualServices } from '../../src/cluster/api/resources.ts';
import type { StepResult } from '../../lab/runner/step.ts';
import { api, close, lab, lastLine, namespace, releaseOf, step, virtualService } from './harness.ts';

const service = 'order-api';
const minutes = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'c4ang-refusals-'));

beforeAll(() => lab.resetService(service), 2 * minutes);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  close();
});

/** Everything a release could change, as the cluster has it. */
async function everything(): Promise<unknown> {
  const lists = await Promise.all(
    [virtualServices, deployments, configMaps].map((kind) => api.list(kind, { namespace })),
  );
  return lists.flat().map(({ kind, metadata, ['spec']: spec, ['data']: data }) => ({
    kind,
    name: metadata.name,
    spec,
    data,
  }));
}

async function refused(run: () => Promise<StepResult>): Promise<StepResult> {
  const before = await everything();
  const result = await run();
  expect(result.exitCode).toBe(1);
  expect(await everything()).toEqual(before);
  return result;
}

describe('bad input', () => {
  test('is listed all at once, before the cluster is touched', async () => {
    const { log } = await refused(() =>
      step('deploy-green', {
        service: 'Order_API',
        image: 'order-api:latest',
        tiemout: '5m',
        timeout: 'soon',
      }),
    );
    for (const input of ['service', 'image', 'version', 'tiemout', 'timeout']) expect(log).toContain(input);
    expect(log).toContain('order-api:latest');
    expect(log).toContain('5 wrong inputs');
  });
});

describe('what is not there, or may not be done', () => {
  test('a service that does not exist', async () => {
    const result = await refused(() => step('switch-traffic', { service: 'no-such-api' }));
    expect(result.log).toContain('there is no Service no-such-api in namespace ecommerce');
  });

  test('a VirtualService that lacks a subset names the entry to add', async () => {
    const original = await virtualService('order-api-vs');
    await replaceHttp(original, (http) => dropGreen(http));
    try {
      const result = await refused(async () => step('deploy-green', await releaseOf(service, 'v1.1.0')));
      expect(result.log).toMatch(/VirtualService ecommerce\/order-api-vs has no entry for subset green/);
    } finally {
      await replaceHttp(await virtualService('order-api-vs'), () => httpOf(original));
    }
  });

  test('a cluster that cannot be reached is named', async () => {
    const result = await refused(() =>
      step('switch-traffic', { service, kubeconfig: kubeconfigWith({ server: 'https://127.0.0.1:1' }) }),
    );
    expect(result.log).toContain('https://127.0.0.1:1');
    expect(lastLine(result)).toMatch(/^Serving now: unknown, because/);
  });

  test('an expired token is told apart from a missing permission', async () => {
    const result = await refused(() =>
      step('switch-traffic', { service, kubeconfig: kubeconfigWith({ user: { token: 'expired' } }) }),
    );
    expect(result.log).toContain('401');
  });

  test('a missing permission prints the rule to add', async () => {
    const token = await lab.tokenOf('default', 'default');
    const result = await refused(() =>
      step('switch-traffic', { service, kubeconfig: kubeconfigWith({ user: { token } }) }),
    );
    expect(result.log).toMatch(/apiGroups: \["[a-z0-9.]*"\]\s+resources: \["[a-z]+"\]\s+verbs:/);
  });

  test('a switch without a verified release', async () => {
    const result = await refused(() => step('switch-traffic', { service }));
    expect(result.log).toMatch(/verif|release/i);
    // Only blue was ever installed: that is another thing than a missing subset.
    expect(result.log).toContain('order-api has no slot green: no pod has');
    expect(result.log).toContain('Run deploy-green, then verify-green');
    expect(lastLine(result)).toMatch(/^Serving now: .*v1\.0\.0/);
  });

  test('a cleanup of the slot that serves', async () => {
    const before = await everything();
    const result = await step('cleanup-blue', { service, 'stable-for': '0s', 'traffic-window': '1s' });
    expect(result.outputs['removed'] ?? '').toBe('');
    expect(await everything()).toEqual(before);
  });
});

interface KubeconfigChange {
  readonly server?: string;
  readonly user?: object;
}

/** The suite's kubeconfig with another server, or another user. */
function kubeconfigWith({ server, user }: KubeconfigChange): string {
  const config = parse(readFileSync(lab.kubeconfig, 'utf8')) as {
    clusters: { cluster: Record<string, unknown> }[];
    users: { user: object }[];
  };
  for (const { cluster } of config.clusters) if (server !== undefined) cluster['server'] = server;
  for (const entry of config.users) if (user !== undefined) entry.user = user;
  const file = join(folder, `${String(Date.now())}.kubeconfig`);
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

interface Http {
  readonly route: readonly { readonly destination: { readonly subset: string } }[];
}

const httpOf = (object: KubeObject): readonly Http[] => (object['spec'] as { http: readonly Http[] }).http;

const dropGreen = (http: readonly Http[]): readonly Http[] =>
  http.map((route) => ({
    ...route,
    route: route.route.filter(({ destination }) => destination.subset !== 'green'),
  }));

async function replaceHttp(
  object: KubeObject,
  change: (http: readonly Http[]) => readonly Http[],
): Promise<void> {
  const patch: PatchOperation[] = [{ op: 'replace', path: '/spec/http', value: change(httpOf(object)) }];
  await api.jsonPatch(virtualServices, namespace, object.metadata.name, patch);
}
