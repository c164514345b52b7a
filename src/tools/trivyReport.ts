import { z } from 'zod';
import type { ScanFinding, ScannedOs, Severity } from '../domain/scan/report.ts';

/** Source: Trivy's Go types `pkg/types/report.go` and `result.go`; lists are absent when they are empty. */
const severity = z.enum(['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']);

const vulnerability = z.object({
  VulnerabilityID: z.string().min(1),
  PkgName: z.string().min(1),
  PkgPath: z.string().optional(),
  InstalledVersion: z.string().default(''),
  FixedVersion: z.string().optional(),
  Severity: severity,
  Title: z.string().optional(),
  PrimaryURL: z.string().optional(),
});

const secret = z.object({
  RuleID: z.string().min(1),
  Severity: severity,
  Title: z.string().optional(),
  StartLine: z.number().optional(),
});

const misconfiguration = z.object({
  ID: z.string().min(1),
  Severity: severity,
  Status: z.enum(['PASS', 'FAIL', 'EXCEPTION']).default('FAIL'),
  Title: z.string().optional(),
  PrimaryURL: z.string().optional(),
  CauseMetadata: z.object({ StartLine: z.number().optional() }).optional(),
});

const result = z.object({
  Target: z.string(),
  Vulnerabilities: z.array(vulnerability).default([]),
  Secrets: z.array(secret).default([]),
  Misconfigurations: z.array(misconfiguration).default([]),
});

export const trivyReport = z.object({
  SchemaVersion: z.literal(2),
  Trivy: z.object({ Version: z.string() }).optional(),
  ArtifactType: z.literal('container_image'),
  Metadata: z.object({
    ImageID: z.string(),
    OS: z
      .object({ Family: z.string(), Name: z.string().default(''), EOSL: z.boolean().default(false) })
      .optional(),
  }),
  Results: z.array(result).default([]),
});
export type TrivyReport = z.infer<typeof trivyReport>;

export const trivyVersion = z.object({
  Version: z.string(),
  VulnerabilityDB: z.object({ UpdatedAt: z.string() }).optional(),
});

const severityOf = (word: z.infer<typeof severity>): Severity => word.toLowerCase() as Lowercase<typeof word>;

const optional = <K extends string, T>(key: K, value: T | undefined | ''): Partial<Record<K, T>> =>
  value === undefined || value === '' ? {} : ({ [key]: value } as Partial<Record<K, T>>);

export const trivyOs = ({ Metadata: { OS } }: TrivyReport): ScannedOs | undefined =>
  OS === undefined ? undefined : { family: OS.Family, version: OS.Name, endOfLife: OS.EOSL };

export const trivyFindings = (report: TrivyReport): readonly ScanFinding[] =>
  report.Results.flatMap(({ Target: target, Vulnerabilities, Secrets, Misconfigurations }) => [
    ...Vulnerabilities.map((one): ScanFinding => ({
      kind: 'vulnerability',
      id: one.VulnerabilityID,
      package: one.PkgName,
      installed: one.InstalledVersion,
      severity: severityOf(one.Severity),
      target: one.PkgPath ?? target,
      ...optional('fixed', one.FixedVersion),
      ...optional('title', one.Title),
      ...optional('url', one.PrimaryURL),
    })),
    // Never the match itself: it is the secret.
    ...Secrets.map((one): ScanFinding => ({
      kind: 'secret',
      id: one.RuleID,
      package: target,
      installed: '',
      severity: severityOf(one.Severity),
      target,
      ...optional('title', one.Title),
      ...optional('line', one.StartLine),
    })),
    ...Misconfigurations.filter(({ Status }) => Status === 'FAIL').map((one): ScanFinding => ({
      kind: 'misconfiguration',
      id: one.ID,
      package: target,
      installed: '',
      severity: severityOf(one.Severity),
      target,
      ...optional('title', one.Title),
      ...optional('url', one.PrimaryURL),
      ...optional('line', one.CauseMetadata?.StartLine),
    })),
  ]);
