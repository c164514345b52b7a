import type { GateRules } from '../../../src/domain/scan/gate.ts';
import type { ScanFinding, ScanReport } from '../../../src/domain/scan/report.ts';

export const now = Date.parse('2026-11-21T12:00:00Z');
export const dayMs = 86_400_000;

/** Nobody has mended it yet. */
export const unfixed = (over: Partial<ScanFinding> = {}): ScanFinding => ({
  kind: 'vulnerability',
  id: 'CVE-2026-0001',
  package: 'openssl',
  installed: '3.0.11-1',
  severity: 'high',
  title: 'openssl: out of bounds read',
  url: 'https://avd.example.test/nvd/cve-2026-0001',
  target: 'debian',
  ...over,
});

export const finding = (over: Partial<ScanFinding> = {}): ScanFinding =>
  unfixed({ fixed: '3.0.14-1', ...over });

export const report = (...findings: readonly ScanFinding[]): ScanReport => ({
  scanner: 'trivy',
  scannerVersion: '0.69.3',
  database: { built: '2026-11-21T06:00:00Z' },
  findings,
});

export const rules: GateRules = {
  severity: 'high',
  ignoreUnfixed: false,
  allow: [],
  gate: 'all',
  maxDatabaseAgeMs: 3 * dayMs,
};
