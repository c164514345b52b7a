/** An image in an OCI layout folder on this machine. Source: OCI image-spec 1.1, "Image Layout Specification". */
export interface OciImage {
  /** The folder that holds `oci-layout`, `index.json` and `blobs/`. */
  readonly layout: string;
  /** Of the manifest or index that is the image: `sha256:…`. */
  readonly digest: string;
}
