import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomically } from '../host/stateFile.ts';
import { network } from '../layout.ts';
import { smallHeap } from './apiServer.ts';
import type { Part, PartContext } from './part.ts';
import { answersHttp } from './probe.ts';

function configuration({ layout }: PartContext): string {
  const tls = {
    ca_file: join(layout.pki, 'ca.crt'),
    cert_file: join(layout.pki, 'prometheus.crt'),
    key_file: join(layout.pki, 'prometheus.key'),
  };
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    scrape_configs: [
      { job_name: 'control-plane', static_configs: [{ targets: [network.controlPlane.monitoring] }] },
      {
        job_name: 'kubernetes-cadvisor',
        scheme: 'https',
        metrics_path: '/metrics/cadvisor',
        scrape_interval: '5s',
        scrape_timeout: '5s',
        tls_config: tls,
        static_configs: [{ targets: [`${network.node}:10250`] }],
        metric_relabel_configs: [
          {
            source_labels: ['__name__'],
            action: 'keep',
            regex:
              'container_(cpu_usage_seconds_total|cpu_cfs_.*|memory_working_set_bytes|spec_(cpu|memory)_.*|oom_events_total)',
          },
        ],
      },
    ],
  });
}

/** Prometheus on the bridge's address, where pods reach it as prometheus.monitoring.svc:9090. */
export function prometheus(context: PartContext): Part {
  const { layout, artifacts } = context;
  const file = join(layout.config, 'prometheus.yaml');
  const config = configuration(context);
  writeAtomically(file, config);
  return {
    name: 'prometheus',
    after: ['kube-apiserver'],
    file: join(artifacts.debian, 'bin/prometheus'),
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(layout.data, 'prometheus')}`,
      '--storage.tsdb.retention.time=6h',
      `--web.listen-address=${new URL(network.prometheus).host}`,
      '--log.level=warn',
    ],
    env: smallHeap('200MiB'),
    config,
    ready: () => answersHttp(`${network.prometheus}/-/ready`),
    readyTimeoutMs: 30_000,
  };
}
