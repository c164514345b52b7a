import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomically } from '../host/stateFile.ts';
import { network, nodeName, runPaths } from '../layout.ts';
import { smallHeap } from './apiServer.ts';
import type { Part, PartContext } from './part.ts';
import { kubeconfigOf } from './pki.ts';
import { answersHttp } from './probe.ts';

function configuration({ layout }: PartContext): string {
  const never = '0%';
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: network.node,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(layout.pki, 'ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: join(layout.pki, 'kubelet-server.crt'),
    tlsPrivateKeyFile: join(layout.pki, 'kubelet-server.key'),
    containerRuntimeEndpoint: `unix://${runPaths.containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    failSwapOn: false,
    enforceNodeAllocatable: [],
    clusterDNS: [network.dns],
    clusterDomain: 'cluster.local',
    // The machine's own resolver would leak the lab's names to it.
    resolvConf: join(layout.config, 'resolv.conf'),
    podLogsDir: join(layout.logs, 'pods'),
    volumePluginDir: join(runPaths.kubelet, 'volume-plugins'),
    oomScoreAdj: 0,
    makeIPTablesUtilChains: false,
    serializeImagePulls: false,
    kubeAPIQPS: 200,
    kubeAPIBurst: 300,
    // A nearly full disk is the owner's business: the lab must not evict its own gateways for it.
    imageGCHighThresholdPercent: 100,
    evictionHard: {
      'memory.available': never,
      'nodefs.available': never,
      'nodefs.inodesFree': never,
      'imagefs.available': never,
    },
  });
}

export function kubelet(context: PartContext): Part {
  const { layout, artifacts } = context;
  const file = join(layout.config, 'kubelet.yaml');
  const config = configuration(context);
  writeAtomically(file, config);
  writeAtomically(join(layout.config, 'resolv.conf'), '');
  return {
    name: 'kubelet',
    after: ['containerd', 'kube-apiserver', 'images'],
    file: join(artifacts.kubernetes, 'kubelet'),
    args: [
      `--config=${file}`,
      `--kubeconfig=${kubeconfigOf(layout, 'kubelet')}`,
      `--root-dir=${runPaths.kubelet}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${network.node}`,
    ],
    env: smallHeap('150MiB'),
    config,
    ready: () => answersHttp('http://127.0.0.1:10248/healthz'),
    readyTimeoutMs: 60_000,
  };
}
