/** Enough of a digest to tell it from others: `sha256:9f86d081884c`. */
export const shortDigest = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);
