import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { V1Deployment } from '@kubernetes/client-node';
import { readManifests } from '../../lab/apply.ts';
import { forForeignCluster } from '../../lab/foreign.ts';

const manifests = readManifests(join(import.meta.dirname, '..', '..', 'lab', 'manifests', 'platform'));
const image = 'registry.example/load-agent@sha256:00';

function onForeignCluster(name: string): V1Deployment {
  const found = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata?.name === name);
  return forForeignCluster(found as V1Deployment, image);
}

test('on another cluster the caller inside the mesh has Istio’s own sidecar', () => {
  const { metadata, spec } = onForeignCluster('payment-caller').spec?.template ?? {};
  expect(spec?.containers.map((container) => [container.name, container.image])).toEqual([['caller', image]]);
  expect(metadata?.labels).toMatchObject({ 'sidecar.istio.io/inject': 'true', app: 'payment-caller' });
  // Its sidecar catches what it sends: there is no proxy to be told.
  expect(metadata?.annotations).not.toHaveProperty('lab.c4ang.com/http-proxy');
  expect(spec?.volumes).toBeUndefined();
});

test('the caller outside the mesh stays without one', () => {
  const { metadata } = onForeignCluster('load-agent').spec?.template ?? {};
  expect(metadata?.labels).toMatchObject({ 'sidecar.istio.io/inject': 'false' });
});
