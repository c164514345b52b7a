import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { shortDigest } from '../domain/digest.ts';
import { mediaTypes, parseManifest } from '../domain/image/manifest.ts';
import {
  artifactManifest,
  emptyConfig,
  referrersIn,
  referrersTag,
  withReferrer,
} from '../domain/image/referrers.ts';
import type { Content, Referrer } from '../domain/image/referrers.ts';
import { byDigest, repositoryText } from '../domain/image/reference.ts';
import { isObject, textAt, textsAt } from '../domain/json.ts';
import type { JsonObject } from '../domain/json.ts';
import { blobPath } from '../image/ociLayout.ts';
import type { Clock } from '../runtime/clock.ts';
import { ConflictError, PreconditionError } from '../runtime/errors.ts';
import { pushBlob, pushBytes } from './blobs.ts';
import type { HttpAnswer } from './exchange.ts';
import { findManifest, getManifest, putManifest, sha256 } from './manifests.ts';
import { loadBlob } from './pull.ts';
import type { Artifact, Attached } from './registry.ts';
import type { RepositoryHttp } from './repositoryHttp.ts';
import type { Attempts } from './retry.ts';

export interface ReferrersWork {
  readonly http: RepositoryHttp;
  readonly attempts: Attempts;
  readonly clock: Clock;
}

/**
 * Attaches a file to an image: as an artifact whose manifest names the image as its subject. A registry of OCI 1.1
 * lists it by itself; in any other we keep the list, under a tag made of the image's digest.
 * Source: OCI distribution-spec 1.1, "Pushing Manifests with Subject".
 * @throws PreconditionError when the image is not there
 */
export async function attach(work: ReferrersWork, image: string, artifact: Artifact): Promise<Attached> {
  const { http, attempts } = work;
  const { artifactType, file, annotations } = artifact;
  const subject = await attempts(`look for ${shortDigest(image)}`, (signal) =>
    findManifest(http, image, signal),
  );
  if (subject === null) {
    throw new PreconditionError(
      `${byDigest(http.repository, image)} is not there, so that nothing can be attached to it`,
      'Look at the registry: it may remove images by a rule. Build it again (input rebuild).',
    );
  }
  const blob = { mediaType: artifactType, ...(await contentOf(file)) };
  await pushBlob(work, { ...blob, file, annotations: {} });
  await pushBytes(work, emptyConfig.digest, Buffer.from(emptyConfig.text));

  const made = manifestOf(artifactManifest({ ...subject, digest: image }, artifactType, blob, annotations));
  const { listed } = await attempts(`write ${shortDigest(made.digest)}`, (signal) =>
    putManifest(http, made.digest, made, signal),
  );
  // The header is how a registry says so; some keep the list, and do not say so.
  const isListed = listed || (await fromApi(work, image)) !== null;
  if (!isListed) await listUnderTag(work, image, made, artifact);
  return { digest: made.digest, tag: isListed ? null : referrersTag(image) };
}

/** What is attached to an image; nothing, too, when the image is not there. */
export async function readReferrers(work: ReferrersWork, image: string): Promise<readonly Referrer[]> {
  const listed = (await fromApi(work, image)) ?? referrersIn((await underTag(work, image))?.content) ?? [];
  return Promise.all(listed.map((one) => (isTold(one) ? Promise.resolve(one) : told(work, one))));
}

/** Some lists say of every artifact that it is what stands in the place of its configuration. */
const isTold = ({ artifactType }: Referrer): boolean =>
  artifactType !== '' && artifactType !== emptyConfig.mediaType;

/** What its own manifest says; as listed when that is not there. */
async function told({ http, attempts }: ReferrersWork, referrer: Referrer): Promise<Referrer> {
  const { digest } = referrer;
  const found = await attempts(`read ${shortDigest(digest)}`, (signal) => getManifest(http, digest, signal));
  const content = found?.content;
  if (!isObject(content)) return referrer;
  const artifactType = textAt(content, 'artifactType') ?? referrer.artifactType;
  return { digest, artifactType, annotations: textsAt(content, 'annotations') };
}

/**
 * The file of an artifact, held to its digest.
 * @param folder for the file; an empty one
 * @returns its path
 */
export async function readArtifact(
  { http, attempts }: ReferrersWork,
  digest: string,
  folder: string,
): Promise<string> {
  const found = await attempts(`read ${shortDigest(digest)}`, (signal) => getManifest(http, digest, signal));
  const manifest = parseManifest(found?.content);
  const [blob, ...others] = manifest?.kind === 'manifest' ? manifest.layers : [];
  if (blob === undefined || others.length > 0) {
    throw new PreconditionError(
      `${byDigest(http.repository, digest)} is no artifact of one file`,
      'Somebody else attached it: remove it from the registry, or build the image again (input rebuild).',
    );
  }
  const place = { layout: folder };
  const file = blobPath(place, blob.digest);
  await mkdir(dirname(file), { recursive: true });
  await loadBlob({ http, attempts, layout: folder, near: null }, blob);
  const actual = await contentOf(file);
  if (actual.digest === blob.digest) return file;
  throw new PreconditionError(
    `what ${repositoryText(http.repository)} has as ${blob.digest} has the digest ${actual.digest}`,
    'Something between here and the registry changes what is sent (a proxy?).',
  );
}

/** By far more than a registry has for one image. */
const mostPages = 50;

/** null: the registry keeps no such list. */
async function fromApi(work: ReferrersWork, image: string): Promise<readonly Referrer[] | null> {
  const found: Referrer[] = [];
  let to: string | URL | null = `referrers/${image}`;
  for (let page = 0; to !== null && page < mostPages; page += 1) {
    const answer = await askApi(work, image, to);
    const isJson = (answer.headers.get('content-type') ?? '').includes('json');
    const read = answer.status === 200 && isJson ? referrersIn(answer.json()) : undefined;
    if (read === undefined) return page === 0 ? null : found;
    found.push(...read);
    to = nextPage(answer);
  }
  return found;
}

const askApi = (
  { http, attempts }: ReferrersWork,
  image: string,
  to: string | URL,
): ReturnType<RepositoryHttp['ask']> =>
  attempts(`ask what is attached to ${shortDigest(image)}`, (signal) =>
    http.ask({
      method: 'GET',
      to,
      headers: { accept: mediaTypes.index },
      may: 'pull',
      // Registries from before the API take its path for something else, each in its own way.
      expect: [200, 400, 404, 405, 406],
      signal,
    }),
  );

function nextPage({ headers, url }: HttpAnswer): URL | null {
  const [, next] = /<([^>]+)>\s*;\s*rel="?next"?/i.exec(headers.get('link') ?? '') ?? [];
  return next === undefined ? null : new URL(next, url);
}

const underTag = ({ http, attempts }: ReferrersWork, image: string): ReturnType<typeof getManifest> =>
  attempts(`read ${referrersTag(image)}`, (signal) => getManifest(http, referrersTag(image), signal));

/** Others may write the same tag at this moment: who was overwritten writes once more. */
const mostRounds = 5;

async function listUnderTag(
  work: ReferrersWork,
  image: string,
  made: Content,
  artifact: Artifact,
): Promise<void> {
  const { http, attempts } = work;
  const tag = referrersTag(image);
  const name = `${repositoryText(http.repository)}:${tag}`;
  for (let round = 0; round < mostRounds; round += 1) {
    const before = await underTag(work, image);
    const listed = before === null ? [] : referrersIn(before.content);
    if (listed === undefined) {
      throw new ConflictError(
        `${name} is no list of what is attached to ${shortDigest(image)}, but ${before?.mediaType ?? 'something else'}`,
        'That name is kept for such lists (OCI distribution-spec 1.1): give what is there another tag.',
      );
    }
    if (listed.some(({ digest }) => digest === made.digest)) return;
    const index = manifestOf(withReferrer(before?.content, made, artifact));
    try {
      await attempts(`write ${tag}`, (signal) => putManifest(http, tag, index, signal));
    } catch (error) {
      if (!(error instanceof PreconditionError)) throw error;
      throw new PreconditionError(
        `${name} cannot be written, and the registry keeps no list of what is attached to an image: ${error.message}`,
        'Let tags that begin with sha256- move, take a registry that has the referrers API of OCI 1.1, or leave out the input sbom.',
        { cause: error },
      );
    }
  }
  throw new ConflictError(
    `somebody else writes ${name} all the time`,
    'Wait until the others have attached what is theirs, then run the step again.',
  );
}

function manifestOf(content: JsonObject): Content & { readonly bytes: Uint8Array<ArrayBuffer> } {
  const bytes = new Uint8Array(Buffer.from(JSON.stringify(content)));
  return { mediaType: String(content['mediaType']), digest: sha256(bytes), size: bytes.byteLength, bytes };
}

async function contentOf(file: string): Promise<Pick<Content, 'digest' | 'size'>> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  return { digest: `sha256:${hash.digest('hex')}`, size: (await stat(file)).size };
}
