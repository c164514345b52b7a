import { clusterWorkloads } from '../../cluster/workloads.ts';
import { openService } from '../../mesh/openService.ts';
import { runAction } from '../../runtime/action.ts';
import { parseInputs } from '../../runtime/inputs.ts';
import { fields } from './inputs.ts';
import { showStatus } from './run.ts';

export const main = (): Promise<void> =>
  runAction('status', async (context) => {
    const inputs = parseInputs(context.inputs, fields);
    const service = await openService(context, inputs);
    await showStatus(inputs, {
      ...context,
      ...service,
      workloads: clusterWorkloads(service.connection.api),
    });
  });
