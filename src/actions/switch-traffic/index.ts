import { openService } from '../../mesh/openService.ts';
import type { OpenFor } from '../../mesh/openService.ts';
import { runAction } from '../../runtime/action.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parse } from './inputs.ts';
import { leftOpen } from './notedForPost.ts';
import { finishOrUndo } from './post.ts';
import { switchTraffic } from './run.ts';

/** The action by itself, or as a part of a release in one step, which opens the service for all parts. */
export async function act(context: ActionContext, open: OpenFor = openService): Promise<void> {
  const inputs = parse(context.inputs);
  await switchTraffic(inputs, { ...context, ...(await open(context, inputs)) });
}

/** After a main step that was killed, or a job that was cancelled. */
export async function actAfterwards(context: ActionContext, open: OpenFor = openService): Promise<void> {
  const releaseId = leftOpen(context.state);
  if (releaseId === null) return;
  const inputs = parse(context.inputs);
  await finishOrUndo(inputs, releaseId, { ...context, ...(await open(context, inputs)) });
}

export const post = (): Promise<void> => runAction('switch-traffic', actAfterwards);

export const main = (): Promise<void> => runAction('switch-traffic', act);
