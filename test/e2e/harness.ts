import { join } from 'node:path';
import { stringify } from 'yaml';
import { apply, parseManifests } from '../../lab/apply.ts';
import { pushSampleImage } from '../../lab/build/sampleImage.ts';
import type { SampleRepository } from '../../lab/build/sampleImage.ts';
import { connectLab } from '../../lab/connect.ts';
import { startLoad } from '../../lab/load/start.ts';
import type { LoadOptions, LoadRun } from '../../lab/load/start.ts';
import { runStep } from '../../lab/runner/step.ts';
import type { StepOptions, StepResult } from '../../lab/runner/step.ts';
import { publishTree } from '../../scripts/published-tree.ts';
import { connect } from '../../src/cluster/signIn/connect.ts';
import type { KubeApi, KubeObject } from '../../src/cluster/api/kubeApi.ts';
import { configMaps, virtualServices } from '../../src/cluster/api/resources.ts';
import type { ServiceRouting } from '../../src/domain/routing/routing.ts';
import { readMesh } from '../../src/mesh/readMesh.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { Identities } from './identities.ts';

export const root = join(import.meta.dirname, '..', '..');
/** Steps run from the tree that users get, not from the checkout. */
const published = join(root, 'lib', 'published');
publishTree(root, published);

export const namespace = 'ecommerce';

/** The cluster that the suite runs on: the lab, or the one named by --context. */
export const lab = connectLab({
  context: process.env['E2E_CONTEXT'],
  registry: process.env['E2E_REGISTRY'],
});

const isForeign = (process.env['E2E_CONTEXT'] ?? '') !== '';

const helm4 = await lab.helmFolder(4);

const connection = await connect(
  {
    cluster: null,
    'aws-region': 'ap-northeast-2',
    kubeconfig: lab.kubeconfig,
    context: lab.context,
    service: 'order-api',
    namespace,
  },
  systemClock,
  process.env,
);

export const api: KubeApi = connection.api;
export const identities = new Identities(lab, root);
export const close = (): void => {
  identities.close();
  connection.close();
};

/**
 * Runs an action on the lab, as GitHub's runner does, under the Role that docs/security.md has for it. On a cluster of
 * somebody's own, where we grant nothing, as the suite itself.
 */
export async function step(
  action: string,
  inputs: Readonly<Record<string, string>>,
  options: Partial<Omit<StepOptions, 'action' | 'inputs'>> = {},
): Promise<StepResult> {
  const kubeconfig = inputs['kubeconfig'] ?? (isForeign ? lab.kubeconfig : await identities.of(action));
  const result = await runStep({
    root: published,
    action,
    inputs: { kubeconfig, context: lab.context, namespace, ...inputs },
    ...options,
    env: { PATH: `${helm4}:${process.env['PATH'] ?? ''}`, ...options.env },
  });
  return { ...result, log: asShown(result.log) };
}

/** Workflow commands carry their line breaks escaped; GitHub shows them as they were. */
const asShown = (log: string): string =>
  log.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');

/** As `step`, and an exit code other than 0 fails the test with the step's log. */
export async function mustStep(...argumentsOfStep: Parameters<typeof step>): Promise<StepResult> {
  const result = await step(...argumentsOfStep);
  if (result.exitCode !== 0) throw new Error(`${argumentsOfStep[0]} failed:\n${result.log}`);
  return result;
}

/**
 * What deploy-green is given to release a version of one of the lab's services.
 * @param faults of that version, as the sample service's environment
 */
export const releaseOf = async (
  service: SampleRepository,
  version: string,
  faults: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<'service' | 'version' | 'image' | 'values', string>>> => ({
  service,
  version,
  image: await pushSampleImage(service, version, faults, lab.registry()),
  values: join(root, 'lab', 'services', service, 'values.yaml'),
});

export const routing = (service: string): Promise<ServiceRouting> =>
  readMesh(api, { service, namespace }, 'forward');

export const load = (
  services: readonly string[],
  ratePerSecond: number,
  durationSeconds = 120,
  more: Pick<LoadOptions, 'reportEveryMs'> = {},
): Promise<LoadRun> => startLoad(lab.config, { services, ratePerSecond, durationSeconds, ...more });

export async function virtualService(name: string): Promise<KubeObject> {
  const found = await api.get(virtualServices, namespace, name);
  if (found === null) throw new Error(`there is no VirtualService ${name}`);
  return found;
}

export async function releaseRecord(service: string): Promise<Record<string, unknown> | null> {
  const map = await api.get(configMaps, namespace, `${service}-release`);
  if (map === null) return null;
  const data = map['data'] as Readonly<Record<string, string>>;
  return JSON.parse(data['release.json'] ?? 'null') as Record<string, unknown>;
}

/** Applies YAML text, or objects, as a user with kubectl would. */
export const applyText = (text: string): Promise<unknown> => apply(lab.config, parseManifests(text));
export const applyObject = (object: object): Promise<unknown> => applyText(stringify(object));

/** The last line that a person sees. */
export const lastLine = ({ log }: StepResult): string => log.trimEnd().split('\n').at(-1) ?? '';
