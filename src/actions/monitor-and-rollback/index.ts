import { openService } from '../../mesh/openService.ts';
import { envoyMetrics } from '../../metrics/envoyMetrics.ts';
import { prometheusMetrics } from '../../metrics/prometheusMetrics.ts';
import { runAction } from '../../runtime/action.ts';
import { parse } from './inputs.ts';
import { monitorAndRollback } from './run.ts';

export const main = (): Promise<void> =>
  runAction('monitor-and-rollback', async (context) => {
    const inputs = parse(context.inputs);
    const service = await openService(context, inputs);
    const url = inputs['prometheus-url'];
    await monitorAndRollback(inputs, {
      ...context,
      ...service,
      metricsOf: (routing, slot) =>
        inputs.metrics === 'prometheus' && url !== null
          ? prometheusMetrics(url, service.name, slot)
          : envoyMetrics(service.mesh, routing, slot),
    });
  });
