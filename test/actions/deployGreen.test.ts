import { describe, expect, test } from '@jest/globals';
import {
  configMaps,
  deployments,
  destinationRules,
  events,
  virtualServices,
} from '../../src/cluster/api/resources.ts';
import { listAt, objectAt } from '../../src/domain/json.ts';
import { ToolError } from '../../src/runtime/errors.ts';
import { Deploying, image } from '../fakes/deploying.ts';
import { deployment } from '../fakes/helm.ts';
import { byVersion, destination, destinationRule, virtualService } from '../fakes/shop.ts';

test('a version goes into the slot without traffic, as strong as the live one, and no weight moves', async () => {
  const bench = new Deploying();
  await bench.deploy();
  expect(bench.helm.upgrades).toMatchObject([
    {
      upgrade: { name: 'order-api-green', namespace: 'ecommerce', takeOwnership: false },
      values: {
        part: 'workload',
        slot: 'green',
        fullnameOverride: 'order-api-green',
        labels: { version: 'v1.1.0' },
        image: { repository: 'shop/order-api', digest: `sha256:${'b'.repeat(64)}` },
        replicaCount: 2,
      },
    },
  ]);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(Object.fromEntries(bench.given)).toMatchObject({
    slot: 'green',
    version: 'v1.1.0',
    'release-id': 'rel-20261121000000-bbbbbb',
  });
  expect(await bench.release()).toMatchObject({
    phase: 'deployed',
    candidate: 'green',
    slots: { blue: { version: 'v1.0.0' }, green: { version: 'v1.1.0', image } },
    splitBefore: { blue: 100, green: 0 },
    runUrl: 'https://github.com/run/1',
    actor: 'anna',
  });
});

test('the intent is on record before Helm is told anything', async () => {
  const bench = new Deploying();
  bench.helm.fault = () => new Error('killed here');
  await expect(bench.deploy()).rejects.toThrow('killed here');
  expect(bench.api.writes[0]).toMatchObject({ verb: 'create', kind: 'ConfigMap' });
});

test('the slots take turns: with everything on green, the candidate goes into blue', async () => {
  const bench = new Deploying([virtualServices, virtualService({ weights: [0, 100] })]);
  bench.envoys.hosts.blue = ['10.244.0.21', '10.244.0.22'];
  await expect(bench.deploy({ version: 'v1.2.0', replicas: '2' })).resolves.toBeUndefined();
  expect(bench.given.get('slot')).toBe('blue');
});

describe('refused before anything is written', () => {
  const refusal = async (
    bench: Deploying,
    message: RegExp,
    given: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    bench.api.writes.length = 0;
    await expect(bench.deploy(given)).rejects.toThrow(message);
    expect(bench.changes).toEqual([]);
  };

  test('both slots take traffic', () =>
    refusal(
      new Deploying([virtualServices, virtualService({ weights: [90, 10] })]),
      /both slots of order-api take traffic \(blue 90 \/ green 10\)/,
    ));

  test('one route of several sends traffic to the slot', () =>
    refusal(
      new Deploying([
        virtualServices,
        virtualService({
          http: [
            { route: [destination('blue', 100), destination('green', 0)] },
            { route: [destination('blue', 0), destination('green', 100)] },
          ],
        }),
      ]),
      /disagree/,
    ));

  test('another release is under way', async () => {
    const bench = new Deploying();
    await bench.begin('verified');
    await refusal(bench, /release rel-1 of version v1.1.0 is in phase verified, and only one/, {
      version: 'v1.2.0',
    });
  });

  test('a release has moved traffic already, even when told to replace it', async () => {
    const bench = new Deploying();
    await bench.begin('monitoring');
    await refusal(bench, /is in phase monitoring/, { 'unfinished-release': 'replace' });
  });

  test('the record was written by something newer', async () => {
    const record = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'order-api-release', namespace: 'ecommerce' },
      data: { 'release.json': '{"schemaVersion": 9}' },
    };
    await refusal(new Deploying([configMaps, record]), /schema 9 is newer/);
  });

  test('the chart makes what both slots share', async () => {
    const bench = new Deploying();
    bench.helm.more = [{ kind: 'VirtualService', metadata: { name: 'order-api-vs' } }];
    await refusal(bench, /renders the VirtualService order-api-vs, which both slots share/);
  });

  test('the pods would not be in the subset of their slot', async () => {
    const bench = new Deploying();
    bench.helm.relabel = (labels) => ({ ...labels, slot: 'red' });
    await refusal(bench, /the subset green selects slot=green; the pods of order-api-green would have/);
  });

  test('the pods would be in the live subset at once', async () => {
    const bench = new Deploying([destinationRules, destinationRule(byVersion)]);
    await refusal(bench, /the live subset blue selects version=v1.0.0/, { version: 'v1.0.0' });
  });

  test('a Deployment with another selector stands in the way', async () => {
    const existing = deployment('green', { version: 'v0.9.0', image, slotLabel: 'color' });
    await refusal(new Deploying([deployments, existing]), /selector cannot be changed/);
  });

  test('the Deployment is of another Helm release', async () => {
    const existing = deployment('green', { version: 'v0.9.0', image, helmRelease: 'umbrella' });
    await refusal(new Deploying([deployments, existing]), /belongs to the Helm release umbrella/);
  });
});

test('the same version again goes on with its release; another replaces it when told to', async () => {
  const bench = new Deploying();
  await bench.deploy();
  await bench.deploy();
  expect(await bench.release()).toMatchObject({ id: 'rel-20261121000000-bbbbbb', phase: 'deployed' });
  bench.clock.advance(60_000);
  await bench.deploy({ version: 'v1.1.1', 'unfinished-release': 'replace' });
  expect(await bench.release()).toMatchObject({ slots: { green: { version: 'v1.1.1' } } });
  expect((await bench.release()).id).not.toBe('rel-20261121000000-bbbbbb');
});

test('a Deployment that was made without Helm is adopted', async () => {
  const bench = new Deploying([deployments, deployment('green', { version: 'v0.9.0', image })]);
  await bench.deploy();
  expect(bench.helm.upgrades[0]?.upgrade).toMatchObject({ takeOwnership: true, serverSide: true });
});

test('a subset by version follows the candidate, the live one stays, and only then it is proven', async () => {
  const bench = new Deploying([destinationRules, destinationRule(byVersion)]);
  await bench.deploy();
  const rule = bench.api.peek(destinationRules, 'ecommerce', 'order-api-dr');
  expect(listAt(objectAt(rule, 'spec'), 'subsets')).toEqual([
    { name: 'blue', labels: { version: 'v1.0.0' } },
    { name: 'green', labels: { version: 'v1.1.0' } },
  ]);
});

describe('a candidate that does not come up', () => {
  test('Helm gives up: pods and events say why, the record says failed, the last step was not taken', async () => {
    const warning = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'ecommerce' },
      involvedObject: { kind: 'ReplicaSet', name: 'order-api-green-5d4f' },
      type: 'Warning',
      reason: 'FailedCreate',
      message: 'admission webhook "policy" denied the request',
    };
    const bench = new Deploying([events, warning]);
    bench.helm.fault = () => new ToolError(['helm', 'upgrade'], 1, 'timed out', 'See why.');
    await expect(bench.deploy()).rejects.toThrow(
      /v1.1.0 did not come up in green\nhelm upgrade ended with exit code 1\ntimed out\n {2}ReplicaSet order-api-green-5d4f: FailedCreate: admission webhook "policy" denied/,
    );
    expect(await bench.release()).toMatchObject({ phase: 'failed' });
    expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  });

  test('its health says no', async () => {
    const bench = new Deploying();
    bench.sick = 'order-api-green-1 /actuator/health: says DOWN (db DOWN)';
    await expect(bench.deploy()).rejects.toThrow(
      /gave up after 60 s waiting for every pod to be well: .*db DOWN/,
    );
    expect(await bench.release()).toMatchObject({ phase: 'failed' });
  });

  test('a gateway never learns of it', async () => {
    const bench = new Deploying();
    bench.envoys.hosts.green = [];
    await expect(bench.deploy()).rejects.toThrow(/gateway/);
    expect(await bench.release()).toMatchObject({ phase: 'failed' });
  });
});

test('what a killed helm left half done is removed first', async () => {
  const bench = new Deploying();
  const pending = { status: 'pending-install', revision: 1, lastDeployed: null };
  bench.helm.statuses = Array.from({ length: 100 }, () => pending);
  await bench.deploy();
  expect(bench.helm.uninstalled).toEqual(['order-api-green']);
  expect(await bench.release()).toMatchObject({ phase: 'deployed' });
});

test('a cancelled job leaves a record that says so', async () => {
  const bench = new Deploying();
  bench.helm.fault = () => {
    bench.stop.abort(new Error('stopped by SIGTERM'));
    return new Error('stopped by SIGTERM');
  };
  await expect(bench.deploy()).rejects.toThrow('stopped by SIGTERM');
  expect(await bench.release()).toMatchObject({ phase: 'failed' });
});
