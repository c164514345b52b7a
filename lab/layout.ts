import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The lab's fixed places on the machine's network: there is one lab per machine. */
export const network = {
  bridge: 'cni0',
  node: '10.244.0.1',
  podRange: '10.244.0.0/24',
  serviceRange: '10.96.0.0/16',
  kubernetesService: '10.96.0.1',
  dns: '10.96.0.10',
  apiServer: 'https://10.244.0.1:6443',
  etcd: 'http://127.0.0.1:12379',
  etcdPeer: 'http://127.0.0.1:12380',
  registry: 'localhost:5000',
  registryUrl: 'http://127.0.0.1:5000',
  prometheus: 'http://10.244.0.1:9090',
  controlPlane: { grpc: '10.244.0.1:15010', monitoring: '10.244.0.1:15014', http: '127.0.0.1:15080' },
} as const;

/** Loopback ports that nothing else on the machine may hold when the lab starts. */
export const loopbackPorts = [5000, 10248, 10249, 10257, 10259, 12379, 12380, 15080] as const;

export const contextName = 'c4ang-lab';
export const nodeName = 'lab';

/**
 * What must not depend on how deep the checkout lies: unix sockets (107 bytes at most) and
 * what tells every checkout whose lab this machine runs.
 */
export const runDir = '/run/c4ang-lab';
export const runPaths = {
  owner: join(runDir, 'owner.json'),
  lock: join(runDir, 'lock.json'),
  baseline: join(runDir, 'baseline.json'),
  containerdSocket: join(runDir, 'containerd.sock'),
  containerdState: join(runDir, 'containerd'),
  runc: join(runDir, 'runc'),
  cni: join(runDir, 'cni'),
  kubelet: join(runDir, 'kubelet'),
} as const;

/** The files of one checkout's lab; all under `.lab/`, which git ignores. */
export interface Layout {
  readonly checkout: string;
  readonly state: string;
  readonly stateFile: string;
  readonly kubeconfig: string;
  readonly bin: string;
  readonly logs: string;
  readonly config: string;
  readonly pki: string;
  readonly data: string;
}

export function layoutOf(checkout: string): Layout {
  const state = join(resolve(checkout), '.lab');
  return {
    checkout: resolve(checkout),
    state,
    stateFile: join(state, 'state.json'),
    kubeconfig: join(state, 'kubeconfig'),
    bin: join(state, 'bin'),
    logs: join(state, 'logs'),
    config: join(state, 'config'),
    pki: join(state, 'pki'),
    data: join(state, 'data'),
  };
}

/** This checkout's files, wherever the command was typed. */
export const here = layoutOf(join(import.meta.dirname, '..'));

/** Built programs, kept for every checkout of this user. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'c4ang-actions');
}
