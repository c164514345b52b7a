import { dirname } from 'node:path';
import { existsSync } from 'node:fs';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { helmProgram } from './build/helm.ts';
import type { HelmMajor } from './build/helm.ts';
import type { Registry, SampleRepository } from './build/sampleImage.ts';
import { readState } from './host/stateFile.ts';
import { contextName, here, network } from './layout.ts';
import { resetService } from './services.ts';
import type { ServiceHost } from './services.ts';

/** A cluster to play on: the lab, or one of somebody's own that has Istio. */
export interface Lab {
  readonly kubeconfig: string;
  readonly context: string;
  readonly config: KubeConfig;
  /** Where images go. @throws Error on another's cluster when none was named */
  registry(): Registry;
  /** The folder of a pinned Helm, to put first on a PATH. */
  helmFolder(major: HelmMajor): Promise<string>;
  /** What services are installed with. */
  host(): Promise<ServiceHost>;
  /** Brings a service to where every story begins: v1.0.0 live in blue. */
  resetService(service: SampleRepository): Promise<void>;
  /** A short-lived token of a service account. */
  tokenOf(namespace: string, serviceAccount: string): Promise<string>;
  /** The process of one of the lab's own parts. @throws Error when it does not run, or on another's cluster */
  pidOf(part: string): number;
}

export interface LabOptions {
  /** A context of the user's kubeconfig; the lab when absent. */
  readonly context?: string | undefined;
  /** Where that cluster pulls images from, e.g. `http://localhost:5001`; the lab's own when absent. */
  readonly registry?: string | undefined;
}

/** @throws Error when there is no lab, or no such context */
export function connectLab({ context, registry }: LabOptions = {}): Lab {
  const isOurs = context === undefined || context === '';
  const kubeconfig = isOurs ? here.kubeconfig : (process.env['KUBECONFIG'] ?? defaultKubeconfig());
  if (isOurs && !existsSync(kubeconfig)) throw new Error('no lab is up: npm run lab -- up');
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const name = isOurs ? contextName : context;
  if (config.getContextObject(name) === null) {
    const known = config.getContexts().map((one) => one.name);
    throw new Error(`there is no context ${name} in ${kubeconfig}; known: ${known.join(', ') || 'none'}`);
  }
  config.setCurrentContext(name);
  const images = (): Registry => (isOurs ? labRegistry : foreignRegistry(registry));
  const host = async (): Promise<ServiceHost> => ({
    config,
    kubeconfig,
    context: name,
    helm: await helmProgram(4),
    registry: images(),
  });
  return {
    kubeconfig,
    context: name,
    config,
    registry: images,
    host,
    helmFolder: async (major) => dirname(await helmProgram(major)),
    resetService: async (service) => resetService(await host(), service),
    async tokenOf(namespace, serviceAccount) {
      const api = config.makeApiClient(CoreV1Api);
      const { status } = await api.createNamespacedServiceAccountToken({
        namespace,
        name: serviceAccount,
        body: { spec: { audiences: [], expirationSeconds: 3600 } },
      });
      return status?.token ?? '';
    },
    pidOf(part) {
      const identity = isOurs ? readState(here.stateFile).parts[part] : undefined;
      if (identity === undefined) throw new Error(`${part} is not a process of the lab`);
      return identity.pid;
    },
  };
}

export const labRegistry: Registry = { url: network.registryUrl, name: network.registry };

function foreignRegistry(url: string | undefined): Registry {
  if (url === undefined) {
    throw new Error('name the registry that this cluster pulls from: --registry http://localhost:5001');
  }
  return { url, name: new URL(url).host };
}

const defaultKubeconfig = (): string => `${process.env['HOME'] ?? ''}/.kube/config`;
