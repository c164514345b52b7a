import { expect, test } from '@jest/globals';
import { judgeScan } from '../../../src/domain/scan/gate.ts';
import { severities } from '../../../src/domain/scan/report.ts';
import type { ScanFinding } from '../../../src/domain/scan/report.ts';
import { sarifOf } from '../../../src/domain/scan/sarif.ts';
import { scanTables } from '../../../src/domain/scan/table.ts';
import { finding, now, report, rules, unfixed } from './findings.ts';

const source = { file: 'services/order api/Dockerfile', category: 'order-api' };
const everySeverity = severities.map((severity, at) => finding({ severity, id: `CVE-${String(at)}` }));

interface Sarif {
  readonly version: string;
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: {
          readonly rules: readonly {
            readonly id: string;
            readonly defaultConfiguration: { readonly level: string };
            readonly properties: Readonly<Record<string, unknown>>;
          }[];
        };
      };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly suppressions?: unknown;
        readonly partialFingerprints: Readonly<Record<string, string>>;
        readonly locations: readonly unknown[];
      }[];
    },
  ];
}

const sarif = (found: readonly ScanFinding[], allow = rules.allow): Sarif['runs'][0] => {
  const scan = report(...found);
  const log = sarifOf(scan, judgeScan(scan, { ...rules, allow }, now), source) as unknown as Sarif;
  expect(log.version).toBe('2.1.0');
  return log.runs[0];
};

test('GitHub shows every severity as it is: by the level and by the number that it goes by', () => {
  const { tool, results } = sarif(everySeverity);
  const shown = results.map(({ ruleIndex, level }) => {
    const rule = tool.driver.rules[ruleIndex];
    return [rule?.properties['tags'], level, rule?.properties['security-severity']];
  });
  expect(shown).toEqual([
    [['security', 'vulnerability', 'critical'], 'error', '9.5'],
    [['security', 'vulnerability', 'high'], 'error', '8.0'],
    [['security', 'vulnerability', 'medium'], 'warning', '5.5'],
    [['security', 'vulnerability', 'low'], 'note', '2.0'],
    [['security', 'vulnerability', 'unknown'], 'note', undefined],
  ]);
});

test('one id that is worse in one package than in another, or in one place, is right in all of them', () => {
  const { tool, results } = sarif([
    finding({ severity: 'critical' }),
    finding({ severity: 'low', package: 'curl' }),
    finding({ severity: 'medium', target: 'app.jar' }),
  ]);
  expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
    ['CVE-2026-0001-openssl', 'error'],
    ['CVE-2026-0001-openssl-medium', 'warning'],
    ['CVE-2026-0001-curl', 'note'],
  ]);
  for (const { ruleId, ruleIndex, level } of results) {
    const rule = tool.driver.rules[ruleIndex];
    expect([rule?.id, rule?.defaultConfiguration.level]).toEqual([ruleId, level]);
  }
});

test('secrets and misconfigurations are there too, each an alert of its own', () => {
  const { results, tool } = sarif([
    unfixed({ kind: 'secret', id: 'aws-access-key-id', package: '/app/.env', target: '/app/.env', line: 3 }),
    unfixed({ kind: 'secret', id: 'aws-access-key-id', package: '/app/.env', target: '/app/.env', line: 9 }),
    unfixed({ kind: 'misconfiguration', id: 'DS-0002', package: 'Dockerfile', target: 'Dockerfile' }),
  ]);
  expect(tool.driver.rules.map(({ id }) => id)).toEqual(['DS-0002', 'aws-access-key-id']);
  const prints = results.map(({ partialFingerprints }) => partialFingerprints['primaryLocationLineHash']);
  expect(new Set(prints).size).toBe(3);
  expect(prints[0]).toMatch(/^[0-9a-f]{16}:1$/);
});

test('alerts are shown at a file of the repository, by an address without blanks', () => {
  expect(sarif([finding()]).results[0]?.locations).toMatchObject([
    {
      physicalLocation: {
        artifactLocation: { uri: 'services/order%20api/Dockerfile' },
        region: { startLine: 1 },
      },
    },
  ]);
});

test('what is allowed is there, suppressed, with the reason', () => {
  const allow = [{ id: 'CVE-2026-0001', reason: 'not reachable', expires: '2026-12-31' }];
  expect(sarif([finding()], allow).results[0]?.suppressions).toEqual([
    { kind: 'external', status: 'accepted', justification: 'not reachable (until 2026-12-31)' },
  ]);
  expect(sarif([finding()]).results[0]).not.toHaveProperty('suppressions');
});

test('the table counts severity by fixable, and all findings are in it once', () => {
  const scan = report(...everySeverity, unfixed({ severity: 'critical' }), unfixed({ kind: 'secret' }));
  const { counts } = scanTables(scan, judgeScan(scan, rules, now));
  expect(counts).toEqual({
    header: ['Severity', 'Fixable', 'No fix yet', 'Secrets', 'Misconfigurations'],
    rows: [
      ['critical', '1', '1', '0', '0'],
      ['high', '1', '0', '1', '0'],
      ['medium', '1', '0', '0', '0'],
      ['low', '1', '0', '0', '0'],
      ['unknown', '1', '0', '0', '0'],
    ],
  });
});

test('the ten that matter: those that close the gate, then the worst; with fix version and link', () => {
  const many = Array.from({ length: 12 }, (_, at) =>
    finding({ id: `CVE-${String(at).padStart(2, '0')}`, severity: 'critical' }),
  );
  const fresh = finding({ id: 'CVE-99', severity: 'high' });
  const scan = report(...many, fresh);
  const judged = judgeScan(scan, { ...rules, gate: 'new', baseline: report(...many) }, now);
  const { worst } = scanTables(scan, judged);
  expect(worst.rows).toHaveLength(10);
  expect(worst.rows[0]).toEqual([
    '[CVE-99](https://avd.example.test/nvd/cve-2026-0001)',
    'high',
    'openssl',
    '3.0.11-1',
    '3.0.14-1',
    'openssl: out of bounds read',
    'new',
  ]);
  expect(worst.rows[1]?.at(-1)).toBe('');
});

test('text from outside is text: no markup, no link that is none', () => {
  const scan = report(
    finding({
      package: '[x](https://evil.test)',
      title: '`rm` *now* ![img](x)',
      url: 'javascript:alert(1)',
    }),
    finding({ id: 'CVE-2026-0002', url: 'https://a.test/x)[y](https://evil.test' }),
  );
  const { worst } = scanTables(scan, judgeScan(scan, rules, now));
  expect(worst.rows[0]).toEqual([
    'CVE-2026-0001',
    'high',
    '\\[x\\]\\(https://evil.test\\)',
    '3.0.11-1',
    '3.0.14-1',
    '\\`rm\\` \\*now\\* \\!\\[img\\]\\(x\\)',
  ]);
  expect(worst.rows[1]?.[0]).toBe('[CVE-2026-0002](https://a.test/x%29%5by%5d%28https://evil.test)');
});

test('what was ignored is said with its reason and its last day; what to do about the list, too', () => {
  const allow = [
    { id: 'CVE-2026-0001', reason: 'not reachable', expires: '2026-12-31' },
    { id: 'CVE-2020-1', reason: 'old', expires: '2026-12-31' },
    { id: 'CVE-2020-2', reason: 'older', expires: '2026-01-31' },
  ];
  const scan = { ...report(finding()), os: { family: 'debian', version: '10', endOfLife: true } };
  const { ignored, worst, notes } = scanTables(scan, judgeScan(scan, { ...rules, allow }, now));
  expect(ignored.rows).toEqual([
    [
      '[CVE-2026-0001](https://avd.example.test/nvd/cve-2026-0001) in openssl',
      'high',
      'not reachable',
      '2026-12-31',
    ],
  ]);
  expect(worst.rows).toEqual([]);
  expect(notes).toEqual([
    'Scanned by trivy 0.69.3, database of 2026-11-21T06:00:00Z.',
    'debian 10 is out of support: nobody looks for holes in it any more. Update the base image.',
    "The allow list's entry CVE-2020-2 ended with 2026-01-31: mend it, or look again and set a new day.",
    "The allow list's entry CVE-2020-1 matches nothing any more: remove it.",
  ]);
});
