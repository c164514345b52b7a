import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import type { ClustersDump, HostsDump, RoutesDump } from './dump.ts';

/** Where the recordings are played back: a namespace and a host that nothing else on the cluster has. */
export const stageNamespace = 'fidelity';
export const stageHost = 'fidelity.c4ang.com';

/** What a real istiod 1.28.3 made of some objects, as a real Envoy then showed it and answered. */
export interface Recording {
  readonly name: string;
  readonly applied: readonly KubernetesObject[];
  /** By what was asked (`plain`, `mesh caller, plain`, …): how often each answer came. */
  readonly probes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly routes: RoutesDump;
  readonly clusters: ClustersDump;
  readonly hosts: HostsDump;
  readonly sidecar?: { readonly routes: RoutesDump };
}

/** The recordings were made in namespace ecommerce for api.c4ang.com; names follow those everywhere. */
function moved(text: string): string {
  return text.replaceAll(/ecommerce(?!-gateway)/g, stageNamespace).replaceAll('api.c4ang.com', stageHost);
}

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'istio-recordings');

/** Every recording, by name. */
export function readRecordings(): Recording[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => ({
    ...(JSON.parse(moved(readFileSync(join(folder, file), 'utf8'))) as Omit<Recording, 'name'>),
    name: basename(file, '.json'),
  }));
}
