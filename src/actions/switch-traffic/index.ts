import { openService } from '../../mesh/openService.ts';
import { runAction } from '../../runtime/action.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parse } from './inputs.ts';
import { leftOpen } from './notedForPost.ts';
import { finishOrUndo } from './post.ts';
import { switchTraffic } from './run.ts';

/** The action on whatever it runs in: a workflow's step, or a terminal. */
export async function act(context: ActionContext): Promise<void> {
  const inputs = parse(context.inputs);
  await switchTraffic(inputs, { ...context, ...(await openService(context, inputs)) });
}

/** After a main step that was killed, or a job that was cancelled. */
async function actAfterwards(context: ActionContext): Promise<void> {
  const releaseId = leftOpen(context.state);
  if (releaseId === null) return;
  const inputs = parse(context.inputs);
  await finishOrUndo(inputs, releaseId, { ...context, ...(await openService(context, inputs)) });
}

export const post = (): Promise<void> => runAction('switch-traffic', actAfterwards);

export const main = (): Promise<void> => runAction('switch-traffic', act);
