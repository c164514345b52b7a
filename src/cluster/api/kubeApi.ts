/** An object as the API server gives it: read through a parser, never by cast. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly [field: string]: unknown;
}

/** A kind as it stands in a URL. Known ones are in resources.ts. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** RFC 6902. */
export type PatchOperation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export interface ListOptions {
  /** All namespaces when absent. */
  readonly namespace?: string;
  /** Equality selector by label. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The Kubernetes API, as far as a release needs it. Every call has a deadline of its own.
 * @throws PermissionError with the RBAC rule to grant; ConnectionError; ConflictError (409, or a failed `test`)
 */
export interface KubeApi {
  /** null when there is none. */
  get(resource: Resource, namespace: string, name: string): Promise<KubeObject | null>;
  list(resource: Resource, options: ListOptions): Promise<readonly KubeObject[]>;
  create(resource: Resource, object: KubeObject): Promise<KubeObject>;
  /** Replaces the whole object under its resourceVersion. */
  update(resource: Resource, object: KubeObject): Promise<KubeObject>;
  jsonPatch(
    resource: Resource,
    namespace: string,
    name: string,
    patch: readonly PatchOperation[],
    options?: { readonly dryRun?: boolean },
  ): Promise<KubeObject>;
  /** false when there was none. */
  delete(resource: Resource, namespace: string, name: string): Promise<boolean>;
}

export interface PodAddress {
  readonly namespace: string;
  readonly name: string;
}

export interface HttpRequest {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Waits for the request before it to the same port: small answers come sooner than a second stream opens. */
  readonly inTurn?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * HTTP to a port inside a pod by port-forward through the API server: reaches what listens on the pod's
 * localhost (Envoy's admin on 15000), from anywhere that reaches the API server.
 * @throws ConnectionError when the pod is gone or the port refuses; PermissionError for pods/portforward
 */
export interface PodHttp {
  request(pod: PodAddress, port: number, request: HttpRequest): Promise<HttpAnswer>;
  /** Ends what is still open. */
  close(): void;
}

/**
 * HTTP to a port of a pod by the API server's pod proxy: what listens on the pod's own address. Good for probes.
 * @throws ConnectionError when the pod cannot be reached; PermissionError for pods/proxy
 */
export interface PodProxy {
  /** The pod's own answer, whatever its status. */
  get(pod: PodAddress, port: number, path: string): Promise<HttpAnswer>;
}
