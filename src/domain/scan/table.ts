import type { GateJudgement } from './gate.ts';
import { nameOf } from './allowList.ts';
import { byWeight, severities } from './report.ts';
import type { ScanFinding, ScanReport } from './report.ts';

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What people see of a scan. Cells are Markdown; the summary escapes HTML and the table's own bars. */
export interface ScanTables {
  /** Severity × fixable. */
  readonly counts: Table;
  /** The ten that matter: those that close the gate first, then the worst. */
  readonly worst: Table;
  /** What the allow list takes out, and until when; no rows when nothing. */
  readonly ignored: Table;
  /** One line each: the database's age, an operating system without support, entries to remove. */
  readonly notes: readonly string[];
}

const mostRows = 10;
const worstFirst = severities.toReversed();

export function scanTables(report: ScanReport, judgement: GateJudgement): ScanTables {
  return {
    counts: countsOf(report.findings, judgement.fresh),
    worst: worstOf(report, judgement),
    ignored: {
      header: ['Ignored', 'Severity', 'Reason', 'Until'],
      rows: judgement.ignored
        .toSorted((a, b) => byWeight(a.finding, b.finding))
        .map(({ finding, entry }) => [
          `${linked(finding)} in ${plain(finding.package)}`,
          finding.severity,
          plain(entry.reason),
          entry.expires,
        ]),
    },
    notes: notesOn(report, judgement),
  };
}

function countsOf(findings: readonly ScanFinding[], fresh: readonly ScanFinding[] | null): Table {
  const isFresh = new Set(fresh ?? []);
  const kinds: readonly (readonly [string, (finding: ScanFinding) => boolean])[] = [
    ['Fixable', ({ kind, fixed }) => kind === 'vulnerability' && fixed !== undefined],
    ['No fix yet', ({ kind, fixed }) => kind === 'vulnerability' && fixed === undefined],
    ['Secrets', ({ kind }) => kind === 'secret'],
    ['Misconfigurations', ({ kind }) => kind === 'misconfiguration'],
    ...(fresh === null ? [] : [['New', (finding: ScanFinding) => isFresh.has(finding)] as const]),
  ];
  return {
    header: ['Severity', ...kinds.map(([name]) => name)],
    rows: worstFirst.map((severity) => {
      const those = findings.filter((finding) => finding.severity === severity);
      return [severity, ...kinds.map(([, belongs]) => String(those.filter(belongs).length))];
    }),
  };
}

function worstOf({ findings }: ScanReport, { blocking, fresh, ignored }: GateJudgement): Table {
  const closes = new Set(blocking);
  const isFresh = new Set(fresh ?? []);
  const taken = new Set(ignored.map(({ finding }) => finding));
  const ten = findings
    .filter((finding) => !taken.has(finding))
    .toSorted((a, b) => Number(closes.has(b)) - Number(closes.has(a)) || byWeight(a, b))
    .slice(0, mostRows);
  return {
    header: [
      'Finding',
      'Severity',
      'Package',
      'Installed',
      'Fixed in',
      'What',
      ...(fresh === null ? [] : ['New']),
    ],
    rows: ten.map((finding) => [
      linked(finding),
      finding.severity,
      plain(finding.package),
      plain(finding.installed),
      plain(finding.fixed ?? (finding.kind === 'vulnerability' ? 'not yet' : '')),
      plain(shortened(finding.title ?? finding.kind)),
      ...(fresh === null ? [] : [isFresh.has(finding) ? 'new' : '']),
    ]),
  };
}

function notesOn(
  { os, database, scanner, scannerVersion }: ScanReport,
  { fresh, unused, expired }: GateJudgement,
): readonly string[] {
  const known = database.built === undefined ? '' : `, database of ${plain(database.built)}`;
  return [
    `Scanned by ${plain(scanner)} ${plain(scannerVersion)}${known}.`,
    ...(fresh === null ? [] : [`${String(fresh.length)} findings are new against the live version's image.`]),
    ...(os?.endOfLife === true
      ? [
          `${plain(os.family)} ${plain(os.version)} is out of support: nobody looks for holes in it any more. Update the base image.`,
        ]
      : []),
    ...expired.map(
      (entry) =>
        `The allow list's entry ${plain(nameOf(entry))} ended with ${entry.expires}: mend it, or look again and set a new day.`,
    ),
    ...unused.map(
      (entry) => `The allow list's entry ${plain(nameOf(entry))} matches nothing any more: remove it.`,
    ),
  ];
}

const shortened = (text: string): string => (text.length <= 100 ? text : `${text.slice(0, 97)}…`);

/** What would be markup in Markdown is text. HTML and bars are left to the summary, which escapes all cells. */
export const plain = (text: string): string =>
  text.replace(/[\\`*_[\]()~#!]/g, (char) => `\\${char}`).replace(/[\p{Cc}\p{Cf}]/gu, ' ');

/** Links only where a browser goes by http, and so that nothing in the address ends the link. */
function linked({ id, url }: ScanFinding): string {
  if (url === undefined || !/^https?:\/\/[^\s]+$/.test(url)) return plain(id);
  const address = url.replace(/[()<>[\]|\\`"]/g, (char) => `%${(char.codePointAt(0) ?? 0).toString(16)}`);
  return `[${plain(id)}](${address})`;
}
