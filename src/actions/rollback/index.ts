import { clusterWorkloads } from '../../cluster/pods/workloads.ts';
import { openService } from '../../mesh/openService.ts';
import { runAction } from '../../runtime/action.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parseInputs } from '../../runtime/inputs.ts';
import { fields } from './inputs.ts';
import { rollback } from './run.ts';

/** The action on whatever it runs in: a workflow's step, or a terminal. */
export async function act(context: ActionContext): Promise<void> {
  const inputs = parseInputs(context.inputs, fields);
  const service = await openService(context, inputs);
  await rollback(inputs, {
    ...context,
    ...service,
    deployments: clusterWorkloads(service.connection.api),
  });
}

export const main = (): Promise<void> => runAction('rollback', act);
