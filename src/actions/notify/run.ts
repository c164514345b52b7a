import { reportOf } from '../../domain/report/report.ts';
import type { Report } from '../../domain/report/report.ts';
import type { ServiceName } from '../../domain/routing/host.ts';
import type { StatusFacts, Told } from '../../domain/status/facts.ts';
import { statusOf } from '../../domain/status/status.ts';
import type { Status } from '../../domain/status/status.ts';
import type { Channel } from '../../notify/channel.ts';
import type { Clock } from '../../runtime/clock.ts';
import { RemedyError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Run } from '../../runtime/run.ts';
import type { Summary } from '../../runtime/summary.ts';
import { within } from '../../runtime/within.ts';
import type { Inputs } from './inputs.ts';
import { summarize } from './summarize.ts';

export interface Collaborators {
  readonly name: ServiceName;
  /** Connects, and reads what status reads. */
  readonly readFacts: () => Promise<StatusFacts>;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Log;
  readonly outputs: Outputs;
  readonly summary: Summary;
  readonly run: Run;
}

/**
 * Tells people of a release: in the job summary, and in the channels that want to know. It changes nothing, and
 * nothing that it meets fails the step: a cluster that does not answer and a channel that is down are told as that.
 */
export async function notify(inputs: Inputs, tools: Collaborators): Promise<void> {
  const { name, clock, log, outputs, summary, run } = tools;
  const status = await readStatus(inputs.timeout, tools);
  const report = reportOf({
    name,
    at: new Date(clock.now()),
    status,
    run,
    event: inputs.event,
    result: inputs.result,
    releaseId: inputs['release-id'],
    version: inputs.version,
    image: inputs.image,
  });
  log.info(report.title);
  log.info(`Serving now: ${report.serving}`);
  summarize(report, summary);
  outputs.set('event', report.event);
  outputs.set('title', report.title);
  outputs.set('serving', report.serving);
  outputs.set('report', JSON.stringify(report));
  outputs.set('delivered', (await deliver(inputs, tools, report)).join(', '));
}

/** In time, or the reason why not. */
async function readStatus(
  timeoutMs: number,
  { readFacts, clock, log }: Collaborators,
): Promise<Told<Status>> {
  try {
    return { value: statusOf(await within(clock, timeoutMs, readFacts())) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const remedy = error instanceof RemedyError ? error.remedy : 'Look at the cluster: c4ang status.';
    log.warning(`the report is made without the cluster: ${why}\n${remedy}`);
    return { why, remedy };
  }
}

/** To all at once. @returns the titles of those that took it */
async function deliver(
  { on }: Inputs,
  { channels, log }: Collaborators,
  report: Report,
): Promise<readonly string[]> {
  if (channels.length === 0) {
    log.info('no channel is given (slack-webhook-url): the job summary has the report');
    return [];
  }
  if (!on.includes(report.event)) {
    log.info(`nobody is told of "${report.event}": on is ${on.join(', ')}`);
    return [];
  }
  const outcomes = await Promise.all(
    channels.map(async (channel) => ({ title: channel.title, why: await channel.deliver(report) })),
  );
  for (const { title, why } of outcomes) {
    if (why === null) log.info(`✓ ${title} has it`);
    else {
      log.warning(
        `${title} was not told "${report.title}": ${why}\nThe release is not touched by that. What was to be said stands in the job summary.`,
      );
    }
  }
  return outcomes.flatMap(({ title, why }) => (why === null ? [title] : []));
}
