import type { Channel } from '../channel.ts';
import { postJson } from '../postJson.ts';
import type { Posting } from '../postJson.ts';
import { slackMessage } from './message.ts';
import type { Unusable, WebhookUrl } from './webhookUrl.ts';

/** A channel of Slack, by its incoming webhook. */
export function slackChannel(given: WebhookUrl | Unusable, posting: Posting): Channel {
  return {
    title: 'Slack',
    deliver: (report) =>
      'unusable' in given
        ? Promise.resolve(given.unusable)
        : postJson(given.reveal(), slackMessage(report), posting),
  };
}
