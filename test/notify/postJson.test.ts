import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { postJson } from '../../src/notify/postJson.ts';
import type { Answer, Post } from '../../src/notify/postJson.ts';
import { slackChannel } from '../../src/notify/slack/channel.ts';
import { WebhookUrl, webhookUrl } from '../../src/notify/slack/webhookUrl.ts';
import { reportOf } from '../../src/domain/report/report.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { FakeClock } from '../fakes/clock.ts';
import { situation } from '../fakes/report.ts';
import { shownIn, startFakeSlack } from '../fakes/slack.ts';
import type { FakeSlack } from '../fakes/slack.ts';

const secret = 'T00000000/B00000000/not-a-real-secret';
const url = new URL(`https://hooks.slack.com/services/${secret}`);

/** What each attempt meets, in turn: an answer, an error, or nothing at all. */
function receiver(...met: readonly (Partial<Answer> | Error | 'hangs')[]) {
  const clock = new FakeClock();
  const at: number[] = [];
  const post: Post = (_, __, signal) => {
    const next = met[at.length] ?? new Error('asked once too often');
    at.push(clock.monotonic());
    if (next === 'hangs') {
      // Somebody sleeps on, so that the clock of the test moves.
      void (async () => {
        while (!signal.aborted) await clock.sleep(100);
      })();
      return new Promise(() => undefined);
    }
    if (next instanceof Error) return Promise.reject(next);
    return Promise.resolve({ status: 200, retryAfter: null, text: 'ok', ...next });
  };
  return { at, send: () => postJson(url, { text: 'x' }, { clock, timeoutMs: 10_000, post }) };
}

test('what is taken at once is sent once', async () => {
  const { at, send } = receiver({});
  expect(await send()).toBeNull();
  expect(at).toEqual([0]);
});

test('one that is down for a moment is asked again, twice at most', async () => {
  const refused = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
  expect(await receiver(refused, { status: 503 }, {}).send()).toBeNull();
  const down = receiver(refused, refused, refused);
  expect(await down.send()).toBe('it cannot be reached: ECONNREFUSED (attempt 3)');
  expect(down.at).toEqual([0, 500, 2_000]);
});

test('one that says no is not asked again, and its word is told', async () => {
  const { at, send } = receiver({ status: 404, text: 'no_service' });
  expect(await send()).toBe('it answered 404 no_service');
  expect(at).toHaveLength(1);
});

test('what it says besides is not repeated: it could be the address', async () => {
  const why = await receiver({ status: 400, text: `no such hook: ${url.href}` }).send();
  expect(why).toBe('it answered 400');
});

test('429 is obeyed when there is time, and given up when there is not', async () => {
  const soon = receiver({ status: 429, retryAfter: '3' }, {});
  expect(await soon.send()).toBeNull();
  expect(soon.at).toEqual([0, 3_000]);
  const late = receiver({ status: 429, retryAfter: '3600' });
  expect(await late.send()).toBe('it answered 429; there was no time for another attempt within 10 s');
});

test('one that hangs takes no longer than it is given, and the other attempts have their turn', async () => {
  const slow = receiver('hangs', {});
  expect(await slow.send()).toBeNull();
  const dead = receiver('hangs', 'hangs', 'hangs');
  expect(await dead.send()).toMatch(/^no answer within .* s \(attempt 3\)$/);
});

test('a text that is no address of a webhook is not shown, and fails nobody', async () => {
  for (const given of [
    'https://evil.example/services/T0/B0/x',
    `http://hooks.slack.com/services/${secret}`,
    `https://hooks.slack.com:8443/services/${secret}`,
    `https://hooks.slack.com.evil.example/services/${secret}`,
    `https://a:b@hooks.slack.com/services/${secret}`,
    'http://10.0.0.1/services/T0/B0/x',
    secret,
  ]) {
    const parsed = webhookUrl.parse(given);
    if (parsed === undefined || !('unusable' in parsed)) throw new Error(`${given} was taken`);
    expect(parsed.unusable).not.toContain('not-a-real-secret');
    const channel = slackChannel(parsed, { clock: new FakeClock(), timeoutMs: 1_000 });
    expect(await channel.deliver(reportOf(situation()))).toContain('not shown');
  }
});

test('the address of a webhook shows itself to nobody', () => {
  const parsed = webhookUrl.parse(webhookUrl.example);
  if (!(parsed instanceof WebhookUrl)) throw new Error('the example was not taken');
  expect([parsed.toString(), JSON.stringify({ parsed }), inspect(parsed)].join(' ')).not.toContain('T0000');
});

let slack: FakeSlack;
beforeAll(async () => {
  slack = await startFakeSlack();
});
afterAll(() => slack.close());

test('over a real connection: taken, refused, hanging, gone', async () => {
  const given = webhookUrl.parse(slack.url);
  if (given === undefined) throw new Error('not taken');
  const channel = slackChannel(given, { clock: systemClock, timeoutMs: 1_000 });
  const report = reportOf(situation());
  expect(await channel.deliver(report)).toBeNull();
  expect(shownIn(slack.taken[0] ?? '').map(({ text }) => text)).toContain('✅ order-api v1.1.0 is released');

  slack.behaves({ status: 410 });
  expect(await channel.deliver(report)).toBe('it answered 410');
  slack.behaves('hangs');
  expect(await channel.deliver(report)).toContain('no answer within');
  await slack.close();
  expect(await channel.deliver(report)).toContain('it cannot be reached: ECONNREFUSED');
});
