import { createHash } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';
import { ConnectionError, PreconditionError } from '../../runtime/errors.ts';
import type { Asset } from './releases.ts';

export type Fetch = (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>;

const attempts = 3;
const firstPauseMs = 1_000;

/**
 * The file at the URL, when it is the one that is pinned.
 * @throws PreconditionError when it is another one: this is no trouble that goes away by trying again
 * @throws ConnectionError when nobody answers
 */
export async function download(
  { url, sha256 }: Asset,
  { fetch, clock, timeoutMs }: { readonly fetch: Fetch; readonly clock: Clock; readonly timeoutMs: number },
): Promise<Buffer> {
  const content = await tried(url, { fetch, clock, timeoutMs });
  const is = createHash('sha256').update(content).digest('hex');
  if (is !== sha256) {
    throw new PreconditionError(
      `${url} has the SHA-256 ${is}, not ${sha256}, which is pinned: it was not run`,
      'Somebody replaced the file, or something on the way did (a proxy that answers with a page of its own?). Do not use it until you know which.',
    );
  }
  return content;
}

async function tried(
  url: string,
  { fetch, clock, timeoutMs }: { readonly fetch: Fetch; readonly clock: Clock; readonly timeoutMs: number },
): Promise<Buffer> {
  let last: unknown;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempt > 0) await clock.sleep(firstPauseMs * 4 ** (attempt - 1));
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
      if (answer.ok) return Buffer.from(await answer.arrayBuffer());
      last = new Error(`status ${String(answer.status)}`);
      if (answer.status < 500 && answer.status !== 429) break;
    } catch (error) {
      last = error;
    }
  }
  throw new ConnectionError(
    `${url} cannot be fetched: ${last instanceof Error ? last.message : String(last)}`,
    'Let the runner reach that address (HTTPS_PROXY and NO_PROXY are honoured), or install the program on the runner, in a step before this one.',
    { cause: last },
  );
}
