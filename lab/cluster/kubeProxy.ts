import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomically } from '../host/stateFile.ts';
import { network, nodeName } from '../layout.ts';
import { smallHeap } from './apiServer.ts';
import type { Part, PartContext } from './part.ts';
import { kubeconfigOf } from './pki.ts';
import { answersHttp } from './probe.ts';

function configuration({ layout }: PartContext): string {
  return stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    bindAddress: network.node,
    healthzBindAddress: `${network.node}:10256`,
    metricsBindAddress: '127.0.0.1:10249',
    clientConnection: { kubeconfig: kubeconfigOf(layout, 'kube-proxy') },
    hostnameOverride: nodeName,
    clusterCIDR: network.podRange,
    mode: 'iptables',
    oomScoreAdj: 0,
    // Node ports only on the bridge, never on the machine's other networks.
    nodePortAddresses: [`${network.node}/32`],
    iptables: { localhostNodePorts: false, minSyncPeriod: '100ms' },
    // Zero leaves the machine's own connection tracking settings alone.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  });
}

export function kubeProxy(context: PartContext): Part {
  const { layout, artifacts } = context;
  const file = join(layout.config, 'kube-proxy.yaml');
  const config = configuration(context);
  writeAtomically(file, config);
  return {
    name: 'kube-proxy',
    after: ['kube-apiserver'],
    file: join(artifacts.kubernetes, 'kube-proxy'),
    args: [`--config=${file}`],
    env: smallHeap('80MiB'),
    config,
    ready: () => answersHttp(`http://${network.node}:10256/livez`),
    readyTimeoutMs: 30_000,
  };
}
