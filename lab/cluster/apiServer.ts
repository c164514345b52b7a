import { join } from 'node:path';
import { network } from '../layout.ts';
import { writeAtomically } from '../host/stateFile.ts';
import { audit } from './audit.ts';
import type { Part, PartContext } from './part.ts';
import { answersHttp, answersHttps } from './probe.ts';

/** Go's collector, set to trade a little CPU for a lab that fits into a laptop's memory. */
export function smallHeap(limit: string): Record<string, string> {
  return { GOGC: '50', GOMEMLIMIT: limit };
}

export function etcd({ layout, artifacts }: PartContext): Part {
  return {
    name: 'etcd',
    after: [],
    file: join(artifacts.debian, 'bin/etcd'),
    args: [
      '--name=lab',
      `--data-dir=${join(layout.data, 'etcd')}`,
      `--listen-client-urls=${network.etcd}`,
      `--advertise-client-urls=${network.etcd}`,
      `--listen-peer-urls=${network.etcdPeer}`,
      `--initial-advertise-peer-urls=${network.etcdPeer}`,
      `--initial-cluster=lab=${network.etcdPeer}`,
      '--snapshot-count=5000',
      '--auto-compaction-mode=periodic',
      '--auto-compaction-retention=10m',
      '--logger=zap',
      '--log-level=warn',
    ],
    env: smallHeap('150MiB'),
    ready: () => answersHttp(`${network.etcd}/health`),
    readyTimeoutMs: 30_000,
  };
}

export function apiServer({ layout, artifacts }: PartContext): Part {
  const pki = (file: string): string => join(layout.pki, file);
  const audited = audit(layout);
  writeAtomically(audited.file, audited.policy);
  return {
    name: 'kube-apiserver',
    after: ['etcd'],
    file: join(artifacts.kubernetes, 'kube-apiserver'),
    args: [
      `--etcd-servers=${network.etcd}`,
      // Only on the bridge's address: a laptop's other networks do not see the lab.
      `--bind-address=${network.node}`,
      `--advertise-address=${network.node}`,
      '--secure-port=6443',
      `--tls-cert-file=${pki('apiserver.crt')}`,
      `--tls-private-key-file=${pki('apiserver.key')}`,
      `--client-ca-file=${pki('ca.crt')}`,
      `--service-account-key-file=${pki('service-account.pub')}`,
      `--service-account-signing-key-file=${pki('service-account.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-cluster-ip-range=${network.serviceRange}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      `--kubelet-client-certificate=${pki('apiserver-kubelet-client.crt')}`,
      `--kubelet-client-key=${pki('apiserver-kubelet-client.key')}`,
      `--kubelet-certificate-authority=${pki('ca.crt')}`,
      '--kubelet-preferred-address-types=InternalIP',
      `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-username-headers=X-Remote-User',
      `--proxy-client-cert-file=${pki('front-proxy-client.crt')}`,
      `--proxy-client-key-file=${pki('front-proxy-client.key')}`,
      '--allow-privileged=true',
      '--profiling=false',
      '--default-watch-cache-size=50',
      ...audited.args,
    ],
    // As clusters run it: with a small heap a write takes it a quarter more of the processor, and benchmarks are about writes.
    env: { GOMEMLIMIT: '700MiB' },
    config: audited.policy,
    ready: () => answersHttps(`${network.apiServer}/readyz`, layout.pki),
    readyTimeoutMs: 60_000,
  };
}
