import { ConnectionError } from '../runtime/errors.ts';
import { TryAgain } from './retry.ts';

/** What came back, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from in the end: redirects are followed. */
  readonly url: URL;
  readonly body: Buffer;
  /** @throws TryAgain: JSON that is cut off */
  json(): unknown;
}

export interface HttpAsk {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  readonly signal: AbortSignal;
}

/** The largest manifest or config that a registry takes is 4 MiB: distribution-spec 1.1, "Pushing manifests". */
const mostBytes = 16 * 1024 * 1024;

/** No answer to a question takes this long; a body that is streamed has its own watch. */
const questionMs = 60_000;

/**
 * One request, one whole answer, whatever its status.
 * @throws TryAgain when nothing came back, or not all; ConnectionError when it never will; the signal's reason
 */
export async function exchange(url: URL, { method, headers, body, signal }: HttpAsk): Promise<HttpAnswer> {
  const isStream = body instanceof ReadableStream;
  const late = isStream ? null : AbortSignal.timeout(questionMs);
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      // Node wants to be told that a streamed body is sent before the answer is read.
      ...(isStream ? { duplex: 'half' as const } : {}),
      signal: late === null ? signal : AbortSignal.any([signal, late]),
    });
    const answer = await wholeBody(response, url);
    return {
      status: response.status,
      headers: response.headers,
      url: new URL(response.url),
      body: answer,
      json: () => parsed(answer, url),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TryAgain || error instanceof ConnectionError) throw error;
    if (late?.aborted === true) throw new TryAgain(`no answer within ${String(questionMs / 1_000)} s`);
    throw broken(error, url);
  }
}

async function wholeBody(response: Response, url: URL): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) {
      throw new ConnectionError(
        `${url.host} answers with more than ${String(mostBytes)} bytes where a manifest or a config was asked for`,
        'Check the address: this may be no registry.',
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parsed(body: Buffer, url: URL): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new TryAgain(`${url.host} answered with something that is no JSON, or not all of it`);
  }
}

const hopeless: Readonly<Record<string, string>> = {
  ENOTFOUND: 'Check the name of the registry, and that this machine resolves it.',
  ERR_INVALID_URL: 'Check the name of the registry.',
};

/** By its fields, not by its class: an error may come from another realm. */
function broken(error: unknown, url: URL): Error {
  const cause = (error as { readonly cause?: unknown }).cause ?? error;
  const code = textOf(cause, 'code');
  const said = textOf(cause, 'message') || textOf(error, 'message') || String(error);
  const text = code === '' || said.includes(code) ? said : `${said} (${code})`;
  const remedy = /CERT|SELF_SIGNED|UNABLE_TO|SSL|TLS/.test(code)
    ? "The registry's certificate is not trusted here: give its CA to Node with NODE_EXTRA_CA_CERTS."
    : hopeless[code];
  return remedy === undefined
    ? new TryAgain(`the connection broke: ${text}`, null, { cause: error })
    : new ConnectionError(`${url.host} cannot be reached: ${text}`, remedy, { cause: error });
}

function textOf(value: unknown, field: 'code' | 'message'): string {
  const text = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : '';
  return typeof text === 'string' ? text : '';
}
