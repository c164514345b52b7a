import { objectAt, objectsAt, textAt, textsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { previewName } from './managedRoutes.ts';
import type { Finding } from '../problem.ts';
import { formatObject } from './routing.ts';
import type { ObjectName, ServiceRouting } from './routing.ts';
import { slots } from '../slot.ts';
import { versionLabel } from './subsets.ts';

/** Who applies an object from Git, and so may undo what a release writes into it. */
export interface GitOpsOwner {
  readonly title: string;
  /** What to set so that it leaves the fields alone that a release writes. */
  readonly remedy: string;
}

interface Written extends ObjectName {
  readonly kind: 'VirtualService' | 'DestinationRule';
  readonly object: JsonObject;
  /** The fields that a release writes, as Argo CD's jqPathExpressions name them. */
  readonly fields: readonly string[];
}

/**
 * Whether what a release writes stays written. Whether the owner has been told to leave it alone stands in Git
 * and cannot be seen in the object: whoever has done so says so (allow-gitops-owned).
 */
export function keptByGitOps(routing: ServiceRouting): Finding {
  const owned = written(routing).flatMap((one) => {
    const owner = gitOpsOwner(one);
    return owner === null ? [] : [{ where: formatObject(one.kind, one), ...owner }];
  });
  if (owned.length === 0) return { ok: true, detail: 'no object is applied by Argo CD or Flux', remedy: '' };
  return {
    ok: false,
    detail: owned
      .map(({ where, title }) => `${where} is applied by ${title}, which would undo the change`)
      .join('; '),
    remedy: [...new Set(owned.map(({ remedy }) => remedy)), 'Then say so: allow-gitops-owned: true.'].join(
      '\n  ',
    ),
  };
}

/** A DestinationRule is written only where its subsets select by version. */
function written({ name, virtualServices, destinationRule }: ServiceRouting): readonly Written[] {
  const fields = [
    '.spec.http[].route[].weight',
    `.spec.http[] | select(.name == "${previewName(name.service)}")`,
  ];
  const byVersion = slots.some((slot) => destinationRule.subsets[slot].labels[versionLabel] !== undefined);
  return [
    ...virtualServices.map((vs): Written => ({ ...vs, kind: 'VirtualService', fields })),
    ...(byVersion
      ? [
          {
            ...destinationRule,
            kind: 'DestinationRule' as const,
            fields: [`.spec.subsets[].labels.${versionLabel}`],
          },
        ]
      : []),
  ];
}

const gitOpsOwner = (one: Written): GitOpsOwner | null => {
  const metadata = objectAt(one.object, 'metadata');
  return argoOwner(one, metadata) ?? fluxKustomization(one, metadata) ?? fluxHelmRelease(one, metadata);
};

/**
 * By the annotation that names this very object (a copied one names another), or by the label, which Helm sets
 * too, together with Argo CD among those who have written the object.
 * Source: Argo CD, user guide, "Resource Tracking" and "Diffing Customization".
 */
function argoOwner(one: Written, metadata: JsonObject): GitOpsOwner | null {
  const tracking = textsAt(metadata, 'annotations')['argocd.argoproj.io/tracking-id'] ?? '';
  const [application, ...tracked] = tracking.split(':');
  const isThis = tracked.join(':') === `networking.istio.io/${one.kind}:${one.namespace}/${one.name}`;
  const labels = textsAt(metadata, 'labels');
  const label =
    labels['argocd.argoproj.io/instance'] ??
    (isWrittenByArgo(metadata) ? labels['app.kubernetes.io/instance'] : undefined);
  const owner = isThis ? application : label;
  if (owner === undefined || owner === '') return null;
  const paths = one.fields.map((field) => `'${field}'`).join(', ');
  return {
    title: `Argo CD application ${owner}`,
    remedy:
      `Add to the spec of Application ${owner}:\n` +
      `    ignoreDifferences:\n` +
      `      - {group: networking.istio.io, kind: ${one.kind}, namespace: ${one.namespace}, name: ${one.name}, jqPathExpressions: [${paths}]}\n` +
      `    syncPolicy: {syncOptions: [RespectIgnoreDifferences=true]}`,
  };
}

const isWrittenByArgo = (metadata: JsonObject): boolean =>
  objectsAt(metadata, 'managedFields').some(
    ([, entry]) => textAt(entry, 'manager')?.startsWith('argocd') === true,
  );

/** Source: Flux, "Kustomization", "Controlling the apply behavior of resources". */
function fluxKustomization({ kind, namespace, name }: Written, metadata: JsonObject): GitOpsOwner | null {
  const group = 'kustomize.toolkit.fluxcd.io';
  const settings = settingsOf(metadata);
  const isLeft =
    settings[`${group}/reconcile`] === 'disabled' ||
    ['ifnotpresent', 'ignore'].includes(settings[`${group}/ssa`]?.toLowerCase() ?? '');
  const owner = ownerByLabels(metadata, group);
  if (owner === null || isLeft) return null;
  return {
    title: `Flux Kustomization ${owner.namespace}/${owner.name}`,
    remedy: `Annotate ${kind} ${namespace}/${name} in Git with ${group}/ssa: IfNotPresent, or suspend it during releases: flux suspend kustomization ${owner.name} -n ${owner.namespace}`,
  };
}

/** Source: Flux, "HelmRelease", "Drift detection". */
function fluxHelmRelease({ kind, namespace, name }: Written, metadata: JsonObject): GitOpsOwner | null {
  const group = 'helm.toolkit.fluxcd.io';
  const owner = ownerByLabels(metadata, group);
  if (owner === null || settingsOf(metadata)[`${group}/driftDetection`] === 'disabled') return null;
  return {
    title: `Flux HelmRelease ${owner.namespace}/${owner.name}`,
    remedy: `Annotate ${kind} ${namespace}/${name} in its chart with ${group}/driftDetection: disabled, or suspend it during releases: flux suspend helmrelease ${owner.name} -n ${owner.namespace}`,
  };
}

/** Flux reads its settings from labels as well as from annotations. */
const settingsOf = (metadata: JsonObject): Readonly<Partial<Record<string, string>>> => ({
  ...textsAt(metadata, 'labels'),
  ...textsAt(metadata, 'annotations'),
});

function ownerByLabels(metadata: JsonObject, group: string): ObjectName | null {
  const labels = textsAt(metadata, 'labels');
  const name = labels[`${group}/name`];
  return name === undefined ? null : { name, namespace: labels[`${group}/namespace`] ?? 'flux-system' };
}
