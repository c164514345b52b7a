/** Where ECR's scan of one image stands. */
export type ScanState =
  | { readonly kind: 'done' }
  | { readonly kind: 'waiting'; readonly reason: string }
  /** There will be no findings: the gate stays closed. */
  | { readonly kind: 'none'; readonly reason: string };

/** ACTIVE is Inspector's word: scanned, and looked at again whenever something becomes known. */
const done = ['COMPLETE', 'ACTIVE'];
const none = [
  'FAILED',
  'UNSUPPORTED_IMAGE',
  'SCAN_ELIGIBILITY_EXPIRED',
  'FINDINGS_UNAVAILABLE',
  'LIMIT_EXCEEDED',
  'IMAGE_ARCHIVED',
];

/** A state that is not known here is no pass. Source: ECR API reference, "ImageScanStatus". */
export function scanState(status: string | undefined, description: string | undefined): ScanState {
  const reason = `${status ?? 'no state'}${description === undefined || description === '' ? '' : `: ${description}`}`;
  if (done.includes(status ?? '')) return { kind: 'done' };
  return { kind: none.includes(status ?? '') ? 'none' : 'waiting', reason };
}
