import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Clock } from '../runtime/clock.ts';
import type { LocalBlob } from './localImage.ts';
import { TryAgain } from './retry.ts';

/** A body that nobody takes any more of for this long is on a connection that is dead. */
const stalledMs = 60_000;

/** A file on its way to a registry: read once, hashed on the way, and watched. */
export interface FileBody {
  readonly stream: () => ReadableStream<Uint8Array>;
  /** Aborted when nobody takes more of it, or when it is not what it should be. */
  readonly signal: AbortSignal;
  /** When it is on its way no more. */
  readonly stop: () => void;
}

/** @param wrong makes the error for a file whose digest is another one */
export function fileBody(blob: LocalBlob, clock: Clock, wrong: (actual: string) => Error): FileBody {
  const broken = new AbortController();
  let movedMs = clock.monotonic();
  let isSent = false;
  const stop = clock.every(stalledMs / 6, () => {
    if (!isSent && clock.monotonic() - movedMs > stalledMs) {
      broken.abort(new TryAgain(`nothing went out for ${String(stalledMs / 1_000)} s`));
    }
  });
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    isSent = false;
    // The last piece is held back until the digest is known: what is wrong never arrives whole.
    let held: Uint8Array | null = null;
    for await (const chunk of createReadStream(blob.file, {
      highWaterMark: 1 << 18,
    }) as AsyncIterable<Buffer>) {
      movedMs = clock.monotonic();
      hash.update(chunk);
      if (held !== null) yield held;
      held = chunk;
    }
    const actual = `sha256:${hash.digest('hex')}`;
    if (actual !== blob.digest) {
      const error = wrong(actual);
      broken.abort(error);
      throw error;
    }
    isSent = true;
    if (held !== null) yield held;
  };
  return { stream: () => ReadableStream.from(chunks()), signal: broken.signal, stop };
}
