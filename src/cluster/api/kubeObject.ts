import { ConnectionError } from '../../runtime/errors.ts';
import type { KubeObject, Resource } from './kubeApi.ts';

/** An object as the API server sent it. Items of a list come without kind and apiVersion: they are filled in. */
export function parseObject(body: string, resource: Resource): KubeObject {
  return toObject(parseJson(body, resource), resource);
}

export function parseList(
  body: string,
  resource: Resource,
): { readonly items: readonly KubeObject[]; readonly next: string | null } {
  const list = parseJson(body, resource) as { items?: unknown; metadata?: { continue?: unknown } };
  const items: readonly unknown[] = Array.isArray(list.items) ? list.items : [];
  const next = list.metadata?.continue;
  return {
    items: items.map((item) => toObject(item, resource)),
    next: typeof next === 'string' && next !== '' ? next : null,
  };
}

function parseJson(body: string, resource: Resource): object {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Said below.
  }
  throw notKubernetes(resource, body);
}

function toObject(value: unknown, resource: Resource): KubeObject {
  const { metadata } = (value ?? {}) as { metadata?: { name?: unknown } };
  if (typeof metadata?.name !== 'string') throw notKubernetes(resource, JSON.stringify(value));
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  return { apiVersion, kind: resource.kind, ...(value as object) } as KubeObject;
}

const notKubernetes = (resource: Resource, body: string): ConnectionError =>
  new ConnectionError(
    `the answer for ${resource.plural} is not what Kubernetes sends: ${body.slice(0, 200)}`,
    'Something between here and the API server answers in its place (a proxy, a login page): check the address.',
  );
