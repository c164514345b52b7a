import { resolve } from 'node:path';
import { network } from '../layout.ts';
import { smallHeap } from './apiServer.ts';
import type { Part, PartContext } from './part.ts';
import { kubeconfigOf } from './pki.ts';
import { answersHttp } from './probe.ts';

const { grpc, monitoring, http } = network.controlPlane;
const name = 'control-plane';

function standIn({ layout, artifacts }: PartContext): Part {
  return {
    name,
    after: ['kube-apiserver', 'manifests'],
    file: artifacts.controlPlane,
    args: [
      `--kubeconfig=${kubeconfigOf(layout, 'control-plane')}`,
      `--grpc-addr=${grpc}`,
      `--monitoring-addr=${monitoring}`,
      `--http-addr=${http}`,
      '--debounce=100ms',
      '--debounce-max=10s',
      // As istiod pushes: a tool that changes a subset and its route in one go meets its 503s here too.
      '--push-order=istiod',
    ],
    env: smallHeap('150MiB'),
    ready: () => answersHttp(`http://${monitoring}/ready`),
    readyTimeoutMs: 30_000,
  };
}

/** Settings under which a real istiod serves an upstream Envoy, which lacks Istio's own filters. */
const istiodEnv = {
  PILOT_ENABLE_ALPN_FILTER: 'false',
  PILOT_ENABLE_METADATA_EXCHANGE: 'false',
  POD_NAMESPACE: 'istio-system',
  POD_NAME: 'istiod-lab',
  PILOT_CERT_PROVIDER: 'istiod',
  CLUSTER_ID: 'Kubernetes',
  VALIDATION_WEBHOOK_CONFIG_NAME: '',
  INJECTION_WEBHOOK_CONFIG_NAME: '',
};

function realIstiod({ layout }: PartContext, program: string): Part {
  return {
    name,
    after: ['kube-apiserver', 'manifests'],
    file: program,
    args: [
      'discovery',
      `--kubeconfig=${layout.kubeconfig}`,
      `--grpcAddr=${grpc}`,
      // Unlike the stand-in's, its debug pages share this port with what sidecars ask.
      `--httpAddr=${network.node}:15080`,
      `--monitoringAddr=${monitoring}`,
      '--domain=cluster.local',
    ],
    env: istiodEnv,
    ready: () => answersHttp(`http://${network.node}:15080/ready`),
    readyTimeoutMs: 60_000,
  };
}

/** The real istiod to run, from LAB_ISTIOD; undefined for the stand-in. */
export function namedIstiod(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const program = env['LAB_ISTIOD'];
  return program === undefined || program === '' ? undefined : resolve(program);
}

/** The control plane: the lab's stand-in, or the real istiod that LAB_ISTIOD names. */
export function controlPlane(context: PartContext): Part {
  const program = namedIstiod();
  return program === undefined ? standIn(context) : realIstiod(context, program);
}
