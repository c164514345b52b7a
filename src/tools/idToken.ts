import { isObject, textAt } from '../domain/json.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Clock } from '../runtime/clock.ts';
import { ConnectionError, messageOf, PreconditionError } from '../runtime/errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface IdToken {
  readonly token: string;
  readonly issuer: string;
  /** `owner/repository/.github/workflows/file.yml@refs/heads/main`: of the job, so of the called one if it is reusable. */
  readonly workflow: string;
}

export interface AskForToken {
  readonly env: Env;
  readonly fetch: (
    url: string,
    init: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal },
  ) => Promise<Response>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const attempts = 3;
const pauseMs = 2_000;
const timeoutMs = 30_000;

/**
 * What GitHub says this job is, signed by it, for one audience alone: whoever gets this token can use it nowhere else,
 * and can ask for no other. It lasts some minutes. Source: GitHub docs, "OpenID Connect reference".
 * @throws PreconditionError when GitHub offers this job no token
 */
export async function idToken(
  audience: string,
  { env, fetch, clock, signal }: AskForToken,
): Promise<IdToken> {
  const [address, bearer] = [env['ACTIONS_ID_TOKEN_REQUEST_URL'], env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']];
  if (address === undefined || bearer === undefined) {
    throw new PreconditionError(
      'this job has no OIDC token to sign with',
      'Add `permissions: { id-token: write }` to the job (a pull request from a fork never gets one), or sign with a key: sign: key.',
    );
  }
  const url = new URL(address);
  url.searchParams.set('audience', audience);
  let last: unknown;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempt > 0) await clock.sleep(pauseMs, signal);
    try {
      const answer = await fetch(url.href, {
        headers: { authorization: `Bearer ${bearer}`, accept: 'application/json' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      if (!answer.ok) throw new Error(`status ${String(answer.status)}`);
      return read(await answer.json());
    } catch (error) {
      signal.throwIfAborted();
      last = error;
    }
  }
  throw new ConnectionError(
    `GitHub gives no OIDC token (${url.host}): ${messageOf(last)}`,
    'Run the step again; when GitHub is down, sign with a key: sign: key.',
    { cause: last },
  );
}

function read(answer: unknown): IdToken {
  const token = isObject(answer) ? (textAt(answer, 'value') ?? '') : '';
  const claims = claimsOf(token);
  const [issuer, workflow] = [textAt(claims, 'iss'), textAt(claims, 'job_workflow_ref')];
  if (issuer === null || workflow === null) throw new Error('the answer is no token of a job');
  return { token, issuer, workflow };
}

/** Read, not checked: who signs on it checks it. */
function claimsOf(token: string): JsonObject {
  const claims: unknown = JSON.parse(
    Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8') || 'null',
  );
  return isObject(claims) ? claims : {};
}
