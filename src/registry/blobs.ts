import { ecrRegistry } from '../domain/image/ecrHost.ts';
import { shortDigest } from '../domain/digest.ts';
import { bytesText } from '../domain/image/sizes.ts';
import type { Clock } from '../runtime/clock.ts';
import { PreconditionError } from '../runtime/errors.ts';
import { chunkBytes, uploadInChunks } from './chunks.ts';
import { fileBody } from './fileBody.ts';
import type { LocalBlob } from './localImage.ts';
import type { RepositoryHttp } from './repositoryHttp.ts';
import { TryAgain } from './retry.ts';
import type { Attempts } from './retry.ts';

export interface Upload {
  readonly http: RepositoryHttp;
  readonly attempts: Attempts;
  readonly clock: Clock;
}

/** How a blob got there; `mounted`: the registry took it from another of its repositories. */
export type BlobOutcome = 'uploaded' | 'there' | 'mounted';

/**
 * A blob goes in one streamed request, as BuildKit and containerd send it: every registry is used to that. ECR must
 * not be sent pieces: it answers each, and drops all but the first (aws/containers-roadmap#2831). Elsewhere pieces are
 * the way round a proxy that limits bodies, or a connection that breaks under a large one.
 */
export async function pushBlob(upload: Upload, blob: LocalBlob): Promise<BlobOutcome> {
  const { http, attempts } = upload;
  const what = `${shortDigest(blob.digest)} (${bytesText(blob.size)})`;
  const head = await attempts(`look for ${what}`, (signal) =>
    http.ask({ method: 'HEAD', to: `blobs/${blob.digest}`, may: 'push', expect: [200, 404], signal }),
  );
  if (head.status === 200) return 'there';

  const mayBeCut = ecrRegistry(http.repository.registry) === null && blob.size > chunkBytes;
  let broken = 0;
  return attempts(`upload ${what}`, async (signal) => {
    const begun = await begin(http, blob, signal);
    if (begun === 'mounted') return 'mounted';
    if (mayBeCut && broken >= 2) return inChunks(upload, blob, begun, signal);
    try {
      const outcome = await whole(upload, blob, begun, signal);
      if (outcome !== 'too-large') return outcome;
      if (!mayBeCut) throw tooLarge(http, blob);
      return await inChunks(upload, blob, (await begin(http, blob, signal, false)) as URL, signal);
    } catch (error) {
      if (error instanceof TryAgain) broken += 1;
      throw error;
    }
  });
}

/** A few bytes, without a file. */
export async function pushBytes(
  { http, attempts }: Pick<Upload, 'http' | 'attempts'>,
  digest: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await attempts(`upload ${shortDigest(digest)}`, async (signal) => {
    const ask = { may: 'push', signal } as const;
    const head = await http.ask({ ...ask, method: 'HEAD', to: `blobs/${digest}`, expect: [200, 404] });
    if (head.status === 200) return;
    const begun = await http.ask({ ...ask, method: 'POST', to: 'blobs/uploads/', expect: [202] });
    await http.ask({
      ...ask,
      method: 'PUT',
      to: withDigest(http.placeOf(begun), digest),
      headers: { 'content-type': 'application/octet-stream' },
      body: () => bytes,
      expect: [201, 204],
    });
  });
}

async function begin(
  http: RepositoryHttp,
  blob: LocalBlob,
  signal: AbortSignal,
  mayMount = true,
): Promise<URL | 'mounted'> {
  const from = mayMount ? elsewhere(http, blob) : undefined;
  const ask = { method: 'POST', may: 'push', signal } as const;
  const mount = new URLSearchParams({ mount: blob.digest, from: from ?? '' });
  // A registry that does not mount begins an upload. One that may not show us the other repository refuses.
  const first =
    from === undefined
      ? null
      : await http.ask({
          ...ask,
          to: `blobs/uploads/?${mount.toString()}`,
          alsoPull: from,
          expect: [201, 202, 403, 404],
        });
  if (first?.status === 201) return 'mounted';
  const begun =
    first?.status === 202 ? first : await http.ask({ ...ask, to: 'blobs/uploads/', expect: [202] });
  return http.placeOf(begun);
}

/** BuildKit notes on a layer which repositories of a registry it has been seen in. */
function elsewhere({ repository }: RepositoryHttp, { annotations }: LocalBlob): string | undefined {
  const names = annotations[`containerd.io/distribution.source.${repository.registry}`]?.split(',') ?? [];
  return names.find((name) => name !== '' && name !== repository.name);
}

async function whole(
  { http, clock }: Upload,
  blob: LocalBlob,
  to: URL,
  signal: AbortSignal,
): Promise<'uploaded' | 'too-large'> {
  const body = fileBody(blob, clock, (actual) => damaged(blob, actual));
  try {
    const answer = await http.ask({
      method: 'PUT',
      to: withDigest(to, blob.digest),
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) },
      body: body.stream,
      may: 'push',
      expect: [201, 204, 413],
      signal: AbortSignal.any([signal, body.signal]),
    });
    if (answer.status === 413) return 'too-large';
    confirm(answer.headers.get('docker-content-digest'), blob);
    return 'uploaded';
  } catch (error) {
    // Whatever the connection says of a body that broke off: this is why it did.
    if (body.signal.reason instanceof Error) throw body.signal.reason;
    throw error;
  } finally {
    body.stop();
  }
}

async function inChunks(
  upload: Upload,
  blob: LocalBlob,
  begun: URL,
  signal: AbortSignal,
): Promise<'uploaded'> {
  const { http } = upload;
  const to = await uploadInChunks(upload, blob, begun);
  const answer = await http.ask({
    method: 'PUT',
    to: withDigest(to, blob.digest),
    headers: { 'content-type': 'application/octet-stream' },
    may: 'push',
    expect: [201, 204],
    signal,
  });
  confirm(answer.headers.get('docker-content-digest'), blob);
  return 'uploaded';
}

/** The place is the registry's own: whatever it has put into the query has to stay there. */
function withDigest(place: URL, digest: string): URL {
  const to = new URL(place);
  to.searchParams.set('digest', digest);
  return to;
}

function confirm(said: string | null, blob: LocalBlob): void {
  if (said === null || said === blob.digest) return;
  throw new PreconditionError(
    `the registry says that it stored ${said}, but ${blob.digest} was sent`,
    'Something between here and the registry changes what is sent (a proxy?). No tag was written.',
  );
}

const damaged = (blob: LocalBlob, actual: string): PreconditionError =>
  new PreconditionError(
    `the file ${blob.file} is damaged: its digest is ${actual}`,
    'Build the image again, and see that the disk is not full. No tag was written.',
  );

const tooLarge = ({ repository }: RepositoryHttp, blob: LocalBlob): PreconditionError =>
  new PreconditionError(
    `${repository.registry} takes no layer of ${bytesText(blob.size)} (413)`,
    'Make the layer smaller, or raise the limit of what stands before the registry (nginx: client_max_body_size).',
  );
