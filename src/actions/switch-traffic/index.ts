import { openService } from '../../mesh/openService.ts';
import { runAction } from '../../runtime/action.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parse } from './inputs.ts';
import { switchTraffic } from './run.ts';

/** The action on whatever it runs in: a workflow's step, or a terminal. */
export async function act(context: ActionContext): Promise<void> {
  const inputs = parse(context.inputs);
  await switchTraffic(inputs, { ...context, ...(await openService(context, inputs)) });
}

export const main = (): Promise<void> => runAction('switch-traffic', act);
