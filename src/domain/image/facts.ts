export interface LayerFacts {
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes, as stored: compressed. */
  readonly size: number;
}

/** What there is for one platform. */
export interface PlatformFacts {
  /** `linux/amd64`, `linux/arm64/v8`. */
  readonly platform: string;
  /** Of this platform's own manifest. */
  readonly digest: string;
  /** RFC 3339; null when the config does not tell. */
  readonly created: string | null;
  /** The labels of its config. */
  readonly labels: Readonly<Record<string, string>>;
  /** In the order in which they are laid on one another. */
  readonly layers: readonly LayerFacts[];
}

/** An image, as the registry has it. */
export interface ImageFacts {
  /** Of what was asked for: the index when there is one, else the manifest. */
  readonly digest: string;
  readonly mediaType: string;
  /** One, when there is no index. Attestations are none. */
  readonly platforms: readonly PlatformFacts[];
}
