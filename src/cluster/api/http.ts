import type { ClientRequest, IncomingMessage } from 'node:http';
import type { HttpAnswer } from './kubeApi.ts';

/** Sends a request made by node:http(s) and reads the whole answer. Rejects with what the socket says. */
export function exchange(request: ClientRequest, body?: string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      readAnswer(response).then(resolve, reject);
    });
    request.end(body);
  });
}

export function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('error', reject);
    response.once('end', () => {
      const headers = Object.entries(response.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]);
      resolve({
        status: response.statusCode ?? 0,
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: Buffer.concat(chunks).toString('utf8'),
      });
    });
  });
}

/** The code of a system error (`ECONNREFUSED`), or an empty text. */
export const errorCode = (error: unknown): string => textOf(error, 'code');

/** What AbortSignal.timeout makes of a call. */
export const isTimeout = (error: unknown): boolean =>
  ['AbortError', 'TimeoutError'].includes(textOf(error, 'name'));

export const errorMessage = (error: unknown): string =>
  textOf(error, 'message') || errorCode(error) || String(error);

/** By its fields, not by its class: an error may come from another realm. */
function textOf(error: unknown, field: 'code' | 'name' | 'message'): string {
  if (typeof error !== 'object' || error === null) return '';
  const value = (error as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' ? value : '';
}
