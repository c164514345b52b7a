import type { Rule } from '../../runtime/inputs.ts';

/** The address of an incoming webhook: whoever has it can post, so it is shown to nobody. */
export class WebhookUrl {
  readonly #url: URL;

  constructor(url: URL) {
    this.#url = url;
  }

  /** For the request, and for nothing else. */
  reveal(): URL {
    return this.#url;
  }

  toString(): string {
    return '(the address of a webhook)';
  }

  toJSON(): string {
    return this.toString();
  }
}

/** It was given, and is none: which must not fail a release that only wanted to tell of itself. */
export interface Unusable {
  readonly unusable: string;
}

const allowed =
  'the address of an incoming webhook of Slack: https://hooks.slack.com/services/… (or hooks.slack-gov.com)';

/**
 * Takes every text: a secret that was set wrongly is a channel that is down. What was given is not in the reason.
 * Hosts are Slack's, so that nobody's release is told elsewhere; and this very machine, for tests.
 */
export const webhookUrl: Rule<WebhookUrl | Unusable> = {
  allowed,
  example: 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
  parse: (raw) => {
    const url = URL.canParse(raw) ? new URL(raw) : null;
    return url !== null && (isSlack(url) || isThisMachine(url))
      ? new WebhookUrl(url)
      : {
          unusable: `what was given (${String(raw.length)} characters, not shown) is not ${allowed}`,
        };
  },
};

const isPlain = ({ username, password, hash }: URL): boolean =>
  username === '' && password === '' && hash === '';

const isSlack = (url: URL): boolean =>
  url.protocol === 'https:' &&
  ['hooks.slack.com', 'hooks.slack-gov.com'].includes(url.hostname) &&
  url.port === '' &&
  isPlain(url) &&
  url.search === '' &&
  /^\/(?:services|workflows|triggers)(?:\/[A-Za-z0-9]+){2,4}$/.test(url.pathname);

const isThisMachine = (url: URL): boolean =>
  url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname) && isPlain(url);
