import type { ActionContext } from '../runtime/action.ts';
import { RollbackError } from '../runtime/errors.ts';
import type { Outputs } from '../runtime/outputs.ts';
import { givenTo, parts } from './inputs.ts';
import type { PartName } from './inputs.ts';
import { noteJudged, noteWatched } from './notedForPost.ts';

/** An action, with its inputs in the context that it is given. */
export type Part = (context: ActionContext) => Promise<void>;
export type Parts = Readonly<Record<PartName, Part>>;

/**
 * A release in one step: the four actions one after the other, each as it is by itself. Where one fails, the release
 * ends there, as it would with four steps: without traffic for the candidate, or rolled back.
 */
export async function release(context: ActionContext, run: Parts): Promise<void> {
  const ids: string[] = [];
  const outputs = noticing(context.outputs, (id) => ids.push(id));
  for (const part of parts) {
    context.log.info(`${part}:`);
    const given = { ...context, outputs, inputs: givenTo(part, context.inputs) };
    const id = ids.at(-1);
    if (part === 'switch-traffic' && id !== undefined) noteWatched(context.state, id);
    try {
      await run[part](given);
    } catch (error) {
      if (endedByItself(error, context)) noteJudged(context.state);
      throw error;
    }
  }
  noteJudged(context.state);
}

/** Nobody watches what was cut off, or could not be put back: that is left to the post step. */
const endedByItself = (error: unknown, { signal }: ActionContext): boolean =>
  !signal.aborted && !(error instanceof RollbackError);

const noticing = (outputs: Outputs, onRelease: (id: string) => void): Outputs => ({
  set(name, value) {
    if (name === 'release-id' && value !== '') onRelease(String(value));
    outputs.set(name, value);
  },
});
