import type { GateJudgement } from './gate.ts';
import { byWeight } from './report.ts';
import type { ScanFinding, ScanReport, Severity } from './report.ts';
import { sentence } from './sentence.ts';

/** GitHub takes no more results in one run. Source: "SARIF support for code scanning", validation limits. */
const mostResults = 25_000;

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  unknown: 'note',
};

/**
 * GitHub shows a rule's severity by this number, and by nothing else: above 9 critical, from 7 high, from 4 medium,
 * below that low. Without a number none is shown, which is the truth of `unknown`.
 */
const scores: Readonly<Record<Severity, string | null>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  unknown: null,
};

export interface SarifSource {
  /** A file of the repository that the alerts are shown at, relative to its root: the Dockerfile. */
  readonly file: string;
  /** Keeps the alerts of several images apart, e.g. `order-api`. */
  readonly category: string;
}

/** The report as a SARIF 2.1.0 log. What the allow list takes out is there, suppressed, with the reason. */
export function sarifOf(
  report: ScanReport,
  { ignored }: Pick<GateJudgement, 'ignored'>,
  source: SarifSource,
): Readonly<Record<string, unknown>> {
  const findings = report.findings.toSorted(byWeight).slice(0, mostResults);
  const rules = ruleNames(findings);
  const ruleIds = [...new Set(rules)];
  const index = new Map(ruleIds.map((id, place) => [id, place]));
  const entries = new Map(ignored.map(({ finding, entry }) => [finding, entry]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: report.scanner,
            version: report.scannerVersion,
            rules: ruleIds.map((id) => ruleOf(id, findings[rules.indexOf(id)])),
          },
        },
        automationDetails: { id: `${source.category}/` },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding, place) => {
          const ruleId = rules[place] ?? finding.id;
          const entry = entries.get(finding);
          return {
            ruleId,
            ruleIndex: index.get(ruleId),
            level: levels[finding.severity],
            message: { text: sentence(finding) },
            locations: [locationOf(finding, source.file)],
            partialFingerprints: { primaryLocationLineHash: `${fingerprint(finding)}:1` },
            ...(entry === undefined
              ? {}
              : {
                  suppressions: [
                    {
                      kind: 'external',
                      status: 'accepted',
                      justification: `${entry.reason} (until ${entry.expires})`,
                    },
                  ],
                }),
          };
        }),
      },
    ],
  };
}

/**
 * The rule of each finding, by its place. One for each id and package; a severity that differs within one gets a
 * rule of its own, because the number that GitHub goes by belongs to the rule.
 */
function ruleNames(findings: readonly ScanFinding[]): readonly string[] {
  const worst = new Map<string, Severity>();
  return findings.map((finding) => {
    const name = finding.kind === 'vulnerability' ? `${finding.id}-${finding.package}` : finding.id;
    const first = worst.get(name) ?? finding.severity;
    worst.set(name, first);
    return first === finding.severity ? name : `${name}-${finding.severity}`;
  });
}

function ruleOf(id: string, finding: ScanFinding | undefined): Readonly<Record<string, unknown>> {
  const severity = finding?.severity ?? 'unknown';
  const score = scores[severity];
  const text = finding?.title ?? finding?.id ?? id;
  const url = finding?.url;
  return {
    id,
    shortDescription: { text: `${finding?.id ?? id}: ${text}` },
    fullDescription: { text },
    ...(url !== undefined && /^https?:\/\//.test(url) ? { helpUri: encodeURI(decoded(url)) } : {}),
    help: { text: finding === undefined ? text : sentence(finding) },
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: ['security', finding?.kind ?? 'vulnerability', severity],
      precision: 'very-high',
      ...(score === null ? {} : { 'security-severity': score }),
    },
  };
}

/** So that what is percent-encoded already is not encoded twice. */
function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

function locationOf(finding: ScanFinding, file: string): Readonly<Record<string, unknown>> {
  return {
    physicalLocation: {
      artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
      // The file of the repository: a line within the image says nothing about it.
      region: { startLine: 1 },
    },
    logicalLocations: [
      {
        name: finding.package,
        fullyQualifiedName:
          finding.line === undefined ? finding.target : `${finding.target}:${String(finding.line)}`,
        kind: finding.kind === 'vulnerability' ? 'package' : 'resource',
      },
    ],
  };
}

/** FNV-1a, 64 bits: the same finding is the same alert in the next run, and two findings are two alerts. */
function fingerprint({ kind, id, package: name, target, line }: ScanFinding): string {
  let hash = 0xcbf29ce484222325n;
  for (const char of JSON.stringify([kind, id, name, target, line ?? 0])) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(char.codePointAt(0) ?? 0)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
