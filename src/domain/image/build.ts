/** What is built, whatever builds it. */
export interface BuildRequest {
  /** Folders and files: absolute. */
  readonly context: string;
  readonly dockerfile: string;
  readonly target: string | null;
  /** `linux/amd64`; none: the builder's own. */
  readonly platforms: readonly string[];
  /** Not for secrets: they can be read from the image. */
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Mounted while a RUN asks for them, and in no layer. */
  readonly secrets: readonly BuildSecret[];
  /** In BuildKit's words: `type=registry,ref=…`, `type=gha`. */
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly provenance: 'none' | 'min' | 'max';
  /** The image, by digest, with which BuildKit lists what is in it; null: no SBOM by BuildKit. */
  readonly sbomGenerator: string | null;
  readonly network: 'default' | 'none' | 'host';
}

export interface BuildSecret {
  readonly id: string;
  readonly file: string;
}

/**
 * What builds here. `buildx` writes the layout itself. The others build into the engine, which then saves the image:
 * `buildx-load` by a builder that cannot export, `embedded` by the BuildKit in an engine without buildx, `classic` by
 * the builder from before BuildKit.
 */
export interface Builder {
  readonly kind: 'buildx' | 'buildx-load' | 'embedded' | 'classic';
  /** For people: `buildx v0.31.1, driver docker-container`. */
  readonly title: string;
  /** The buildx builder by its name; null: the current one. */
  readonly name: string | null;
}

/** What was asked for and this builder cannot do. `refused`: without it the image would be another one. */
export interface Lost {
  readonly what: string;
  readonly refused: boolean;
}

/** Source: docs.docker.com, "Build drivers" (docker driver), and the flags of `docker build` without BuildKit. */
export function lostWith({ kind }: Builder, request: BuildRequest): readonly Lost[] {
  if (kind === 'buildx') return [];
  const lost: Lost[] = [];
  const lose = (isAsked: boolean, what: string, refused = false): void => {
    if (isAsked) lost.push({ what, refused });
  };
  lose(request.platforms.length > 1, `more than one platform (${request.platforms.join(', ')})`, true);
  lose(kind === 'classic' && request.secrets.length > 0, 'secrets (RUN --mount=type=secret)', true);
  lose(request.provenance !== 'none', 'provenance attestation');
  lose(request.sbomGenerator !== null, 'SBOM attestation by BuildKit');
  lose(request.cacheTo.length > 0, `cache export (${request.cacheTo.join('; ')})`);
  lose(kind !== 'buildx-load' && request.cacheFrom.some((from) => !isImage(from)), 'cache import by type=…');
  return lost;
}

/** Where the cache is an image, every builder can read it. */
const isImage = (cacheFrom: string): boolean => !cacheFrom.includes('type=') || imageIn(cacheFrom) !== null;

/** `type=registry,ref=host/name:cache` as the classic builder takes it: `host/name:cache`. */
export function imageIn(cacheFrom: string): string | null {
  if (!cacheFrom.includes('type=')) return cacheFrom;
  const fields = cacheFrom.split(',');
  const ref = fields.find((field) => field.startsWith('ref='));
  return fields.includes('type=registry') && ref !== undefined ? ref.slice('ref='.length) : null;
}
