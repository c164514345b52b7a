import { isObject, listAt, objectAt, objectsAt, textAt } from '../../domain/json.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { ScanFinding, Severity } from '../../domain/scan/report.ts';

/** ECR's scale against ours. Source: ECR API reference, "ImageScanFinding" and "EnhancedImageScanFinding". */
const severities: Readonly<Record<string, Severity>> = {
  INFORMATIONAL: 'low',
  LOW: 'low',
  MEDIUM: 'medium',
  HIGH: 'high',
  CRITICAL: 'critical',
};

const severityOf = (finding: JsonObject): Severity =>
  severities[textAt(finding, 'severity') ?? ''] ?? 'unknown';

/**
 * The findings of one page, of the basic scan and of the enhanced one (Amazon Inspector).
 * @param found the field imageScanFindings of DescribeImageScanFindings
 * @param target for people: which image
 */
export function findingsIn(found: unknown, target: string): readonly ScanFinding[] {
  if (!isObject(found)) return [];
  return [
    ...objectsAt(found, 'findings').map(([, finding]) => basic(finding, target)),
    ...objectsAt(found, 'enhancedFindings').flatMap(([, finding]) => enhanced(finding, target)),
  ];
}

function basic(finding: JsonObject, target: string): ScanFinding {
  const attributes = new Map(
    objectsAt(finding, 'attributes').map(([, one]) => [textAt(one, 'key') ?? '', textAt(one, 'value') ?? '']),
  );
  return {
    kind: 'vulnerability',
    id: textAt(finding, 'name') ?? 'unnamed',
    package: attributes.get('package_name') ?? '',
    installed: attributes.get('package_version') ?? '',
    ...optional('fixed', attributes.get('fixed_in_version') ?? null),
    severity: severityOf(finding),
    ...optional('url', textAt(finding, 'uri')),
    target,
  };
}

/** Inspector reports a vulnerability once, with every package that has it. */
function enhanced(finding: JsonObject, target: string): readonly ScanFinding[] {
  const details = objectAt(finding, 'packageVulnerabilityDetails');
  const packages = listAt(details, 'vulnerablePackages').filter(isObject);
  return (packages.length === 0 ? [{}] : packages).map((one) => ({
    kind: 'vulnerability',
    id: textAt(details, 'vulnerabilityId') ?? textAt(finding, 'title') ?? 'unnamed',
    package: textAt(one, 'name') ?? '',
    installed: textAt(one, 'version') ?? '',
    // Inspector's word for "none".
    ...optional('fixed', textAt(one, 'fixedInVersion')?.replace(/^NotAvailable$/, '') ?? null),
    severity: severityOf(finding),
    ...optional('title', textAt(finding, 'title')),
    ...optional('url', textAt(details, 'sourceUrl')),
    target: textAt(one, 'filePath') ?? target,
  }));
}

const optional = <K extends string>(key: K, value: string | null): Partial<Record<K, string>> =>
  value === null || value === '' ? {} : ({ [key]: value } as Record<K, string>);
