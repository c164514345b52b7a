import { describe, expect, test } from '@jest/globals';
import { findingsIn } from '../../../src/registry/ecr/findings.ts';
import { scanState } from '../../../src/registry/ecr/scanState.ts';

describe("ECR's findings", () => {
  test('of the basic scan have their package in attributes', () => {
    const finding = {
      name: 'CVE-2026-0001',
      uri: 'https://example.org/CVE-2026-0001',
      severity: 'HIGH',
      attributes: [
        { key: 'package_name', value: 'openssl' },
        { key: 'package_version', value: '3.0.1' },
      ],
    };
    expect(findingsIn({ findings: [finding] }, 'sha256:1')).toEqual([
      {
        kind: 'vulnerability',
        id: 'CVE-2026-0001',
        package: 'openssl',
        installed: '3.0.1',
        severity: 'high',
        url: 'https://example.org/CVE-2026-0001',
        target: 'sha256:1',
      },
    ]);
  });

  test('of the enhanced scan are one for each package that has it', () => {
    const finding = {
      title: 'CVE-2026-0002 - log4j',
      severity: 'CRITICAL',
      packageVulnerabilityDetails: {
        vulnerabilityId: 'CVE-2026-0002',
        vulnerablePackages: [
          { name: 'a', version: '1', fixedInVersion: '2', filePath: 'app.jar' },
          { name: 'b', version: '1', fixedInVersion: 'NotAvailable' },
        ],
      },
    };
    expect(findingsIn({ enhancedFindings: [finding] }, 'sha256:1')).toMatchObject([
      { id: 'CVE-2026-0002', package: 'a', fixed: '2', target: 'app.jar', severity: 'critical' },
      { id: 'CVE-2026-0002', package: 'b', target: 'sha256:1' },
    ]);
  });

  test('of a severity that nobody knows are unknown, and not left out', () => {
    expect(findingsIn({ findings: [{ name: 'X', severity: 'UNTRIAGED' }] }, 't')[0]?.severity).toBe(
      'unknown',
    );
  });
});

test.each([
  ['COMPLETE', 'done'],
  ['ACTIVE', 'done'],
  ['IN_PROGRESS', 'waiting'],
  ['PENDING', 'waiting'],
  ['FAILED', 'none'],
  ['UNSUPPORTED_IMAGE', 'none'],
  ['SCAN_ELIGIBILITY_EXPIRED', 'none'],
  ['FINDINGS_UNAVAILABLE', 'none'],
  ['LIMIT_EXCEEDED', 'none'],
  ['SOMETHING_NEW', 'waiting'],
  [undefined, 'waiting'],
])('a scan in state %s is %s', (status, kind) => {
  expect(scanState(status, undefined).kind).toBe(kind);
});
