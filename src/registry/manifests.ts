import { createHash } from 'node:crypto';
import { isDigest } from '../domain/image/reference.ts';
import { manifestTypes } from '../domain/image/mediaType.ts';
import { PreconditionError } from '../runtime/errors.ts';
import type { HttpAnswer } from './exchange.ts';
import type { LocalManifest } from './localImage.ts';
import type { FoundManifest } from './registry.ts';
import type { RepositoryHttp } from './repositoryHttp.ts';
import { TryAgain } from './retry.ts';

export const sha256 = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const accept = { accept: manifestTypes.join(', ') };

const askFor = (
  method: 'HEAD' | 'GET',
  http: RepositoryHttp,
  reference: string,
  signal: AbortSignal,
): ReturnType<RepositoryHttp['ask']> =>
  http.ask({
    method,
    to: `manifests/${reference}`,
    headers: accept,
    may: 'pull',
    expect: [200, 404],
    signal,
  });

/** Whether a tag or digest is there. A repository that is missing has nothing. */
export async function findManifest(
  http: RepositoryHttp,
  reference: string,
  signal: AbortSignal,
): Promise<FoundManifest | null> {
  const answer = await askFor('HEAD', http, reference, signal);
  if (answer.status === 404) return null;
  const digest = answer.headers.get('docker-content-digest') ?? '';
  const size = Number(answer.headers.get('content-length') ?? Number.NaN);
  const mediaType = mediaTypeOf(answer);
  if (isDigest(digest) && Number.isSafeInteger(size) && mediaType !== '') return { digest, mediaType, size };
  // Both headers are optional: then the manifest itself tells.
  const whole = await getManifest(http, reference, signal);
  return whole === null
    ? null
    : { digest: whole.digest, mediaType: whole.mediaType, size: whole.bytes.byteLength };
}

export interface RemoteManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly content: unknown;
}

/** @throws TryAgain when it is not what its digest says: cut off, or changed on the way */
export async function getManifest(
  http: RepositoryHttp,
  reference: string,
  signal: AbortSignal,
): Promise<RemoteManifest | null> {
  const answer = await askFor('GET', http, reference, signal);
  if (answer.status === 404) return null;
  const digest = sha256(answer.body);
  const said = isDigest(reference) ? reference : answer.headers.get('docker-content-digest');
  if (said !== null && said !== digest) throw wrongDigest(`the manifest ${reference}`, said, digest);
  return { digest, mediaType: mediaTypeOf(answer), bytes: answer.body, content: answer.json() };
}

/** The config of an image: small, and checked. */
export async function getJsonBlob(
  http: RepositoryHttp,
  digest: string,
  signal: AbortSignal,
): Promise<unknown> {
  const answer = await http.ask({ method: 'GET', to: `blobs/${digest}`, may: 'pull', expect: [200], signal });
  const actual = sha256(answer.body);
  if (actual !== digest) throw wrongDigest('the config', digest, actual);
  return answer.json();
}

/**
 * Writes a manifest under a tag or its digest.
 * @returns whether the registry says that it lists it with the image that it points to
 * @throws PreconditionError when the registry says that it stored something else
 */
export async function putManifest(
  http: RepositoryHttp,
  reference: string,
  manifest: LocalManifest,
  signal: AbortSignal,
): Promise<{ readonly listed: boolean }> {
  const answer = await http.ask({
    method: 'PUT',
    to: `manifests/${reference}`,
    headers: { 'content-type': manifest.mediaType },
    body: () => manifest.bytes,
    may: 'push',
    expect: [200, 201, 202],
    signal,
  });
  const said = answer.headers.get('docker-content-digest');
  if (said !== null && said !== manifest.digest) {
    throw new PreconditionError(
      `the registry says that the manifest ${reference} has the digest ${said}, but ${manifest.digest} was sent`,
      'Something between here and the registry changes what is sent (a proxy?). Do not deploy this image.',
    );
  }
  return { listed: answer.headers.has('oci-subject') };
}

const mediaTypeOf = (answer: HttpAnswer): string =>
  (answer.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';

const wrongDigest = (what: string, wanted: string, got: string): TryAgain =>
  new TryAgain(`${what} should have the digest ${wanted}, but what came has ${got}`);
