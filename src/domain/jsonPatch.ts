/** RFC 6902, as far as this project writes it. */
export type PatchStep =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export type JsonPatch = readonly PatchStep[];

/** A change of one object as a value: what to send, and the spec that must come back. */
export interface Plan {
  /** Empty when nothing has to change. */
  readonly patch: JsonPatch;
  readonly expectedSpec: unknown;
}

/** Compare and swap: the API server refuses the patch when the object is no longer the one that was read. */
export const testVersion = (resourceVersion: string): PatchStep => ({
  op: 'test',
  path: '/metadata/resourceVersion',
  value: resourceVersion,
});
