import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { exec } from '../host/exec.ts';
import { writeAtomically } from '../host/stateFile.ts';
import { contextName, network, nodeName, type Layout } from '../layout.ts';

const serverNames = [
  network.node,
  network.kubernetesService,
  '127.0.0.1',
  'localhost',
  nodeName,
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];

/** The kubeconfigs of the cluster's parts, each with the rights Kubernetes gives that part. */
const identities = ['controller-manager', 'scheduler', 'kubelet', 'kube-proxy', 'control-plane'] as const;

function kubeconfig(pki: string, identity: string): string {
  const base64 = (file: string): string => readFileSync(join(pki, file)).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: contextName,
        cluster: { server: network.apiServer, 'certificate-authority-data': base64('ca.crt') },
      },
    ],
    users: [
      {
        name: identity,
        user: {
          'client-certificate-data': base64(`${identity}.crt`),
          'client-key-data': base64(`${identity}.key`),
        },
      },
    ],
    contexts: [{ name: contextName, context: { cluster: contextName, user: identity } }],
    'current-context': contextName,
  });
}

export function kubeconfigOf(layout: Layout, identity: (typeof identities)[number]): string {
  return join(layout.config, `${identity}.kubeconfig`);
}

/** Makes the cluster's certificates once, and the kubeconfigs from them. */
export async function ensurePki(layout: Layout, pkiProgram: string): Promise<void> {
  if (!existsSync(layout.pki)) {
    const draft = `${layout.pki}.draft`;
    rmSync(draft, { recursive: true, force: true });
    await exec(pkiProgram, [draft, ...serverNames]);
    renameSync(draft, layout.pki);
  }
  writeAtomically(layout.kubeconfig, kubeconfig(layout.pki, 'admin'), 0o600);
  for (const identity of identities) {
    writeAtomically(kubeconfigOf(layout, identity), kubeconfig(layout.pki, identity), 0o600);
  }
}
