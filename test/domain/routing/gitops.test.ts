import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/domain/json.ts';
import { keptByGitOps } from '../../../src/domain/routing/gitops.ts';
import type { Finding } from '../../../src/domain/problem.ts';
import { readRouting } from '../../../src/domain/routing/readRouting.ts';
import { bySlot, byVersion, destinationRule, shop, virtualService } from '../../fakes/shop.ts';

const service = {
  metadata: { name: 'order-api', namespace: 'ecommerce' },
  spec: { selector: { app: 'order-api' }, ports: [{ port: 80 }] },
};
const instance = { 'app.kubernetes.io/instance': 'shop' };
const trackingId = (object: string) => ({
  annotations: { 'argocd.argoproj.io/tracking-id': `shop:networking.istio.io/${object}` },
});

const withMetadata = (object: JsonObject, more: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...(object['metadata'] as JsonObject), ...more },
});

function finding(more: JsonObject, rule: JsonObject = destinationRule(bySlot)): Finding {
  const reading = readRouting(
    shop,
    { service, virtualServices: [withMetadata(virtualService(), more)], destinationRules: [rule] },
    'forward',
  );
  if (reading.kind === 'refused') throw new Error(JSON.stringify(reading.problems));
  return keptByGitOps(reading.routing);
}

test.each<[string, JsonObject, string]>([
  ['Argo CD by annotation', trackingId('VirtualService:ecommerce/order-api-vs'), 'Argo CD application shop'],
  [
    'Argo CD by label and writer',
    { labels: instance, managedFields: [{ manager: 'argocd-controller' }] },
    'Argo CD application shop',
  ],
  [
    'Argo CD by its own label',
    { labels: { 'argocd.argoproj.io/instance': 'shop' } },
    'Argo CD application shop',
  ],
  [
    'Flux from a directory',
    {
      labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'ops' },
    },
    'Flux Kustomization ops/apps',
  ],
  [
    'Flux from a chart',
    { labels: { 'helm.toolkit.fluxcd.io/name': 'shop' } },
    'Flux HelmRelease flux-system/shop',
  ],
])('a VirtualService that %s applies is not a release’s to write', (_title, metadata, owner) => {
  const { ok, detail } = finding(metadata);
  expect([ok, detail]).toEqual([
    false,
    `VirtualService ecommerce/order-api-vs is applied by ${owner}, which would undo the change`,
  ]);
});

test.each<[string, JsonObject]>([
  ['nobody', {}],
  ['Helm, which sets the same label', { labels: instance, managedFields: [{ manager: 'helm' }] }],
  ['someone who copied another object’s annotation', trackingId('VirtualService:ecommerce/other-vs')],
  [
    'Flux, which was told to leave it alone',
    {
      labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' },
      annotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' },
    },
  ],
  [
    'Flux without drift detection',
    {
      labels: { 'helm.toolkit.fluxcd.io/name': 'shop' },
      annotations: { 'helm.toolkit.fluxcd.io/driftDetection': 'disabled' },
    },
  ],
])('a VirtualService that is applied by %s may be written', (_title, metadata) => {
  expect(finding(metadata).ok).toBe(true);
});

test('the remedy is what to set, word for word', () => {
  const argo = finding(trackingId('VirtualService:ecommerce/order-api-vs')).remedy;
  expect(argo).toContain('Add to the spec of Application shop:');
  expect(argo).toContain(
    `- {group: networking.istio.io, kind: VirtualService, namespace: ecommerce, name: order-api-vs, jqPathExpressions: ['.spec.http[].route[].weight', '.spec.http[] | select(.name == "order-api-preview")']}`,
  );
  expect(argo).toContain('RespectIgnoreDifferences=true');
  expect(argo).toContain('allow-gitops-owned: true');
  expect(finding({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }).remedy).toContain(
    'flux suspend kustomization apps -n flux-system',
  );
});

test('a DestinationRule matters only where a release writes it', () => {
  const tracked = trackingId('DestinationRule:ecommerce/order-api-dr');
  expect(finding({}, withMetadata(destinationRule(bySlot), tracked)).ok).toBe(true);
  const { ok, remedy } = finding({}, withMetadata(destinationRule(byVersion), tracked));
  expect(ok).toBe(false);
  expect(remedy).toContain('.spec.subsets[].labels.version');
});
