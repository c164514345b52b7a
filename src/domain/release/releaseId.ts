/**
 * Tells people when a release began and what it brings: `rel-20261121022400-9f86d0`.
 * @param image `repository@sha256:…`
 */
export function releaseId(at: Date, image: string): string {
  const [, digest = ''] = image.split('@sha256:');
  return `rel-${at.toISOString().replaceAll(/\D/g, '').slice(0, 14)}-${digest.slice(0, 6)}`;
}
