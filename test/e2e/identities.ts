import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthorizationV1Api } from '@kubernetes/client-node';
import { parse, stringify } from 'yaml';
import { apply, parseManifests } from '../../lab/apply.ts';
import type { Lab } from '../../lab/connect.ts';
import { rootAction } from '../../src/entry.ts';
import { parts } from '../../src/release/inputs.ts';

/** A Role or ClusterRole, as docs/security.md has it. */
export interface DocumentedRole {
  readonly kind: 'Role' | 'ClusterRole';
  readonly metadata: { readonly name: string };
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Where the service accounts are: any namespace will do. */
const home = 'default';
const serviceNamespace = 'ecommerce';
/** Those with gateways or callers: only there a port may be forwarded. */
const proxyNamespaces = ['istio-system', 'ecommerce', 'lab-load'];
const settleMs = 5_000;
/** How the proxies are asked: by the one or the other, as docs/security.md says. */
const askingRoles = {
  'port-forward': 'c4ang-ask-proxies',
  exec: 'c4ang-ask-proxies-by-exec',
  nothing: null,
} as const;

export type Asking = keyof typeof askingRoles;

/** Every YAML block of docs/security.md. */
export function documentedRoles(root: string): readonly DocumentedRole[] {
  const text = readFileSync(join(root, 'docs', 'security.md'), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
    ([, block = '']) => parse(block) as DocumentedRole,
  );
}

export const roleOf = (action: string): string => `c4ang-${action}`;

/** A release in one step has the rights of its four parts, as docs/security.md says. */
const partsOf = (action: string): readonly string[] => (action === rootAction ? parts : [action]);

/** Signs steps in as service accounts that may do what docs/security.md says, and nothing else. */
export class Identities {
  readonly #lab: Lab;
  readonly #roles: readonly DocumentedRole[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'c4ang-identities-'));
  readonly #made = new Map<string, Promise<string>>();

  constructor(lab: Lab, root: string) {
    this.#lab = lab;
    this.#roles = documentedRoles(root);
  }

  /** @returns the kubeconfig of an action's identity */
  of(action: string, asking: Asking = 'port-forward'): Promise<string> {
    const key = asking === 'port-forward' ? action : `${action}-by-${asking}`;
    const made = this.#made.get(key) ?? this.#make(key, action, asking);
    this.#made.set(key, made);
    return made;
  }

  async #make(name: string, action: string, asking: Asking): Promise<string> {
    const own = partsOf(action).map((part) => {
      const role = this.#roles.find(({ metadata }) => metadata.name === roleOf(part));
      if (role === undefined) throw new Error(`docs/security.md has no Role ${roleOf(part)}`);
      return role;
    });
    const unwanted = Object.values(askingRoles).filter((one) => one !== askingRoles[asking]);
    const shared = this.#roles.filter(
      ({ kind, metadata }) => kind === 'ClusterRole' && !unwanted.some((one) => one === metadata.name),
    );
    return this.withRights(name, [...shared, ...own]);
  }

  /** The kubeconfig of an identity with exactly these roles. Given again, it has these and no others. */
  async withRights(name: string, roles: readonly DocumentedRole[]): Promise<string> {
    const account = roleOf(name);
    const subjects = [{ kind: 'ServiceAccount', name: account, namespace: home }];
    const objects = [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace: home } },
      ...roles.flatMap((role) => [inPlace(role), ...bindings(role, account, subjects)]),
    ];
    await apply(this.#lab.config, parseManifests(objects.map((object) => stringify(object)).join('---\n')));
    await this.#settled(account, roles);
    const file = join(this.#folder, `${name}.kubeconfig`);
    const token = await this.#lab.tokenOf(home, account);
    writeFileSync(file, this.#kubeconfig(token), { mode: 0o600 });
    return file;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #kubeconfig(token: string): string {
    const config = parse(readFileSync(this.#lab.kubeconfig, 'utf8')) as { users: { user: object }[] };
    for (const entry of config.users) entry.user = { token };
    return stringify(config);
  }

  /** The API server learns of roles by watching: a moment after they were accepted. */
  async #settled(account: string, roles: readonly DocumentedRole[]): Promise<void> {
    const authorization = this.#lab.config.makeApiClient(AuthorizationV1Api);
    const endMs = Date.now() + settleMs;
    for (const { group, resource, verb, namespace } of roles.flatMap(asked)) {
      const [plural = '', subresource] = resource.split('/');
      const resourceAttributes = {
        group,
        resource: plural,
        verb,
        ...(subresource === undefined ? {} : { subresource }),
        ...(namespace === null ? {} : { namespace }),
      };
      const body = { spec: { user: `system:serviceaccount:${home}:${account}`, resourceAttributes } };
      while (!(await authorization.createSubjectAccessReview({ body })).status?.allowed) {
        if (Date.now() > endMs) throw new Error(`${account} may still not ${verb} ${resource}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

/** A stream to a pod is given by namespace, whatever the role's kind: see docs/security.md. */
const isByNamespace = ({ rules }: DocumentedRole): boolean =>
  rules.every(({ resources }) => resources.every((resource) => resource.startsWith('pods/')));

const inPlace = (role: DocumentedRole): object =>
  role.kind === 'ClusterRole'
    ? role
    : { ...role, metadata: { ...role.metadata, namespace: serviceNamespace } };

function bindings(role: DocumentedRole, account: string, subjects: readonly object[]): readonly object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: role.kind, name: role.metadata.name };
  const name = `${account}-${role.metadata.name}`;
  if (role.kind === 'ClusterRole' && !isByNamespace(role)) {
    return [{ apiVersion, kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects }];
  }
  const namespaces = role.kind === 'Role' ? [serviceNamespace] : proxyNamespaces;
  return namespaces.map((namespace) => ({
    apiVersion,
    kind: 'RoleBinding',
    metadata: { name, namespace },
    roleRef,
    subjects,
  }));
}

/** One question for each rule: they become known together. */
function asked(role: DocumentedRole) {
  const namespace = role.kind === 'Role' || isByNamespace(role) ? serviceNamespace : null;
  return role.rules.map(({ apiGroups, resources, verbs }) => ({
    group: apiGroups[0] ?? '',
    resource: resources.at(-1) ?? '',
    verb: verbs.at(-1) ?? '',
    namespace,
  }));
}
