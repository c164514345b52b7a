import type { ScanFinding, ScanReport } from './report.ts';

/**
 * What makes two findings in two images the same one. The installed version is no part of it (an update that
 * keeps a hole brings nothing new), and for packages neither is the place: a scanner writes the image's name there.
 */
const identity = ({ kind, id, package: name, target }: ScanFinding): string =>
  JSON.stringify([kind, id, name, kind === 'vulnerability' ? '' : target]);

/**
 * Findings that the baseline does not have. What it has once and the report twice is new once: a second copy of
 * a library is a second hole.
 */
export function freshFindings(report: ScanReport, baseline: ScanReport): readonly ScanFinding[] {
  const left = new Map<string, number>();
  for (const finding of baseline.findings) {
    const key = identity(finding);
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  return report.findings.filter((finding) => {
    const key = identity(finding);
    const known = left.get(key) ?? 0;
    left.set(key, known - 1);
    return known <= 0;
  });
}
