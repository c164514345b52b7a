import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import { apply } from '../../lab/apply.ts';
import { connectLab } from '../../lab/connect.ts';
import { connect } from '../../src/cluster/signIn/connect.ts';
import type { Connection } from '../../src/cluster/signIn/connect.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { ClustersDump, HostsDump, RoutesDump } from './fidelity/dump.ts';
import {
  hostNames,
  normaliseClusters,
  normaliseHosts,
  normaliseRoutes,
  recordedVersion,
  withoutBlackhole,
} from './fidelity/normalise.ts';
import { probe } from './fidelity/probe.ts';
import { readRecordings, stageHost, stageNamespace } from './fidelity/recording.ts';
import type { Recording } from './fidelity/recording.ts';
import { clearStage, podsOf, remove, setStage } from './fidelity/stage.ts';
import type { StagePod } from './fidelity/stage.ts';

// The control plane of the lab (or a real one, with --context) against what a real istiod 1.28.3 did: in real
// Envoys, and in how they answer.

const lab = connectLab({ context: process.env['E2E_CONTEXT'] });
const minutes = 60_000;
let connection: Connection;
let gateways: StagePod[];
let caller: StagePod;
let versions: ReadonlyMap<string, string>;

beforeAll(async () => {
  connection = await connect(
    {
      cluster: null,
      'aws-region': 'ap-northeast-2',
      kubeconfig: lab.kubeconfig,
      context: lab.context,
      service: 'order-api',
      namespace: stageNamespace,
    },
    systemClock,
    process.env,
  );
  await setStage(lab);
  gateways = await podsOf(lab, 'istio-system', 'istio=ingressgateway');
  const callers = await podsOf(lab, stageNamespace, 'app=payment-caller');
  if (callers[0] === undefined) throw new Error('there is no caller in the mesh');
  caller = callers[0];
  const pods = await podsOf(lab, stageNamespace, 'app=order-api');
  versions = new Map(pods.map(({ address, version }) => [address, version]));
}, 3 * minutes);

afterAll(async () => {
  connection.close();
  await clearStage(lab);
}, 2 * minutes);

async function dump<T>(pod: StagePod, path: string): Promise<T> {
  const answer = await connection.podHttp.request(pod, 15000, { path, timeoutMs: 5_000 });
  return JSON.parse(answer.body) as T;
}

const routesOf = (pod: StagePod): Promise<RoutesDump> =>
  dump(pod, '/config_dump?resource=dynamic_route_configs');

/** What the recording says each proxy shows. */
function expected(recording: Recording): unknown {
  const gateway = {
    routes: normaliseRoutes(withoutBlackhole(recording.routes), hostNames(recording.routes)),
    clusters: normaliseClusters(recording.clusters),
    hosts: normaliseHosts(recording.hosts, recordedVersion),
  };
  const { sidecar } = recording;
  const inMesh = sidecar && normaliseRoutes(sidecar.routes, hostNames(sidecar.routes));
  return { gateways: gateways.map(() => gateway), sidecar: inMesh };
}

/** What each proxy shows now. */
async function shown(recording: Recording): Promise<unknown> {
  const states = gateways.map(async (pod) => {
    const [routes, clusters, hosts] = await Promise.all([
      routesOf(pod),
      dump<ClustersDump>(pod, '/config_dump?resource=dynamic_active_clusters&name_regex=.*order-api.*'),
      dump<HostsDump>(pod, '/clusters?format=json'),
    ]);
    return {
      // One route configuration for each port that any Gateway opens; the recordings are about one.
      routes: only('http.8080', normaliseRoutes(withoutBlackhole(routes), hostNames(recording.routes))),
      clusters: normaliseClusters(clusters),
      hosts: normaliseHosts(hosts, (address) => versions.get(address) ?? address),
    };
  });
  const { sidecar } = recording;
  const inMesh =
    sidecar && only(['80', 'http_proxy'], normaliseRoutes(await routesOf(caller), hostNames(sidecar.routes)));
  return { gateways: await Promise.all(states), sidecar: inMesh };
}

function only(names: string | readonly string[], configs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(configs).filter(([name]) => names.includes(name)));
}

async function untilAsRecorded(recording: Recording): Promise<void> {
  const want = expected(recording);
  const end = Date.now() + 10_000;
  for (;;) {
    const have = await shown(recording);
    if (isDeepStrictEqual(have, want)) return;
    if (Date.now() > end) expect(have).toEqual(want);
    await sleep(50);
  }
}

/** Answers of the same kinds; where one kind was recorded, nothing but that. */
async function answersAsRecorded(recording: Recording): Promise<void> {
  for (const [name, counts] of Object.entries(recording.probes)) {
    const headers = { Host: stageHost, ...(name.includes('header') ? { version: 'v1.1.0' } : {}) };
    const inMesh = name.startsWith('mesh caller');
    const url = `http://order-api.${stageNamespace}.svc.cluster.local/api/v1/orders`;
    const pods = inMesh ? [caller] : gateways;
    // Enough that a share of 30 % which never shows is no chance.
    const times = Object.keys(counts).length > 1 ? 60 : 20;
    for (const pod of pods) {
      const got = await probe(
        connection.podHttp,
        inMesh
          ? { pod, port: 15080, target: url, headers: { ...headers, Host: new URL(url).host } }
          : { pod, port: 8080, target: '/api/v1/orders', headers },
        times,
      );
      expect({ [name]: Object.keys(got).sort() }).toEqual({ [name]: Object.keys(counts).sort() });
    }
  }
}

describe('the control plane does as a real istiod did', () => {
  const recordings = readRecordings();
  let applied: Recording['applied'] = [];

  afterEach(() => remove(lab, applied));

  test('all recordings are there', () => {
    applied = [];
    expect(recordings.length).toBeGreaterThanOrEqual(18);
  });

  test.each(recordings.map((recording) => [recording.name, recording] as const))(
    '%s',
    async (_name, recording) => {
      applied = recording.applied;
      await apply(lab.config, recording.applied);
      await untilAsRecorded(recording);
      await answersAsRecorded(recording);
    },
    minutes,
  );
});
