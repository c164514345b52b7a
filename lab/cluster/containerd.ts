import { join } from 'node:path';
import { pauseReference } from '../build/artifacts.ts';
import { writeAtomically } from '../host/stateFile.ts';
import { network, runPaths } from '../layout.ts';
import type { Part, PartContext } from './part.ts';
import { acceptsSocket } from './probe.ts';

function configuration({ layout, artifacts }: PartContext): string {
  const cri = '[plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = '${join(layout.data, 'containerd')}'
state = '${runPaths.containerdState}'
oom_score = 0
# Snapshotters the lab does not use, and "opt", which would make /opt/containerd.
disabled_plugins = [
  'io.containerd.internal.v1.opt',
  'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.zfs',
  'io.containerd.tracing.processor.v1.otlp',
  'io.containerd.internal.v1.tracing',
]
[grpc]
  address = '${runPaths.containerdSocket}'
${cri}]
  sandbox_image = '${pauseReference}'
  # Some machines' root may not lower a score (no CAP_SYS_RESOURCE): every sandbox would fail.
  restrict_oom_score_adj = true
  # Keeps the pods' network namespaces where "down" finds them.
  netns_mounts_under_state_dir = true
  disable_hugetlb_controller = true
  tolerate_missing_hugetlb_controller = true
${cri}.cni]
  bin_dir = '${join(artifacts.debian, 'lib/cni')}'
  conf_dir = '${cniFolder(layout.config)}'
${cri}.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'
${cri}.containerd.runtimes.runc.options]
  Root = '${runPaths.runc}'
  BinaryName = '${join(artifacts.debian, 'sbin/runc')}'
  SystemdCgroup = false
${cri}.registry.mirrors."${network.registry}"]
  endpoint = ['${network.registryUrl}']
`;
}

function cniFolder(config: string): string {
  return join(config, 'cni');
}

export const cniNetworkName = 'c4ang-lab';

function cniConfiguration(): string {
  return JSON.stringify({
    cniVersion: '1.0.0',
    name: cniNetworkName,
    plugins: [
      {
        type: 'bridge',
        bridge: network.bridge,
        isGateway: true,
        // A pod reaches itself through its own service.
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          dataDir: runPaths.cni,
          ranges: [[{ subnet: network.podRange, gateway: network.node }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  });
}

export function containerd(context: PartContext): Part {
  const { layout, artifacts } = context;
  const file = join(layout.config, 'containerd.toml');
  const config = configuration(context);
  writeAtomically(file, config);
  writeAtomically(join(cniFolder(layout.config), '10-lab.conflist'), cniConfiguration());
  return {
    name: 'containerd',
    after: [],
    file: join(artifacts.debian, 'bin/containerd'),
    args: ['--config', file, '--log-level', 'warn'],
    env: { GOGC: '50' },
    config,
    ready: () => acceptsSocket(runPaths.containerdSocket),
    readyTimeoutMs: 30_000,
  };
}
