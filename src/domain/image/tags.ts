/** What stands where a tag is wanted: the digest, or null when the tag is free. */
export interface TagFound {
  readonly tag: string;
  readonly digest: string | null;
}

export interface TagPlan {
  /** Tags to write. */
  readonly free: readonly string[];
  /** They have this digest already: nothing to do. */
  readonly there: readonly string[];
  /** They belong to another image: stop. */
  readonly taken: readonly { readonly tag: string; readonly digest: string }[];
}

/** A tag that was given out stays what it is, whatever the registry would allow: people and rollbacks rely on it. */
export function planTags(digest: string, found: readonly TagFound[]): TagPlan {
  return {
    free: found.filter((one) => one.digest === null).map(({ tag }) => tag),
    there: found.filter((one) => one.digest === digest).map(({ tag }) => tag),
    taken: found.flatMap((one) =>
      one.digest === null || one.digest === digest ? [] : [{ tag: one.tag, digest: one.digest }],
    ),
  };
}

/** For people: what is allowed. Source: OCI distribution-spec 1.1, "Pulling manifests". */
export const tagRule =
  'a tag: letters, digits, underscores, dots and hyphens, starting with a letter, digit or underscore, at most 128';
