import type {
  KubeApi,
  KubeObject,
  ListOptions,
  PatchOperation,
  Resource,
} from '../../src/cluster/api/kubeApi.ts';
import { ConflictError, PreconditionError } from '../../src/runtime/errors.ts';
import { applyPatch, PatchTestFailed } from './jsonPatch.ts';

/** One call that changed something, in order. */
export interface Write {
  readonly verb: 'create' | 'update' | 'patch' | 'delete';
  readonly kind: string;
  readonly name: string;
  readonly patch?: readonly PatchOperation[];
}

type Verb = Write['verb'] | 'get' | 'list';
type Fault = () => Error;

/** Kubernetes in memory: resourceVersions count up, updates and patches compare them, patches test as RFC 6902 says. */
export class FakeKubeApi implements KubeApi {
  readonly writes: Write[] = [];
  readonly #objects = new Map<string, KubeObject>();
  readonly #faults = new Map<string, Fault[]>();
  readonly #hooks: ((write: Write) => void)[] = [];
  #version = 100;

  constructor(...objects: readonly (readonly [Resource, KubeObject])[]) {
    for (const [resource, object] of objects) this.put(resource, object);
  }

  /** Puts an object there behind everyone's back: as somebody else would. */
  put(resource: Resource, object: KubeObject): KubeObject {
    const stored = this.#stamped(object);
    this.#objects.set(keyOf(resource, object.metadata.namespace ?? '', object.metadata.name), stored);
    return structuredClone(stored);
  }

  /** Everything of a kind that is there now. */
  all(resource: Resource): readonly KubeObject[] {
    return [...this.#objects]
      .filter(([key]) => key.startsWith(`${resource.kind} `))
      .map(([, object]) => structuredClone(object));
  }

  /** Takes an object away behind everyone's back. */
  drop(resource: Resource, namespace: string, name: string): void {
    this.#objects.delete(keyOf(resource, namespace, name));
  }

  /** The next such call throws. Later ones of the same verb and kind follow in order. */
  failNext(verb: Verb, kind: string, fault: Fault): void {
    const key = `${verb} ${kind}`;
    this.#faults.set(key, [...(this.#faults.get(key) ?? []), fault]);
  }

  /** Called after each write: a controller that reacts to it. */
  onWrite(hook: (write: Write) => void): void {
    this.#hooks.push(hook);
  }

  /** What is there now; throws when it is not: for expectations. */
  peek(resource: Resource, namespace: string, name: string): KubeObject {
    const object = this.#objects.get(keyOf(resource, namespace, name));
    if (object === undefined) throw new Error(`the test expected a ${resource.kind} ${namespace}/${name}`);
    return structuredClone(object);
  }

  async get(resource: Resource, namespace: string, name: string): Promise<KubeObject | null> {
    await this.#turn('get', resource);
    const object = this.#objects.get(keyOf(resource, namespace, name));
    return object === undefined ? null : structuredClone(object);
  }

  async list(resource: Resource, { namespace, labels = {} }: ListOptions): Promise<readonly KubeObject[]> {
    await this.#turn('list', resource);
    return [...this.#objects]
      .filter(([key]) => key.startsWith(`${resource.kind} ${namespace === undefined ? '' : `${namespace}/`}`))
      .map(([, object]) => structuredClone(object))
      .filter(({ metadata }) =>
        Object.entries(labels).every(([label, value]) => metadata.labels?.[label] === value),
      );
  }

  async create(resource: Resource, object: KubeObject): Promise<KubeObject> {
    await this.#turn('create', resource);
    const { namespace = '', name } = object.metadata;
    if (this.#objects.has(keyOf(resource, namespace, name))) {
      throw new ConflictError(`${resource.kind} ${namespace}/${name} already exists`, 'Read it anew.');
    }
    const stored = this.put(resource, object);
    this.#wrote({ verb: 'create', kind: resource.kind, name });
    return stored;
  }

  async update(resource: Resource, object: KubeObject): Promise<KubeObject> {
    await this.#turn('update', resource);
    const { namespace = '', name, resourceVersion } = object.metadata;
    const current = this.#objects.get(keyOf(resource, namespace, name));
    if (current === undefined) {
      throw new PreconditionError(`update ${resource.plural} ${name}: not found`, 'Check the names.');
    }
    if (current.metadata.resourceVersion !== resourceVersion) {
      throw new ConflictError(`${resource.kind} ${namespace}/${name} has been modified`, 'Read it anew.');
    }
    const stored = this.put(resource, object);
    this.#wrote({ verb: 'update', kind: resource.kind, name });
    return stored;
  }

  async jsonPatch(
    resource: Resource,
    namespace: string,
    name: string,
    patch: readonly PatchOperation[],
    options: { readonly dryRun?: boolean } = {},
  ): Promise<KubeObject> {
    await this.#turn('patch', resource);
    const current = this.#objects.get(keyOf(resource, namespace, name));
    if (current === undefined) {
      throw new PreconditionError(`patch ${resource.plural} ${name}: not found`, 'Check the names.');
    }
    try {
      const patched = applyPatch(current, patch);
      if (options.dryRun === true) return patched;
      const stored = this.put(resource, patched);
      this.#wrote({ verb: 'patch', kind: resource.kind, name, patch });
      return stored;
    } catch (error) {
      if (error instanceof PatchTestFailed) throw new ConflictError(error.message, 'Read it anew.');
      throw error;
    }
  }

  async delete(resource: Resource, namespace: string, name: string): Promise<boolean> {
    await this.#turn('delete', resource);
    const isGone = this.#objects.delete(keyOf(resource, namespace, name));
    if (isGone) this.#wrote({ verb: 'delete', kind: resource.kind, name });
    return isGone;
  }

  async #turn(verb: Verb, resource: Resource): Promise<void> {
    // A real call is never synchronous either.
    await Promise.resolve();
    const fault = this.#faults.get(`${verb} ${resource.kind}`)?.shift();
    if (fault !== undefined) throw fault();
  }

  #wrote(write: Write): void {
    this.writes.push(write);
    for (const hook of this.#hooks) hook(write);
  }

  #stamped(object: KubeObject): KubeObject {
    this.#version += 1;
    const { name } = object.metadata;
    const metadata = {
      uid: `uid-of-${object.kind}-${name}`,
      ...object.metadata,
      resourceVersion: String(this.#version),
    };
    return structuredClone({ ...object, metadata });
  }
}

const keyOf = (resource: Resource, namespace: string, name: string): string =>
  `${resource.kind} ${resource.namespaced ? namespace : ''}/${name}`;
