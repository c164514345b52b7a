import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HelmMajor } from '../../lab/build/helm.ts';
import type { PatchOperation } from '../../src/cluster/api/kubeApi.ts';
import { namespaces, virtualServices } from '../../src/cluster/api/resources.ts';
import { api, applyObject, close, lab, root } from './harness.ts';

// The reference chart on a cluster, with both Helms: what it refuses, and that an upgrade moves no traffic.
// Its routes are for a host of their own, in a namespace of their own.

const minutes = 60_000;
const chart = join(root, 'charts', 'service');
const namespace = 'chart-e2e';
const digest = `sha256:${'a'.repeat(64)}`;
const routes = ['chart-api-vs', 'chart-api-mesh'];
const workload = [
  'slot=green',
  'image.repository=r/chart-api',
  `image.digest=${digest}`,
  'labels.version=v1',
];
const routing = ['part=routing', 'routing.prefixes={/api/v1/charts}', 'routing.hosts={chart.test}'];
const majors: readonly HelmMajor[] = [4, 3];

afterAll(async () => {
  await api.delete(namespaces, '', namespace);
  close();
});

describe.each(majors)('the chart with Helm %i', (major) => {
  let program = '';
  const helm = (command: readonly string[], values: readonly string[]): { ok: boolean; text: string } => {
    const { status, stdout, stderr } = spawnSync(
      program,
      [
        ...command,
        ...['--namespace', namespace, '--kube-context', lab.context],
        ...values.flatMap((value) => ['--set', value]),
      ],
      { encoding: 'utf8', env: { ...process.env, KUBECONFIG: lab.kubeconfig } },
    );
    return { ok: status === 0, text: `${stdout}${stderr}` };
  };
  const render = (release: string, values: readonly string[]): { ok: boolean; text: string } =>
    helm(['template', release, chart], values);
  const upgrade = (values: readonly string[] = [], ...flags: string[]): { ok: boolean; text: string } =>
    helm(['upgrade', '--install', 'chart-api-routing', chart, ...flags], [...routing, ...values]);

  beforeAll(async () => {
    program = join(await lab.helmFolder(major), 'helm');
    await applyObject({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  }, 15 * minutes);

  afterAll(() => {
    helm(['uninstall', 'chart-api-routing'], []);
  }, minutes);

  test('a workload is one slot, by digest, with the labels that the routes go by', () => {
    const { ok, text } = render('chart-api-green', workload);
    expect(ok ? '' : text).toBe('');
    expect(text).toContain('name: chart-api-green');
    expect(text).toContain(`image: r/chart-api@${digest}`);
    expect(text).toMatch(/matchLabels:\s+app: chart-api\s+slot: green\s+template:/);
    expect(text).toContain('serviceAccountName: chart-api');
    expect(text).not.toContain('VirtualService');
  });

  test('another platform’s slot label is selected by instead', () => {
    expect(render('chart-api-green', [...workload, 'slotLabel=color']).text).toMatch(
      /matchLabels:\s+app: chart-api\s+color: green\s+template:/,
    );
  });

  test.each([
    ['a name that is not <service>-<slot>', 'chart-api-blue', workload, /name it <service>-green/],
    ['an app that the name does not fit', 'chart-api-green', [...workload, 'app=x'], /"x-green"/],
    ['no slot', 'chart-api-green', workload.slice(1), /`slot` is wanted/],
    ['a tag for a digest', 'chart-api-green', [...workload, 'image.digest=latest'], /image.*digest/],
    ['no digest', 'chart-api-green', [...workload, 'image.digest='], /`image.digest` is wanted/],
    ['no version', 'chart-api-green', [...workload, 'labels.version='], /`labels.version` is wanted/],
    ['a label of the chart’s own', 'chart-api-green', [...workload, 'labels.slot=x'], /`labels.slot` is not/],
    ['a misspelt key', 'chart-api-green', [...workload, 'replicas=3'], /replicas/],
    ['weights that do not make 100', 'chart-api-routing', [...routing, 'routing.weights.green=30'], /be 100/],
    ['a gateway without prefixes', 'chart-api-routing', ['part=routing'], /`routing.prefixes` is wanted/],
  ])('%s is refused with its reason', (_, release, values, reason) => {
    const { ok, text } = render(release, values);
    expect(ok).toBe(false);
    expect(text).toMatch(reason);
  });

  test(
    'an upgrade keeps the weights that are live and the route that a release tests through',
    async () => {
      expect(upgrade()).toMatchObject({ ok: true });
      const preview = { name: 'chart-api-preview', route: [{ destination: { host: 'chart-api' } }] };
      for (const name of routes) {
        await patch(name, [
          { op: 'replace', path: '/spec/http/0/route/0/weight', value: 0 },
          { op: 'replace', path: '/spec/http/0/route/1/weight', value: 100 },
          { op: 'add', path: '/spec/http/0', value: preview },
        ]);
      }
      expect(upgrade()).toMatchObject({ ok: true });
      // Helm 4 applies on the server's side: a changed policy must be taken back from whoever switched.
      const changed = upgrade(['routing.timeout=20s'], ...(major === 4 ? ['--force-conflicts'] : []));
      expect(changed.ok ? '' : changed.text).toBe('');
      for (const name of routes) {
        const [first, main] = await httpOf(name);
        expect(first).toEqual(preview);
        expect(main).toMatchObject({ name: 'main', timeout: '20s', route: [{ weight: 0 }, { weight: 100 }] });
      }
    },
    minutes,
  );

  test(
    'an upgrade is refused when what is live cannot be told, and resetWeights puts it in order',
    async () => {
      await patch('chart-api-vs', [{ op: 'replace', path: '/spec/http/1/route/0/weight', value: 30 }]);
      const refused = upgrade();
      expect(refused.ok).toBe(false);
      expect(refused.text).toMatch(/what is live cannot be told/);
      const reset = upgrade(['routing.resetWeights=true'], ...(major === 4 ? ['--force-conflicts'] : []));
      expect(reset.ok ? '' : reset.text).toBe('');
      expect((await httpOf('chart-api-vs'))[1]).toMatchObject({ route: [{ weight: 100 }, { weight: 0 }] });
    },
    minutes,
  );
});

async function patch(name: string, steps: readonly PatchOperation[]): Promise<void> {
  await api.jsonPatch(virtualServices, namespace, name, steps);
}

async function httpOf(name: string): Promise<Record<string, unknown>[]> {
  const found = await api.get(virtualServices, namespace, name);
  return (found as unknown as { spec: { http: Record<string, unknown>[] } }).spec.http;
}
