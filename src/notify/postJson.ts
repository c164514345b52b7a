import type { Clock } from '../runtime/clock.ts';

export interface Posting {
  readonly clock: Clock;
  /** For everything: every attempt, and what is waited between them. */
  readonly timeoutMs: number;
  readonly post?: Post;
}

/** One POST, as `fetch` does it. The answer's text is cut short. */
export type Post = (url: URL, body: string, signal: AbortSignal) => Promise<Answer>;

export interface Answer {
  readonly status: number;
  /** The header, as it came; null without one. */
  readonly retryAfter: string | null;
  readonly text: string;
}

const attempts = 3;
/** After the first and after the second. */
const pausesMs = [500, 1_500] as const;
/** A receiver that hangs must not use up the time of the other attempts. */
const shareOfTime = 0.5;

/**
 * Sends JSON, at most three times: again when nobody answered, or with 429 or 5xx. That may deliver it twice, which
 * is better than not at all. Never throws, and neither address nor body is in what it says.
 * @returns null when it was taken, otherwise why not
 */
export async function postJson(url: URL, message: object, posting: Posting): Promise<string | null> {
  const { clock, timeoutMs, post = fetchPost } = posting;
  const body = JSON.stringify(message);
  const deadline = clock.monotonic() + timeoutMs;
  let why = '';
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const leftMs = deadline - clock.monotonic();
    if (leftMs <= 0) break;
    const forThisMs = attempt === attempts ? leftMs : Math.max(1, Math.round(leftMs * shareOfTime));
    const outcome = await once(clock, forThisMs, (signal) => post(url, body, signal));
    if (outcome === null) return null;
    why = `${outcome.why}${attempt === 1 ? '' : ` (attempt ${String(attempt)})`}`;
    const pauseMs = outcome.againAfterMs?.(clock.now()) ?? pausesMs[attempt - 1] ?? 0;
    if (!outcome.again || attempt === attempts) break;
    if (clock.monotonic() + pauseMs >= deadline) {
      return `${why}; there was no time for another attempt within ${String(timeoutMs / 1_000)} s`;
    }
    await clock.sleep(pauseMs);
  }
  return why;
}

interface NotTaken {
  readonly why: string;
  /** Whether another attempt may help. */
  readonly again: boolean;
  /** What the receiver asks for. */
  readonly againAfterMs: ((nowMs: number) => number | null) | null;
}

async function once(
  clock: Clock,
  ms: number,
  send: (signal: AbortSignal) => Promise<Answer>,
): Promise<NotTaken | null> {
  const late = new AbortController();
  const stop = clock.every(ms, () => late.abort(new Error('late')));
  const givenUp = new Promise<NotTaken>((resolve) => {
    late.signal.addEventListener('abort', () =>
      resolve({ why: `no answer within ${String(ms / 1_000)} s`, again: true, againAfterMs: null }),
    );
  });
  try {
    return await Promise.race([
      givenUp,
      send(late.signal).then(judge, (error: unknown) => ({
        why: `it cannot be reached: ${reasonOf(error)}`,
        again: true,
        againAfterMs: null,
      })),
    ]);
  } finally {
    stop();
    late.abort(new Error('over'));
  }
}

function judge({ status, retryAfter, text }: Answer): NotTaken | null {
  if (status >= 200 && status < 300) return null;
  const again = status === 429 || status >= 500;
  // Slack answers with one word that says what is wrong; whatever else comes back is not repeated.
  const word = /^[a-z][a-z_]{2,60}$/.exec(text.trim())?.[0];
  return {
    why: `it answered ${String(status)}${word === undefined ? '' : ` ${word}`}`,
    again,
    againAfterMs: (nowMs) => (retryAfter === null ? null : waitOf(retryAfter, nowMs)),
  };
}

/** RFC 9110, Retry-After: seconds, or a date. */
function waitOf(retryAfter: string, nowMs: number): number | null {
  const ms = /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/** By its code alone: a message could hold the address. */
function reasonOf(error: unknown): string {
  for (let at = error; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  }
  return 'the connection failed';
}

const mostText = 200;

/** Redirects are not followed: an address that is a secret is given to nobody else. */
const fetchPost: Post = async (url, body, signal) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    redirect: 'manual',
    signal,
  });
  const text = await beginningOf(response);
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text };
};

async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (text.length < mostText) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
  }
  await reader.cancel();
  return text.slice(0, mostText);
}
