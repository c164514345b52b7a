import { openService } from '../mesh/openService.ts';
import { runAction } from '../runtime/action.ts';
import type { ActionContext } from '../runtime/action.ts';
import { givenTo, parse } from './inputs.ts';
import { leftUnjudged } from './notedForPost.ts';
import { openOnce } from './openOnce.ts';
import { putBackUnjudged } from './post.ts';
import { release } from './run.ts';

// Each action is loaded when it is its turn: the first of them does not wait for the others.
const switchTraffic = () => import('../actions/switch-traffic/index.ts');

/** The root action: `uses: c4ang/actions@v1`. */
export async function act(context: ActionContext): Promise<void> {
  parse(context.inputs);
  const open = openOnce(openService);
  await release(context, {
    'deploy-green': async (given) => (await import('../actions/deploy-green/index.ts')).act(given, open),
    'verify-green': async (given) => (await import('../actions/verify-green/index.ts')).act(given, open),
    'switch-traffic': async (given) => (await switchTraffic()).act(given, open),
    'monitor-and-rollback': async (given) =>
      (await import('../actions/monitor-and-rollback/index.ts')).act(given, open),
  });
}

/** After a main step that was killed, or a job that was cancelled. */
async function actAfterwards(context: ActionContext): Promise<void> {
  const releaseId = leftUnjudged(context.state);
  if (releaseId === null) return;
  const inputs = parse(context.inputs);
  const open = openOnce(openService);
  // First what the switch itself left; what it had brought to its end is then nobody's to watch.
  await (
    await switchTraffic()
  ).actAfterwards({ ...context, inputs: givenTo('switch-traffic', context.inputs) }, open);
  await putBackUnjudged(inputs, releaseId, { ...context, ...(await open(context, inputs)) });
}

export const post = (): Promise<void> => runAction('release', actAfterwards);

export const main = (): Promise<void> => runAction('release', act);
