import { sameJson } from '../../src/domain/json.ts';
import type { PatchOperation } from '../../src/cluster/api/kubeApi.ts';

/** A `test` operation met another value, or a path that is not there (RFC 6902): the API server answers 422. */
export class PatchTestFailed extends Error {}

type Node = Record<string, unknown> | unknown[];

/** Applies a JSON patch to a copy. Source: RFC 6902, as the API server's library has it. */
export function applyPatch<T>(document: T, patch: readonly PatchOperation[]): T {
  const copy = structuredClone(document);
  for (const operation of patch) {
    const keys = operation.path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop() ?? '';
    const parent = keys.reduce<unknown>((node, key) => child(node, key, operation.path), copy);
    apply(container(parent, operation.path), last, operation);
  }
  return copy;
}

function apply(parent: Node, key: string, operation: PatchOperation): void {
  switch (operation.op) {
    case 'test':
      if (!sameJson(child(parent, key, operation.path, true), operation.value)) {
        throw new PatchTestFailed(`testing value ${operation.path} failed`);
      }
      return;
    case 'add':
      if (Array.isArray(parent))
        parent.splice(key === '-' ? parent.length : Number(key), 0, clone(operation.value));
      else parent[key] = clone(operation.value);
      return;
    case 'replace':
      child(parent, key, operation.path);
      if (Array.isArray(parent)) parent[Number(key)] = clone(operation.value);
      else parent[key] = clone(operation.value);
      return;
    case 'remove':
      child(parent, key, operation.path);
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else Reflect.deleteProperty(parent, key);
  }
}

const clone = (value: unknown): unknown => structuredClone(value);

function container(value: unknown, path: string): Node {
  if (typeof value !== 'object' || value === null) throw new PatchTestFailed(`no such path: ${path}`);
  return value as Node;
}

function child(parent: unknown, key: string, path: string, mayBeAbsent = false): unknown {
  const node = container(parent, path);
  const isThere = Array.isArray(node) ? /^\d+$/.test(key) && Number(key) < node.length : key in node;
  if (!isThere && !mayBeAbsent) throw new PatchTestFailed(`no such path: ${path}`);
  return Array.isArray(node) ? node[Number(key)] : node[key];
}
