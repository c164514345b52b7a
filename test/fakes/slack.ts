import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a message of a real release looks like to whoever reads it: every text in it, with its kind. */
export interface Shown {
  readonly kind: 'plain_text' | 'mrkdwn' | 'fallback';
  readonly text: string;
}

interface TextObject {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly emoji?: unknown;
  readonly verbatim?: unknown;
}

/**
 * Whether Slack would take a message: its limits, and nothing but what a report uses.
 * Source: Slack, "Block Kit" (blocks, text objects), "Sending messages using incoming webhooks".
 * @returns what is wrong, one line each
 */
export function complaintsOf(body: string): readonly string[] {
  if (Buffer.byteLength(body) > 100_000) return ['a body of more than 100 kB'];
  const message = JSON.parse(body) as { text?: unknown; blocks?: unknown };
  const wrong: string[] = [];
  if (typeof message.text !== 'string' || message.text === '') wrong.push('no text to fall back to');
  if (!Array.isArray(message.blocks)) return [...wrong, 'blocks is no list'];
  const blocks = message.blocks as readonly Record<string, unknown>[];
  if (blocks.length < 1 || blocks.length > 50) wrong.push(`${String(blocks.length)} blocks`);
  for (const [index, block] of blocks.entries()) {
    wrong.push(...complaintsOfBlock(block).map((line) => `block ${String(index)}: ${line}`));
  }
  return wrong;
}

function complaintsOfBlock({ type, text, fields }: Record<string, unknown>): readonly string[] {
  if (type === 'header') return complaintsOfText(text as TextObject, 150, ['plain_text']);
  if (type !== 'section') return [`its type is ${String(type)}`];
  if (text === undefined && fields === undefined) return ['neither text nor fields'];
  const own = text === undefined ? [] : complaintsOfText(text as TextObject, 3_000);
  if (fields === undefined) return own;
  const list = fields as readonly TextObject[];
  if (list.length < 1 || list.length > 10) return [...own, `${String(list.length)} fields`];
  return [...own, ...list.flatMap((field) => complaintsOfText(field, 2_000))];
}

function complaintsOfText(
  { type, text, emoji, verbatim }: TextObject,
  most: number,
  kinds: readonly string[] = ['plain_text', 'mrkdwn'],
): readonly string[] {
  const wrong: string[] = [];
  if (!kinds.includes(String(type))) wrong.push(`a text of type ${String(type)}`);
  if (typeof text !== 'string' || text.length < 1) return [...wrong, 'an empty text'];
  if (text.length > most) wrong.push(`a text of ${String(text.length)} characters`);
  if (emoji !== undefined && type !== 'plain_text') wrong.push('emoji is for plain_text');
  if (verbatim !== undefined && type !== 'mrkdwn') wrong.push('verbatim is for mrkdwn');
  return wrong;
}

/** Every text of a message that Slack would take. */
export function shownIn(body: string): readonly Shown[] {
  const { text, blocks } = JSON.parse(body) as {
    text: string;
    blocks: readonly { text?: TextObject; fields?: readonly TextObject[] }[];
  };
  const all = blocks.flatMap((block) => [
    ...(block.text === undefined ? [] : [block.text]),
    ...(block.fields ?? []),
  ]);
  return [
    { kind: 'fallback', text },
    ...all.map((one): Shown => ({ kind: one.type as 'plain_text' | 'mrkdwn', text: String(one.text) })),
  ];
}

export type Behaviour = 'takes' | 'hangs' | { readonly status: number; readonly retryAfter?: string };

/** A real HTTP server that plays Slack's endpoint, and says in each answer that it is none. */
export interface FakeSlack {
  readonly url: string;
  /** The bodies that were taken. */
  readonly taken: readonly string[];
  /** How often it was asked. */
  readonly asked: () => number;
  behaves(next: Behaviour): void;
  close(): Promise<void>;
}

export async function startFakeSlack(): Promise<FakeSlack> {
  const taken: string[] = [];
  let asked = 0;
  let behaviour: Behaviour = 'takes';
  const server = createServer((request, response) => {
    asked += 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): void => {
        response.writeHead(status, { server: 'a fake of Slack, for tests', ...headers }).end(text);
      };
      if (behaviour === 'hangs') return;
      if (behaviour !== 'takes') {
        const { status, retryAfter } = behaviour;
        answer(
          status,
          `said by ${request.url ?? ''}`,
          retryAfter === undefined ? {} : { 'retry-after': retryAfter },
        );
        return;
      }
      const body = Buffer.concat(chunks).toString('utf8');
      if (
        request.method !== 'POST' ||
        !(request.headers['content-type'] ?? '').startsWith('application/json')
      ) {
        answer(400, 'invalid_payload');
        return;
      }
      const wrong = complaintsOf(body);
      if (wrong.length > 0) {
        answer(400, 'invalid_blocks');
        return;
      }
      taken.push(body);
      answer(200, 'ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/services/T00000000/B00000000/not-a-real-secret`,
    taken,
    asked: () => asked,
    behaves: (next) => (behaviour = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
