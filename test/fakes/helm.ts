import { stringify } from 'yaml';
import { deployments, pods } from '../../src/cluster/api/resources.ts';
import type { KubeObject } from '../../src/cluster/api/kubeApi.ts';
import type { Helm } from '../../src/tools/helm.ts';
import type { HelmRelease, HelmUpgrade } from '../../src/tools/helmArgv.ts';
import type { HelmStatus } from '../../src/tools/helmOutput.ts';
import type { FakeKubeApi } from './kubeApi.ts';
import { servicePod } from './shop.ts';

interface ChartValues {
  readonly slot?: 'blue' | 'green';
  readonly labels?: { readonly version: string };
  readonly image?: { readonly repository: string; readonly digest: string };
  readonly replicaCount?: number;
}

type Values = Readonly<Record<string, unknown>>;

/** Helm with the reference chart, as far as a slot's workload shows: what it installs comes up in the fake cluster. */
export class FakeHelm implements Helm {
  readonly upgrades: { readonly upgrade: HelmUpgrade; readonly values: Values }[] = [];
  readonly uninstalled: string[] = [];
  statuses: (HelmStatus | null)[] = [];
  fault: (() => Error) | null = null;
  /** Rendered besides the Deployment. */
  more: readonly object[] = [];
  /** What the Deployment's labels are turned into. */
  relabel: (labels: Record<string, string>) => Record<string, string> = (labels) => labels;
  readonly #api: FakeKubeApi;

  constructor(api: FakeKubeApi) {
    this.#api = api;
  }

  version(): Promise<string> {
    return Promise.resolve('v4.1.4');
  }

  template(_upgrade: HelmUpgrade, values: Values): Promise<string> {
    return Promise.resolve(
      [this.#deployment(values), ...this.more].map((one) => stringify(one)).join('---\n'),
    );
  }

  upgrade(upgrade: HelmUpgrade, values: Values): Promise<void> {
    this.upgrades.push({ upgrade, values });
    if (this.fault !== null) return Promise.reject(this.fault());
    this.#api.put(deployments, this.#deployment(values));
    const { slot = 'blue', labels, image, replicaCount = 0 } = values as ChartValues;
    for (let number = 1; number <= replicaCount; number += 1) {
      const pod = servicePod(slot, number, { labels: { version: labels?.version ?? '' } });
      this.#api.put(pods, { ...pod, spec: { containers: [container(image)] } });
    }
    return Promise.resolve();
  }

  status(): Promise<HelmStatus | null> {
    return Promise.resolve(this.statuses.shift() ?? null);
  }

  uninstall(release: HelmRelease): Promise<boolean> {
    this.uninstalled.push(release.name);
    const slot = release.name.endsWith('blue') ? 'blue' : 'green';
    this.#api.drop(deployments, release.namespace, release.name);
    for (const number of [1, 2]) {
      this.#api.drop(pods, release.namespace, servicePod(slot, number).metadata.name);
    }
    return Promise.resolve(true);
  }

  #deployment(values: Values): KubeObject {
    const { slot = 'blue', labels, image, replicaCount } = values as ChartValues;
    return deployment(slot, {
      version: labels?.version ?? '',
      image: `${image?.repository ?? ''}@${image?.digest ?? ''}`,
      replicas: replicaCount ?? 0,
      helmRelease: `order-api-${slot}`,
      relabel: this.relabel,
    });
  }
}

const container = (image: ChartValues['image']): unknown => ({
  name: 'order-api',
  image: `${image?.repository ?? ''}@${image?.digest ?? ''}`,
  ports: [{ name: 'http', containerPort: 8080 }],
});

interface DeploymentOptions {
  readonly version: string;
  readonly image: string;
  readonly replicas?: number;
  readonly helmRelease?: string;
  readonly slotLabel?: string;
  readonly relabel?: FakeHelm['relabel'];
}

export function deployment(slot: 'blue' | 'green', options: DeploymentOptions): KubeObject {
  const { version, image, replicas = 2, helmRelease, slotLabel = 'slot' } = options;
  const selector = { app: 'order-api', [slotLabel]: slot };
  const labels = { ...selector, version };
  const [repository = '', digest = ''] = image.split('@');
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: `order-api-${slot}`,
      namespace: 'ecommerce',
      ...(helmRelease === undefined ? {} : { annotations: { 'meta.helm.sh/release-name': helmRelease } }),
    },
    spec: {
      replicas,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: options.relabel?.(labels) ?? labels },
        spec: { containers: [container({ repository, digest })] },
      },
    },
  };
}
