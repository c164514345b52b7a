import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { shortDigest } from '../domain/digest.ts';
import type { LocalBlob } from './localImage.ts';
import type { RepositoryHttp } from './repositoryHttp.ts';
import { TryAgain } from './retry.ts';
import type { Attempts } from './retry.ts';

/** S3, where many registries keep their blobs, takes no piece below 5 MiB. */
export const chunkBytes = 8 * 1024 * 1024;

interface Sent {
  /** Where the next piece goes. */
  readonly to: URL;
  /** Bytes that the registry has. */
  readonly bytes: number;
}

/**
 * Sends a blob piece by piece; a piece that broke off is asked about, and sent again if need be. Source: OCI
 * distribution-spec 1.1, "Pushing a blob in chunks".
 * @returns where the upload is to be finished
 */
export async function uploadInChunks(
  { http, attempts }: { readonly http: RepositoryHttp; readonly attempts: Attempts },
  blob: LocalBlob,
  begun: URL,
): Promise<URL> {
  let sent: Sent = { to: begun, bytes: 0 };
  const file = await open(blob.file);
  try {
    while (sent.bytes < blob.size) {
      const last = sent;
      let isAgain = false;
      sent = await attempts(
        `upload ${shortDigest(blob.digest)} from byte ${String(last.bytes)}`,
        async (signal) => {
          // What came of the last attempt, only the registry knows.
          const arrived = isAgain ? await received(http, last.to, signal) : 0;
          isAgain = true;
          return arrived > last.bytes ? { to: last.to, bytes: arrived } : sendChunk(http, file, last, signal);
        },
      );
    }
  } finally {
    await file.close();
  }
  return sent.to;
}

async function sendChunk(
  http: RepositoryHttp,
  file: FileHandle,
  { to, bytes }: Sent,
  signal: AbortSignal,
): Promise<Sent> {
  const buffer = new Uint8Array(chunkBytes);
  const { bytesRead } = await file.read(buffer, 0, chunkBytes, bytes);
  const answer = await http.ask({
    method: 'PATCH',
    to,
    headers: {
      'content-type': 'application/octet-stream',
      'content-range': `${String(bytes)}-${String(bytes + bytesRead - 1)}`,
    },
    body: () => buffer.subarray(0, bytesRead),
    may: 'push',
    expect: [201, 202],
    signal,
  });
  const arrived = bytesIn(answer.headers.get('range'));
  if (arrived !== null && arrived <= bytes) throw new TryAgain('the registry took nothing of it');
  return { to: http.placeOf(answer), bytes: arrived ?? bytes + bytesRead };
}

async function received(http: RepositoryHttp, to: URL, signal: AbortSignal): Promise<number> {
  const answer = await http.ask({ method: 'GET', to, may: 'push', expect: [200, 202, 204], signal });
  return bytesIn(answer.headers.get('range')) ?? 0;
}

/** `0-1023` is 1024 bytes. An upload without any is `0-0` as well: one byte is never all that arrived. */
function bytesIn(header: string | null): number | null {
  const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(header ?? '')?.[1] ?? Number.NaN);
  return Number.isSafeInteger(last) ? (last === 0 ? 0 : last + 1) : null;
}
