import { proxiedHealth } from '../../cluster/pods/podHealth.ts';
import { clusterWorkloads } from '../../cluster/pods/workloads.ts';
import { openService } from '../../mesh/openService.ts';
import type { OpenFor } from '../../mesh/openService.ts';
import { runAction } from '../../runtime/action.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parseInputs } from '../../runtime/inputs.ts';
import { openHelm } from '../../tools/openHelm.ts';
import { referenceChart } from '../../tools/referenceChart.ts';
import { fields } from './inputs.ts';
import { deployGreen } from './run.ts';

/** The action by itself, or as a part of a release in one step, which opens the service for all parts. */
export async function act(context: ActionContext, open: OpenFor = openService): Promise<void> {
  const inputs = parseInputs(context.inputs, fields);
  const service = await open(context, inputs);
  await deployGreen(inputs, {
    ...context,
    ...service,
    workloads: clusterWorkloads(service.connection.api),
    podHealth: proxiedHealth(service.connection.podProxy),
    helm: await openHelm(service.connection, (close) => context.atExit(close)),
    chart: inputs.chart ?? referenceChart(),
  });
}

export const main = (): Promise<void> => runAction('deploy-green', act);
