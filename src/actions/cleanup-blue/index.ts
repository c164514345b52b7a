import { clusterWorkloads } from '../../cluster/pods/workloads.ts';
import { openService } from '../../mesh/openService.ts';
import { runAction } from '../../runtime/action.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parseInputs } from '../../runtime/inputs.ts';
import { openHelm } from '../../tools/openHelm.ts';
import { fields } from './inputs.ts';
import { cleanupBlue } from './run.ts';

/** The action on whatever it runs in: a workflow's step, or a terminal. */
export async function act(context: ActionContext): Promise<void> {
  const inputs = parseInputs(context.inputs, fields);
  const service = await openService(context, inputs);
  await cleanupBlue(inputs, {
    ...context,
    ...service,
    workloads: clusterWorkloads(service.connection.api),
    helm: await openHelm(service.connection, (close) => context.atExit(close)),
  });
}

export const main = (): Promise<void> => runAction('cleanup-blue', act);
