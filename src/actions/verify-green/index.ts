import { proxiedHealth } from '../../cluster/pods/podHealth.ts';
import { openService } from '../../mesh/openService.ts';
import { runAction } from '../../runtime/action.ts';
import { parseInputs } from '../../runtime/inputs.ts';
import { fields } from './inputs.ts';
import { verifyGreen } from './run.ts';

export const main = (): Promise<void> =>
  runAction('verify-green', async (context) => {
    const inputs = parseInputs(context.inputs, fields);
    const service = await openService(context, inputs);
    const { podHttp, podProxy } = service.connection;
    await verifyGreen(inputs, { ...context, ...service, podHttp, podHealth: proxiedHealth(podProxy) });
  });
