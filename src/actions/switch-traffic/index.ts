import { openService } from '../../mesh/openService.ts';
import { runAction } from '../../runtime/action.ts';
import { parseInputs } from '../../runtime/inputs.ts';
import { fields } from './inputs.ts';
import { switchTraffic } from './run.ts';

export const main = (): Promise<void> =>
  runAction('switch-traffic', async (context) => {
    const inputs = parseInputs(context.inputs, fields);
    await switchTraffic(inputs, { ...context, ...(await openService(context, inputs)) });
  });
