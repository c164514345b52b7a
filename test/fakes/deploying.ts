import { deployGreen } from '../../src/actions/deploy-green/run.ts';
import type { Collaborators } from '../../src/actions/deploy-green/run.ts';
import { fields } from '../../src/actions/deploy-green/inputs.ts';
import type { Inputs } from '../../src/actions/deploy-green/inputs.ts';
import type { KubeObject, Resource } from '../../src/cluster/api/kubeApi.ts';
import { clusterWorkloads } from '../../src/cluster/pods/workloads.ts';
import { deployments } from '../../src/cluster/api/resources.ts';
import { parseInputs } from '../../src/runtime/inputs.ts';
import { Bench } from './bench.ts';
import { deployment, FakeHelm } from './helm.ts';

export const image = `shop/order-api@sha256:${'b'.repeat(64)}`;
const inputs = (given: Readonly<Record<string, string>> = {}): Inputs =>
  parseInputs({ service: 'order-api', image, version: 'v1.1.0', ...given }, fields);

const live = deployment('blue', { version: 'v1.0.0', image: `shop/order-api@sha256:${'a'.repeat(64)}` });

/** A bench whose green slot is empty, and where health is what a test says. */
export class Deploying extends Bench {
  readonly helm: FakeHelm;
  sick: string | null = null;

  constructor(...objects: readonly (readonly [Resource, KubeObject])[]) {
    super([deployments, live], ...objects);
    this.dropPods('order-api-green-5d4f-1', 'order-api-green-5d4f-2');
    this.helm = new FakeHelm(this.api);
  }

  deploy(given: Readonly<Record<string, string>> = {}): Promise<void> {
    const tools: Collaborators = {
      ...this.tools,
      workloads: clusterWorkloads(this.api),
      podHealth: { check: () => Promise.resolve(this.sick) },
      helm: this.helm,
      chart: 'charts/service',
      run: { url: 'https://github.com/run/1', actor: 'anna', sha: null, ref: null },
    };
    return deployGreen(inputs(given), tools);
  }

  /** What was written that is not the record, and what Helm was told. */
  get changes(): readonly string[] {
    const written = this.api.writes.filter(({ kind }) => kind !== 'Event').map(({ kind }) => kind);
    return [...written, ...this.helm.upgrades.map(({ upgrade }) => `helm ${upgrade.name}`)];
  }
}
