import { openService } from '../../mesh/openService.ts';
import type { OpenFor } from '../../mesh/openService.ts';
import { envoyMetrics } from '../../metrics/envoyMetrics.ts';
import { prometheusMetrics } from '../../metrics/prometheusMetrics.ts';
import { runAction } from '../../runtime/action.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parse } from './inputs.ts';
import { monitorAndRollback } from './run.ts';

/** The action by itself, or as a part of a release in one step, which opens the service for all parts. */
export async function act(context: ActionContext, open: OpenFor = openService): Promise<void> {
  const inputs = parse(context.inputs);
  const service = await open(context, inputs);
  const url = inputs['prometheus-url'];
  await monitorAndRollback(inputs, {
    ...context,
    ...service,
    metricsOf: (routing, slot) =>
      inputs.metrics === 'prometheus' && url !== null
        ? prometheusMetrics(url, service.name, slot)
        : envoyMetrics(service.mesh, routing, slot),
  });
}

export const main = (): Promise<void> => runAction('monitor-and-rollback', act);
