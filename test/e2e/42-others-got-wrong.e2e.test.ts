// What other tools got wrong on a real cluster. The control plane that stops, and the Gateway that does not
// exist, are in 40-faults.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { deployments, pods, virtualServices } from '../../src/cluster/api/resources.ts';
import type { KubeObject } from '../../src/cluster/api/kubeApi.ts';
import type { Status } from '../../src/domain/status/status.ts';
import { undisturbed } from './apiProxy.ts';
import type { Script } from './apiProxy.ts';
import { disturbed } from './disturbed.ts';
import {
  api,
  applyObject,
  lastLine,
  mustStep,
  namespace,
  releaseOf,
  releaseRecord,
  routing,
  step,
  virtualService,
} from './harness.ts';
import { underLoad } from './underLoad.ts';

const service = 'order-api';
const gatewayRoutes = 'order-api-vs';
const meshRoutes = 'order-api-mesh';
const minutes = 60_000;
const blue = { blue: 100, green: 0 };
const green = { blue: 0, green: 100 };

const stage = disturbed(service);
beforeEach(async () => {
  stage.proxy.play(undisturbed);
  await stage.moment.rewind();
});

const isPatch = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === 'PATCH' && path.includes('/virtualservices/');

const isRecordWrite = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === 'PUT' && path.includes('/configmaps/');

/** Does something once, at the first such call: before the API server takes it, or after. */
function atThe(is: typeof isPatch, when: 'before' | 'answered', act: () => Promise<unknown>): Script {
  let isDone = false;
  const once = async (call: Parameters<typeof isPatch>[0]): Promise<null> => {
    if (isDone || !is(call)) return null;
    isDone = true;
    await act();
    return null;
  };
  return when === 'before'
    ? { before: once }
    : {
        answered: async (call) => {
          await once(call);
        },
      };
}

/** At the first write of weights. */
const atTheWrite = (when: 'before' | 'answered', act: () => Promise<unknown>): Script =>
  atThe(isPatch, when, act);

/** As a chart in Git has it: without what the cluster adds. */
async function asInGit(routes: string): Promise<KubeObject> {
  const { apiVersion, kind, metadata, ['spec']: spec } = await virtualService(routes);
  return { apiVersion, kind, metadata: { name: metadata.name, namespace }, spec };
}

const setSpec = (object: KubeObject, change: Readonly<Record<string, unknown>>): Promise<unknown> =>
  api.jsonPatch(
    virtualServices,
    namespace,
    object.metadata.name,
    Object.entries(change).map(([field, value]) => ({ op: 'replace', path: `/spec/${field}`, value })),
  );

const httpOf = (object: KubeObject): readonly Readonly<Record<string, unknown>>[] =>
  (object['spec'] as { http: readonly Readonly<Record<string, unknown>>[] }).http;

describe('a promote that says done while the gateways serve something else', () => {
  test(
    'a VirtualService that loses its Gateway during the switch is caught by the proof, and the weights go back',
    async () => {
      const original = await virtualService(gatewayRoutes);
      stage.proxy.play(atTheWrite('answered', () => setSpec(original, { gateways: ['no-such-gateway'] })));
      const result = await stage.through('switch-traffic', { timeout: '3s' });
      expect(result.exitCode).toBe(1);
      expect(result.log).toMatch(/istio-ingressgateway|no-such-gateway/);
      expect((await routing(service)).split).toEqual(blue);
    },
    minutes,
  );
});

describe('a route that nobody named', () => {
  test(
    'with both slots moves with the others: it never flips later by itself',
    async () => {
      const original = await virtualService(gatewayRoutes);
      const [first] = httpOf(original);
      const nameless = Object.fromEntries(
        Object.entries(first ?? {}).filter(([field]) => field !== 'name' && field !== 'match'),
      );
      await setSpec(original, {
        http: [{ ...nameless, match: [{ uri: { prefix: '/api/v2/orders' } }] }, ...httpOf(original)],
      });
      await mustStep('switch-traffic', { service });
      for (const { routes } of (await routing(service)).virtualServices) {
        expect(routes.map(({ split }) => split)).toEqual(routes.map(() => green));
      }
    },
    minutes,
  );

  test(
    'to one slot alone is refused by name, before anything moves',
    async () => {
      const original = await virtualService(gatewayRoutes);
      const stray = {
        name: 'stray',
        match: [{ uri: { prefix: '/api/v2/orders' } }],
        route: [{ destination: { host: service, subset: 'blue' } }],
      };
      await setSpec(original, { http: [stray, ...httpOf(original)] });
      const result = await step('switch-traffic', { service });
      expect(result.exitCode).toBe(1);
      expect(result.log).toMatch(/order-api-vs.*stray|stray.*order-api-vs/s);
      expect(httpOf(await virtualService(gatewayRoutes))).toEqual([stray, ...httpOf(original)]);
    },
    minutes,
  );
});

describe('a new release while the last is not cleaned up', () => {
  test(
    'is refused: the standby is what a rollback goes to, and nobody asked for an older version',
    async () => {
      await mustStep('switch-traffic', { service });
      const result = await step('deploy-green', await releaseOf(service, 'v1.2.0'));
      expect(result.exitCode).toBe(1);
      expect(result.log).toContain('What to do:');
      expect((await routing(service)).split).toEqual(green);
      expect(lastLine(result)).toMatch(/^Serving now: .*v1\.1\.0/);
    },
    minutes,
  );
});

describe('routes re-applied from Git in the middle', () => {
  test(
    'no request fails or meets a third version, and the step says what was changed back',
    async () => {
      const original = await virtualService(gatewayRoutes);
      const report = await underLoad(service, 200, async () => {
        stage.proxy.play(atTheWrite('answered', () => setSpec(original, { http: httpOf(original) })));
        const result = await stage.through('switch-traffic', { timeout: '3s' });
        expect(result.exitCode).toBe(1);
        expect(result.log).toMatch(/istio-ingressgateway/);
        expect(result.log).toContain('VirtualService ecommerce/order-api-vs says blue 100 / green 0');
        expect((await routing(service)).split).toEqual(blue);
      });
      expect(new Set(report.countByPath().map(({ version }) => version))).toEqual(
        new Set(['v1.0.0', 'v1.1.0'].filter((version) => report.count({ version }).requests > 0)),
      );
    },
    minutes,
  );

  test(
    'while a monitor watches: that is no rollback of its, and status says that somebody else did it',
    async () => {
      const fromGit = await Promise.all([gatewayRoutes, meshRoutes].map(asInGit));
      await mustStep('switch-traffic', { service });
      let told: Status | undefined;
      const reapply = async (): Promise<void> => {
        await Promise.all(fromGit.map(applyObject));
        const { outputs } = await mustStep('status', { service });
        told = JSON.parse(outputs['json'] ?? '') as Status;
      };
      // When it has put on record where it would go back to: exactly where Git says.
      stage.proxy.play(atThe(isRecordWrite, 'answered', reapply));
      const result = await stage.through('monitor-and-rollback', {
        duration: '4s',
        'on-inconclusive': 'keep',
      });
      expect(result.exitCode).toBe(1);
      expect(result.log).toContain('someone moved the traffic while');
      expect(told?.release).toMatchObject({ phase: 'monitoring', goesBackTo: blue });
      expect(told?.findings.map(({ what }) => what)).toContainEqual(
        expect.stringContaining('someone moved the traffic by hand, or applied it from Git'),
      );
      expect(told?.split).toEqual(blue);
      expect(await releaseRecord(service)).toMatchObject({ phase: 'monitoring' });
    },
    minutes,
  );

  test(
    'a DestinationRule re-applied changes nothing for anybody: the switch goes through',
    async () => {
      const [rule] = await api
        .list(
          {
            group: 'networking.istio.io',
            version: 'v1',
            plural: 'destinationrules',
            kind: 'DestinationRule',
            namespaced: true,
          },
          { namespace },
        )
        .then((all) => all.filter(({ metadata }) => metadata.name.startsWith(service)));
      if (rule === undefined) throw new Error('there is no DestinationRule');
      const fromGit = {
        apiVersion: rule.apiVersion,
        kind: rule.kind,
        metadata: { name: rule.metadata.name, namespace },
        spec: rule['spec'],
      };
      const report = await underLoad(service, 200, async () => {
        stage.proxy.play(atTheWrite('before', () => applyObject(fromGit)));
        const result = await stage.through('switch-traffic');
        expect(result.exitCode === 0 ? '' : result.log).toBe('');
      });
      const versions = report.countByPath().map(({ version }) => version);
      expect(versions.filter((version) => version !== 'v1.0.0' && version !== 'v1.1.0')).toEqual([]);
    },
    minutes,
  );
});

describe('a rollback', () => {
  test('given twice changes nothing the second time, and is no error', async () => {
    await mustStep('switch-traffic', { service });
    expect((await mustStep('rollback', { service })).outputs).toMatchObject({ changed: 'true' });
    expect((await mustStep('rollback', { service })).outputs).toMatchObject({ changed: 'false' });
    expect((await routing(service)).split).toEqual(blue);
  });

  test('given early is not lost: the release does not go forward after it', async () => {
    await mustStep('rollback', { service });
    const late = await step('switch-traffic', { service });
    expect(late.exitCode).toBe(1);
    expect((await routing(service)).split).toEqual(blue);
  });

  test.each(['before', 'answered'] as const)(
    'given while the switch is at its write (%s) wins, and no request fails',
    async (when) => {
      await underLoad(service, 200, async () => {
        stage.proxy.play(atTheWrite(when, () => mustStep('rollback', { service })));
        const result = await stage.through('switch-traffic');
        expect(result.exitCode).toBe(1);
        expect(result.log).toMatch(/rollback/);
        expect((await routing(service)).split).toEqual(blue);
      });
    },
    minutes,
  );

  test('scales nothing down and ends no pod: a gateway that is still there finds it answering', async () => {
    await mustStep('switch-traffic', { service });
    const before = await whatRuns();
    await mustStep('rollback', { service });
    expect(await whatRuns()).toEqual(before);
  });
});

async function whatRuns(): Promise<unknown> {
  const [sets, running] = await Promise.all([
    api.list(deployments, { namespace }),
    api.list(pods, { namespace }),
  ]);
  return {
    replicas: sets.map(({ metadata, ['spec']: spec }) => [
      metadata.name,
      (spec as { replicas?: number }).replicas,
    ]),
    pods: running.map(({ metadata }) => metadata.name).sort(),
  };
}
