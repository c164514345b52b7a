import { clusterWorkloads } from '../../cluster/pods/workloads.ts';
import { openService } from '../../mesh/openService.ts';
import { slackChannel } from '../../notify/slack/channel.ts';
import { runAction } from '../../runtime/action.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parseInputs } from '../../runtime/inputs.ts';
import { readFacts } from '../../status/readFacts.ts';
import { fields } from './inputs.ts';
import { notify } from './run.ts';

/** The action on whatever it runs in: a workflow's step, or a terminal. */
export async function act(context: ActionContext): Promise<void> {
  const inputs = parseInputs(context.inputs, fields);
  const slack = inputs['slack-webhook-url'];
  await notify(inputs, {
    ...context,
    name: { service: inputs.service, namespace: inputs.namespace },
    channels:
      slack === null ? [] : [slackChannel(slack, { clock: context.clock, timeoutMs: inputs.timeout })],
    async readFacts() {
      const service = await openService(context, inputs);
      const workloads = clusterWorkloads(service.connection.api);
      return readFacts({ ...service, workloads, clock: context.clock });
    },
  });
}

export const main = (): Promise<void> => runAction('notify', act);
