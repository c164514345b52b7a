import { clusterFields } from '../../cluster/signIn/clusterInputs.ts';
import type { ClusterInputs } from '../../cluster/signIn/clusterInputs.ts';
import { events, jobResults } from '../../domain/report/outcome.ts';
import type { JobResult, ReportEvent } from '../../domain/report/outcome.ts';
import { webhookUrl } from '../../notify/slack/webhookUrl.ts';
import type { Unusable, WebhookUrl } from '../../notify/slack/webhookUrl.ts';
import { defaulted, optional } from '../../runtime/inputs.ts';
import type { Fields, Rule } from '../../runtime/inputs.ts';
import { duration, imageByDigest, oneOf, releaseId, someOf, versionLabel } from '../../runtime/rules.ts';

export interface Inputs extends ClusterInputs {
  /** `result`: what became of the release, by its record. */
  readonly event: 'started' | 'approval' | 'result';
  readonly result: JobResult | null;
  /** Of what the channels are told; the job summary has everything. */
  readonly on: readonly ReportEvent[];
  readonly 'slack-webhook-url': WebhookUrl | Unusable | null;
  readonly 'release-id': string | null;
  readonly version: string | null;
  readonly image: string | null;
  /** Milliseconds: for reading the cluster, and once more for the channels. */
  readonly timeout: number;
}

const someEvents = someOf(...events);

const eventsOrAlways: Rule<readonly ReportEvent[]> = {
  allowed: `always, or ${someEvents.allowed}`,
  example: 'failure, rolled-back',
  parse: (raw) => (raw === 'always' ? events : someEvents.parse(raw)),
};

export const fields: Fields<Inputs> = {
  ...clusterFields,
  event: defaulted(oneOf('started', 'approval', 'result'), 'result'),
  result: optional(oneOf(...jobResults)),
  on: defaulted(eventsOrAlways, 'always'),
  'slack-webhook-url': optional(webhookUrl),
  'release-id': optional(releaseId),
  version: optional(versionLabel),
  image: optional(imageByDigest),
  timeout: defaulted(duration(1_000, 60_000, '10s'), '10s'),
};
