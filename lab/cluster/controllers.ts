import { join } from 'node:path';
import { smallHeap } from './apiServer.ts';
import type { Part, PartContext } from './part.ts';
import { kubeconfigOf } from './pki.ts';
import { answersHttps } from './probe.ts';

export function controllerManager({ layout, artifacts }: PartContext): Part {
  return {
    name: 'kube-controller-manager',
    after: ['kube-apiserver'],
    file: join(artifacts.kubernetes, 'kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfigOf(layout, 'controller-manager')}`,
      '--bind-address=127.0.0.1',
      `--root-ca-file=${join(layout.pki, 'ca.crt')}`,
      `--service-account-private-key-file=${join(layout.pki, 'service-account.key')}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      '--profiling=false',
      // Pods and endpoints follow one another within milliseconds on a cluster this small.
      '--kube-api-qps=200',
      '--kube-api-burst=300',
    ],
    env: smallHeap('150MiB'),
    ready: () => answersHttps('https://127.0.0.1:10257/healthz', layout.pki, false),
    readyTimeoutMs: 30_000,
  };
}

export function scheduler({ layout, artifacts }: PartContext): Part {
  return {
    name: 'kube-scheduler',
    after: ['kube-apiserver'],
    file: join(artifacts.kubernetes, 'kube-scheduler'),
    args: [
      `--kubeconfig=${kubeconfigOf(layout, 'scheduler')}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
      '--profiling=false',
    ],
    env: smallHeap('100MiB'),
    ready: () => answersHttps('https://127.0.0.1:10259/healthz', layout.pki, false),
    readyTimeoutMs: 30_000,
  };
}
