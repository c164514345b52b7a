import { proxiedHealth } from '../../cluster/pods/podHealth.ts';
import { openService } from '../../mesh/openService.ts';
import type { OpenFor } from '../../mesh/openService.ts';
import { runAction } from '../../runtime/action.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parseInputs } from '../../runtime/inputs.ts';
import { fields } from './inputs.ts';
import { verifyGreen } from './run.ts';

/** The action by itself, or as a part of a release in one step, which opens the service for all parts. */
export async function act(context: ActionContext, open: OpenFor = openService): Promise<void> {
  const inputs = parseInputs(context.inputs, fields);
  const service = await open(context, inputs);
  const { podHttp, podProxy } = service.connection;
  await verifyGreen(inputs, { ...context, ...service, podHttp, podHealth: proxiedHealth(podProxy) });
}

export const main = (): Promise<void> => runAction('verify-green', act);
