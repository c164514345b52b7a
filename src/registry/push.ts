import { bytesText } from '../domain/image/sizes.ts';
import { byDigest, isTag, repositoryText } from '../domain/image/reference.ts';
import type { Repository } from '../domain/image/reference.ts';
import { planTags, tagRule } from '../domain/image/tags.ts';
import type { OciImage } from '../image/ociLayout.ts';
import type { Clock } from '../runtime/clock.ts';
import { ConflictError, PreconditionError } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import { pushBlob } from './blobs.ts';
import { readLocalImage } from './localImage.ts';
import type { LocalBlob, LocalImage, LocalManifest } from './localImage.ts';
import { findManifest, putManifest } from './manifests.ts';
import type { Pushed, PushedTag } from './registry.ts';
import type { RepositoryHttp } from './repositoryHttp.ts';
import { attemptsWithin } from './retry.ts';
import type { Attempts } from './retry.ts';

export interface PushContext {
  readonly http: RepositoryHttp;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly timeoutMs: number;
}

/** As many as Docker sends side by side. */
const sideBySide = 4;

/** Blobs, then the manifests that point to them, then the tags: who looks for the image finds all of it, or nothing. */
export async function push(context: PushContext, image: OciImage, tags: readonly string[]): Promise<Pushed> {
  const { http, signal } = context;
  for (const tag of tags) if (!isTag(tag)) throw noTag(tag);
  // One that fails for good ends the others.
  const stop = new AbortController();
  const attempts = attemptsWithin({
    ...context,
    registry: http.repository.registry,
    signal: AbortSignal.any([signal, stop.signal]),
  });
  try {
    return await pushWith({ ...context, attempts }, image, [...new Set(tags)]);
  } catch (error) {
    stop.abort(error);
    signal.throwIfAborted();
    throw error;
  }
}

type Work = PushContext & { readonly attempts: Attempts };

async function pushWith(work: Work, image: OciImage, tags: readonly string[]): Promise<Pushed> {
  const { http, log } = work;
  const { repository } = http;
  const local = await readLocalImage(image);
  const found = await Promise.all(
    tags.map(async (tag) => ({ tag, digest: (await find(work, tag))?.digest ?? null })),
  );
  const plan = planTags(image.digest, found);
  const [taken] = plan.taken;
  if (taken !== undefined) throw belongsToAnother(repository, taken.tag, taken.digest, image.digest);

  // A registry that has the manifest has all that it points to: it takes none without.
  const isThere = plan.there.length > 0 || (await find(work, image.digest)) !== null;
  const moved = isThere
    ? { uploadedBytes: 0, reusedBlobs: local.blobs.length }
    : await pushParts(work, local);
  const top = local.manifests.at(-1);
  if (top === undefined) throw new Error('an image without a manifest');
  const written: PushedTag[] = plan.there.map((tag) => ({ tag, outcome: 'already-there' }));
  for (const tag of plan.free) written.push({ tag, outcome: await pushTag(work, tag, top) });
  if (tags.length === 0 && !isThere) await put(work, top.digest, top);

  log.info(
    `${byDigest(repository, image.digest)}: ${bytesText(moved.uploadedBytes)} uploaded, ` +
      `${String(moved.reusedBlobs)} of ${String(local.blobs.length)} blobs were there; ` +
      written.map(({ tag, outcome }) => `${tag} ${outcome}`).join(', '),
  );
  return {
    digest: image.digest,
    tags: tags.flatMap((tag) => written.filter((one) => one.tag === tag)),
    ...moved,
  };
}

/** All but the image's own manifest. */
async function pushParts(
  work: Work,
  { manifests, blobs }: LocalImage,
): Promise<Pick<Pushed, 'uploadedBytes' | 'reusedBlobs'>> {
  const waiting = [...blobs];
  let [uploadedBytes, reusedBlobs] = [0, 0];
  const next = async (): Promise<void> => {
    for (let blob: LocalBlob | undefined; (blob = waiting.shift()) !== undefined;) {
      if ((await pushBlob(work, blob)) === 'uploaded') uploadedBytes += blob.size;
      else reusedBlobs += 1;
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, next));
  for (const manifest of manifests.slice(0, -1)) {
    if ((await find(work, manifest.digest)) === null) await put(work, manifest.digest, manifest);
  }
  return { uploadedBytes, reusedBlobs };
}

/** Someone else may write the same tag at this moment: whoever was first has it. */
async function pushTag(work: Work, tag: string, manifest: LocalManifest): Promise<PushedTag['outcome']> {
  const { repository } = work.http;
  let refused: PreconditionError | null = null;
  try {
    await put(work, tag, manifest);
  } catch (error) {
    if (!(error instanceof PreconditionError)) throw error;
    refused = error;
  }
  const now = await find(work, tag);
  if (now !== null && now.digest !== manifest.digest) {
    throw belongsToAnother(repository, tag, now.digest, manifest.digest);
  }
  if (now !== null) return refused === null ? 'pushed' : 'already-there';
  throw (
    refused ??
    new PreconditionError(
      `${repositoryText(repository)} took the tag ${tag}, and does not have it`,
      'Look at the registry: it may remove tags by a rule, or it answers from a copy that is behind.',
    )
  );
}

const find = ({ http, attempts }: Work, reference: string): ReturnType<typeof findManifest> =>
  attempts(`look for ${reference}`, (signal) => findManifest(http, reference, signal));

const put = async ({ http, attempts }: Work, reference: string, manifest: LocalManifest): Promise<void> => {
  await attempts(`write ${reference}`, (signal) => putManifest(http, reference, manifest, signal));
};

const belongsToAnother = (repository: Repository, tag: string, theirs: string, ours: string): ConflictError =>
  new ConflictError(
    `${repositoryText(repository)}:${tag} is another image already: ${theirs}. This one is ${ours}`,
    'A tag stays what it was given to. Give this image a tag of its own (a new version, a new commit); if it should be the same image, see what its build takes from outside (time, base image by tag, packages).',
  );

const noTag = (tag: string): PreconditionError =>
  new PreconditionError(`${JSON.stringify(tag)} is no tag`, `Allowed: ${tagRule}.`);
