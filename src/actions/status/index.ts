import { clusterWorkloads } from '../../cluster/pods/workloads.ts';
import type { Paint } from '../../domain/status/text.ts';
import { openService } from '../../mesh/openService.ts';
import { runAction } from '../../runtime/action.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parseInputs } from '../../runtime/inputs.ts';
import { fields } from './inputs.ts';
import { showStatus } from './run.ts';

/** The action on whatever it runs in: a workflow's step, or a terminal. */
export async function act(context: ActionContext & { readonly paint?: Paint }): Promise<void> {
  const inputs = parseInputs(context.inputs, fields);
  const service = await openService(context, inputs);
  await showStatus(inputs, {
    ...context,
    ...service,
    workloads: clusterWorkloads(service.connection.api),
  });
}

export const main = (): Promise<void> => runAction('status', act);
