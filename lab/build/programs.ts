import { join } from 'node:path';
import type { Progress } from '../host/progress.ts';
import { versions } from '../versions.ts';
import { goPrograms, type GoModule } from './goProgram.ts';

const labFolder = join(import.meta.dirname, '..');

/** A program of our own, from lab/programs/NAME. */
export async function ownProgram(name: string, progress: Progress): Promise<string> {
  const module = { label: name, folder: join(labFolder, 'programs', name), programs: [{ name, path: '.' }] };
  return join(await goPrograms(module, progress), name);
}

export async function corednsProgram(progress: Progress): Promise<string> {
  const folder = await goPrograms(
    {
      label: `coredns-${versions.coredns.version}`,
      folder: join(labFolder, 'binaries/coredns'),
      programs: [{ name: 'coredns', path: '.' }],
    },
    progress,
  );
  return join(folder, 'coredns');
}

function kubernetesModule(): GoModule {
  const { version } = versions.kubernetes;
  const [major = '', minor = ''] = version.split('.');
  // Built from the module, the programs would report v0.0.0-master, and charts that ask for a
  // Kubernetes version would refuse the cluster.
  const stamp = (module: string): Record<string, string> => ({
    [`${module}/version.gitVersion`]: `v${version}`,
    [`${module}/version.gitMajor`]: major,
    [`${module}/version.gitMinor`]: minor,
    [`${module}/version.gitTreeState`]: 'clean',
  });
  const names = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'];
  return {
    label: `kubernetes-${version}`,
    folder: join(labFolder, 'binaries/kubernetes'),
    programs: names.map((name) => ({ name, path: `k8s.io/kubernetes/cmd/${name}` })),
    variables: { ...stamp('k8s.io/component-base'), ...stamp('k8s.io/client-go/pkg') },
  };
}

/**
 * The folder with the five Kubernetes programs.
 * @param onBuilt told of each program that had to be built
 */
export function kubernetesPrograms(
  progress: Progress,
  onBuilt: (program: string) => void = () => undefined,
): Promise<string> {
  return goPrograms({ ...kubernetesModule(), onBuilt }, progress);
}
