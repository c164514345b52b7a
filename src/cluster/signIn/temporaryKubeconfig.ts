import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '@kubernetes/client-node/dist/config_types.js';
import { stringify } from 'yaml';
import { makeOwnFolder } from '../../runtime/ownFolders.ts';
import type { Credentials } from './credentials.ts';
import type { ProgramAccess } from './programAccess.ts';

/**
 * Writes a kubeconfig with the bearer token of this moment, for a program that cannot mint one:
 * mode 0600 in a folder of its own (0700) under RUNNER_TEMP. The caller removes it; what a caller leaves that is
 * killed, the next step removes.
 */
export async function temporaryKubeconfig(
  cluster: Cluster,
  credentials: Credentials,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ProgramAccess> {
  const { headers } = await credentials.current();
  const folder = await makeOwnFolder('c4ang-kubeconfig', env);
  const path = join(folder, 'kubeconfig');
  const ca = cluster.caData ?? (cluster.caFile ? readFileSync(cluster.caFile).toString('base64') : undefined);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'release',
    clusters: [
      {
        name: 'release',
        cluster: { server: cluster.server, ...(ca ? { 'certificate-authority-data': ca } : {}) },
      },
    ],
    users: [{ name: 'release', user: { token: (headers['Authorization'] ?? '').replace(/^Bearer /, '') } }],
    contexts: [{ name: 'release', context: { cluster: 'release', user: 'release' } }],
  };
  writeFileSync(path, stringify(config), { mode: 0o600 });
  return {
    argv: ['--kube-context', 'release'],
    env: { KUBECONFIG: path },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
