import { openService } from '../../mesh/openService.ts';
import { runAction } from '../../runtime/action.ts';
import { parse } from './inputs.ts';
import { switchTraffic } from './run.ts';

export const main = (): Promise<void> =>
  runAction('switch-traffic', async (context) => {
    const inputs = parse(context.inputs);
    await switchTraffic(inputs, { ...context, ...(await openService(context, inputs)) });
  });
