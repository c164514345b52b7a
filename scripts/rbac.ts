import { stringify } from 'yaml';

/** Whom an EKS access entry gives as a Kubernetes group; see docs/getting-started.md. */
const group = 'c4ang-releases';
const serviceNamespace = 'ecommerce';
const gatewayNamespace = 'istio-system';
/** The stronger of two ways to ask a proxy: nobody gets it unasked. */
const onlyWhereDenied = 'c4ang-ask-proxies-by-exec';

const head = `# What a release may do in the cluster: the Roles of docs/security.md, bound to the group ${group}.
# Made by npm run docs. Services in another namespace than ${serviceNamespace}, or gateways in another than
# ${gatewayNamespace}: put yours in their place.
`;

interface Role {
  readonly kind: string;
  readonly name: string;
  readonly isByNamespace: boolean;
}

/**
 * The manifest that a cluster's owner applies, once for each namespace with services.
 * @param security the text of docs/security.md; each of its YAML blocks is a Role or a ClusterRole
 */
export function rbacManifest(security: string): string {
  const blocks = [...security.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
    .map(([, block = '']) => block.trimEnd())
    .filter((block) => !block.includes(`name: ${onlyWhereDenied}\n`));
  const roles = blocks.map(roleOf);
  const documents = [
    ...blocks.map((block) => inNamespace(block)),
    ...roles.flatMap((role) => bindingsOf(role)).map((binding) => stringify(binding).trimEnd()),
  ];
  return `${head}${documents.map((text) => `---\n${text}\n`).join('')}`;
}

function roleOf(block: string): Role {
  const [, kind = ''] = /^kind: (\w+)$/m.exec(block) ?? [];
  const [, name = ''] = /^ {2}name: (\S+)$/m.exec(block) ?? [];
  // A stream to a pod is given by namespace, whatever the role's kind: see docs/security.md.
  return { kind, name, isByNamespace: kind === 'Role' || name === 'c4ang-ask-proxies' };
}

const inNamespace = (block: string): string =>
  block.includes('\nkind: Role\n')
    ? block.replace(/^( {2}name: \S+)$/m, `$1\n  namespace: ${serviceNamespace}`)
    : block;

function bindingsOf({ kind, name, isByNamespace }: Role): readonly object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group }];
  if (!isByNamespace)
    return [{ apiVersion, kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects }];
  const namespaces = kind === 'Role' ? [serviceNamespace] : [serviceNamespace, gatewayNamespace];
  return namespaces.map((namespace) => ({
    apiVersion,
    kind: 'RoleBinding',
    metadata: { name, namespace },
    roleRef,
    subjects,
  }));
}
