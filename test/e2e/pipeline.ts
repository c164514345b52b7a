import { readFileSync } from 'node:fs';
import type { WorkflowResult } from '../../lab/runner/workflow.ts';
import { formatSplit } from '../../src/domain/split.ts';
import { documentedRoles, roleOf } from './identities.ts';
import { identities, root, routing } from './harness.ts';

/** The service whose repository calls the reusable workflows. */
export const service = 'order-api';
export const minutes = 60_000;

export type Inputs = Readonly<Record<string, string>>;

const withBlock = (inputs: Inputs): string =>
  Object.entries(inputs)
    .map(([name, value]) => `      ${name}: ${value}\n`)
    .join('');

/** What a team writes to have a push released; the job after it tells what the workflow gives out. */
export const releaseYml = (inputs: Inputs): string => `name: release
on:
  push:
    branches: [main]
permissions: {}
jobs:
  release:
    permissions:
      contents: read
      id-token: write
    uses: c4ang/actions/.github/workflows/blue-green.yml@v1
    with:
${withBlock(inputs)}    secrets:
      KUBECONFIG: \${{ secrets.KUBECONFIG }}
  told:
    needs: release
    if: \${{ always() }}
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - env:
          RELEASED: \${{ toJSON(needs.release.outputs) }}
        run: echo "released $(tr -d '\\n' <<< "$RELEASED")"
`;

export const byHand = (workflow: string, inputs: Inputs): string => `name: ${workflow}
on:
  workflow_dispatch:
permissions: {}
jobs:
  call:
    permissions:
      id-token: write
    uses: c4ang/actions/.github/workflows/${workflow}.yml@v1
    with:
${withBlock({ service, ...inputs })}    secrets:
      KUBECONFIG: \${{ secrets.KUBECONFIG }}
`;

/** The rights of every action of the pipeline, and no others. */
export async function pipelineKubeconfig(): Promise<string> {
  const actions = [
    'deploy-green',
    'verify-green',
    'switch-traffic',
    'monitor-and-rollback',
    'rollback',
    'status',
    'notify',
  ];
  const wanted = [...actions, 'cleanup-blue'].map(roleOf);
  const roles = documentedRoles(root).filter(
    ({ kind, metadata }) =>
      (kind === 'ClusterRole' && metadata.name !== 'c4ang-ask-proxies-by-exec') ||
      wanted.includes(metadata.name),
  );
  return readFileSync(await identities.withRights('pipeline', roles), 'utf8');
}

/** What the workflow gave out. */
export const released = ({ log }: WorkflowResult): Readonly<Record<string, string>> =>
  JSON.parse(/released (\{.*\})/.exec(log)?.[1] ?? '{}') as Readonly<Record<string, string>>;

export const split = async (): Promise<string | null> => {
  const now = (await routing(service)).split;
  return now === null ? null : formatSplit(now);
};
