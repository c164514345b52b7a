/** What access control denied, in its own words. */
export interface Denied {
  readonly group: string;
  /** Plural, with its subresource. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** null: in all namespaces. */
  readonly namespace: string | null;
}

/** The remedy of a denied permission: the rule to add, ready to be copied. */
export function ruleToAdd({ group, resource, verbs, namespace }: Denied): string {
  const where = namespace === null ? 'a ClusterRole' : `a Role in namespace ${namespace}`;
  const list = verbs.map((verb) => `"${verb}"`).join(', ');
  return (
    `Add this rule to ${where} that this identity is bound to:\n` +
    `  - apiGroups: ["${group}"]\n    resources: ["${resource}"]\n    verbs: [${list}]`
  );
}

const denial =
  /cannot (\w+) resource "([a-z0-9./-]+)" in API group "([a-z0-9.-]*)"(?: in the namespace "([a-z0-9-]+)")?/g;

/** Every denial in what a program said; the API server's sentence is the same everywhere. */
export function denialsIn(text: string): readonly Denied[] {
  const found = [...text.matchAll(denial)].map(([, verb = '', resource = '', group = '', namespace]) => ({
    group,
    resource,
    verbs: [verb],
    namespace: namespace ?? null,
  }));
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}
