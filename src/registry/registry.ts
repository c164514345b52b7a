import type { ImageFacts } from '../domain/image/facts.ts';
import type { Referrer } from '../domain/image/referrers.ts';
import type { OciImage } from '../image/ociLayout.ts';

/** A manifest or index, without what it points to. */
export interface FoundManifest {
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes of the manifest itself. */
  readonly size: number;
}

export interface PushedTag {
  readonly tag: string;
  /** `already-there`: with this very digest, so that nothing was written. */
  readonly outcome: 'pushed' | 'already-there';
}

export interface Pushed {
  readonly digest: string;
  readonly tags: readonly PushedTag[];
  /** Bytes of blobs that went over the wire. */
  readonly uploadedBytes: number;
  /** How many blobs the registry had already, or took from another of its repositories. */
  readonly reusedBlobs: number;
}

/** A file that is attached to an image. */
export interface Artifact {
  /** What it is, as its media type: `application/spdx+json`. */
  readonly artifactType: string;
  readonly file: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Attached {
  /** Of the artifact's manifest. */
  readonly digest: string;
  /** Under which it is listed; null: the registry keeps the list by itself. */
  readonly tag: string | null;
}

/** One repository of an OCI registry. References are a tag or a digest of it. */
export interface Registry {
  /** null: there is no such tag or digest, or no such repository. @throws RemedyError */
  find(reference: string): Promise<FoundManifest | null>;
  /** @throws RemedyError */
  facts(reference: string): Promise<ImageFacts | null>;
  /**
   * The image, into a layout in this folder, each blob held to its digest; null: it is not there.
   * @param near an image that is here already: what both consist of is not loaded again; null: none
   * @throws RemedyError
   */
  pull(digest: string, folder: string, near: OciImage | null): Promise<OciImage | null>;
  /**
   * Everything that the image consists of, then its tags: until those are written, nobody sees it. Doing it twice
   * does no harm.
   * @throws ConflictError when a tag exists with another digest: nothing of this image has been uploaded then
   * @throws ConnectionError, PermissionError, DeadlineError; the signal's reason when aborted
   */
  push(image: OciImage, tags: readonly string[]): Promise<Pushed>;
  /** What is attached to the image of this digest. @throws RemedyError */
  referrers(digest: string): Promise<readonly Referrer[]>;
  /** Attaches a file to the image of this digest. Doing it twice does no harm. @throws RemedyError */
  attach(digest: string, artifact: Artifact): Promise<Attached>;
  /** The file of something attached, into this empty folder. @returns its path @throws RemedyError */
  artifact(digest: string, folder: string): Promise<string>;
}
