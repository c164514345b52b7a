import { expect, test } from '@jest/globals';
import { parse } from '../../src/actions/switch-traffic/inputs.ts';
import { switchTraffic } from '../../src/actions/switch-traffic/run.ts';
import { guarded } from '../../src/cluster/api/guardedApi.ts';
import type { KubeApi, Resource } from '../../src/cluster/api/kubeApi.ts';
import { clusterLease } from '../../src/cluster/lease/releaseLease.ts';
import { configMapRecord } from '../../src/cluster/record/releaseRecord.ts';
import { clusterMesh } from '../../src/mesh/clusterMesh.ts';
import { Bench } from '../fakes/bench.ts';
import { fakeHolder } from '../fakes/holder.ts';

interface Call {
  readonly what: string;
  /** How many rounds had gone when it was asked. */
  readonly round: number;
}

/** Time, as far as an API server that is far away is concerned: what is asked in one round is answered at its end. */
class Rounds {
  gone = 0;
  #end: Promise<void> | null = null;

  next(): Promise<void> {
    this.#end ??= (async () => {
      // Whoever is about to ask besides does so by then.
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      this.gone += 1;
      this.#end = null;
    })();
    return this.#end;
  }
}

/** A switch on an API server that is far away: each call by the round in which it was asked. */
async function countedSwitch(): Promise<readonly Call[]> {
  const bench = new Bench();
  const { clock } = bench;
  await bench.begin('verified');
  bench.envoys.lagMs = 0;
  const calls: Call[] = [];
  const rounds = new Rounds();
  const far = (api: KubeApi): KubeApi => {
    const asked = async <T>(verb: string, { plural }: Resource, call: () => Promise<T>): Promise<T> => {
      calls.push({ what: `${verb} ${plural}`, round: rounds.gone });
      await rounds.next();
      return call();
    };
    return {
      get: (resource, ...rest) => asked('get', resource, () => api.get(resource, ...rest)),
      list: (resource, options) => asked('list', resource, () => api.list(resource, options)),
      create: (resource, object) => asked('create', resource, () => api.create(resource, object)),
      update: (resource, object) => asked('update', resource, () => api.update(resource, object)),
      jsonPatch: (resource, ...rest) => asked('patch', resource, () => api.jsonPatch(resource, ...rest)),
      delete: (resource, ...rest) => asked('delete', resource, () => api.delete(resource, ...rest)),
    };
  };
  const own = clusterLease(far(bench.leases), clock, bench.tools.log, fakeHolder('this step'));
  const { api, lease } = guarded(far(bench.api), own);
  const mesh = clusterMesh(api, bench.envoys, clock);
  const record = configMapRecord(api, () => undefined);
  await switchTraffic(parse({ service: 'order-api' }), { ...bench.tools, mesh, record, lease });
  return calls;
}

const during = (calls: readonly Call[], round: number): readonly string[] =>
  calls
    .filter((call) => call.round === round)
    .map(({ what }) => what)
    .sort();

test('from its start to the accepted patch a switch waits for the API server five times, and asks nothing twice at once', async () => {
  const calls = await countedSwitch();
  expect(during(calls, 0)).toEqual(['get leases']);
  expect(during(calls, 1)).toEqual([
    'create leases',
    'get configmaps',
    'get services',
    'list destinationrules',
    'list virtualservices',
  ]);
  expect(during(calls, 2)).toEqual(['get gateways', 'get namespaces', 'list pods', 'list pods']);
  expect(during(calls, 3)).toEqual(['get leases', 'update configmaps']);
  expect(during(calls, 4)).toEqual(['patch virtualservices']);
  expect(during(calls, 5)).toEqual(['get gateways', 'list pods']);
});

test('after the proof it waits for the record alone, and gives the lease back while it tells', async () => {
  const calls = await countedSwitch();
  const patched = calls.findIndex(({ what }) => what === 'patch virtualservices');
  expect(calls.slice(patched + 1).map(({ what }) => what)).toEqual([
    'list pods',
    'get gateways',
    'update configmaps',
    'update leases',
  ]);
});
