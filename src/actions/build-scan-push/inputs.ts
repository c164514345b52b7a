import { lintLevels } from '../../domain/image/dockerfileLint.ts';
import type { LintLevel } from '../../domain/image/dockerfileLint.ts';
import type { Repository } from '../../domain/image/reference.ts';
import type { Severity } from '../../domain/scan/report.ts';
import {
  anyImageByDigest,
  buildArguments,
  builderName,
  buildSecrets,
  caches,
  commitHash,
  digestLines,
  digestText,
  imageTag,
  jsonText,
  longText,
  platforms,
  repository,
  secretText,
  stageName,
  textLines,
} from '../../runtime/imageRules.ts';
import { defaulted, optional, parseInputs, required } from '../../runtime/inputs.ts';
import type { Fields, GivenInputs } from '../../runtime/inputs.ts';
import { duration, filePath, oneOf, yesNo } from '../../runtime/rules.ts';
import { refuseWhatDoesNotGoTogether } from './together.ts';

/** Durations in milliseconds. */
export interface Inputs {
  readonly repository: Repository;
  readonly 'registry-username': string | null;
  readonly 'registry-password': string | null;
  readonly version: string | null;
  readonly commit: string | null;

  /** The folder of an image that another job built and scanned. */
  readonly layout: string | null;
  readonly digest: string | null;
  readonly verdict: 'pass' | 'fail' | 'error' | null;
  readonly 'sbom-digest': readonly string[] | null;

  readonly context: string;
  readonly dockerfile: string | null;
  readonly target: string | null;
  readonly platforms: readonly string[] | null;
  readonly 'build-args': Readonly<Record<string, string>> | null;
  readonly secrets: Readonly<Record<string, string>> | null;
  readonly 'cache-from': readonly string[] | null;
  readonly 'cache-to': readonly string[] | null;
  readonly provenance: 'none' | 'min' | 'max';
  readonly 'sbom-generator': string | null;
  readonly network: 'default' | 'none' | 'host';
  readonly builder: string | null;
  readonly rebuild: boolean;
  readonly 'build-timeout': number;

  readonly 'hadolint-threshold': LintLevel | 'none' | 'off';
  readonly 'hadolint-config': string | null;

  readonly scanner: 'trivy' | 'grype';
  readonly gate: 'all' | 'new';
  readonly severity: Exclude<Severity, 'unknown'>;
  readonly 'ignore-unfixed': boolean;
  readonly 'allow-list': string | null;
  readonly 'max-database-age': number;
  readonly 'database-mirrors': readonly string[] | null;
  readonly 'scan-timeout': number;
  readonly 'snyk-token': string | null;
  readonly 'snyk-folder': string | null;
  readonly sbom: 'none' | 'spdx' | 'cyclonedx';
  readonly 'live-image': string | null;

  readonly 'create-repository': boolean;
  readonly 'kms-key': string | null;
  /** JSON. */
  readonly 'lifecycle-policy': string | null;
  readonly 'ecr-scan': boolean;
  readonly push: boolean;
  readonly 'push-timeout': number;

  readonly sign: 'none' | 'keyless' | 'key';
  /** An address of KMS, or the text of a key file. */
  readonly 'signing-key': string | null;
  readonly 'signing-password': string | null;
  readonly 'signing-log': 'public' | 'none';
}

export const fields: Fields<Inputs> = {
  repository: required(repository),
  'registry-username': optional(secretText),
  'registry-password': optional(secretText),
  version: optional(imageTag),
  commit: optional(commitHash),

  layout: optional(filePath),
  digest: optional(digestText),
  verdict: optional(oneOf('pass', 'fail', 'error')),
  'sbom-digest': optional(digestLines),

  context: defaulted(filePath, '.'),
  dockerfile: optional(filePath),
  target: optional(stageName),
  platforms: optional(platforms),
  'build-args': optional(buildArguments),
  secrets: optional(buildSecrets),
  'cache-from': optional(caches),
  'cache-to': optional(caches),
  provenance: defaulted(oneOf('none', 'min', 'max'), 'min'),
  'sbom-generator': optional(anyImageByDigest),
  network: defaulted(oneOf('default', 'none', 'host'), 'default'),
  builder: optional(builderName),
  rebuild: defaulted(yesNo, 'false'),
  'build-timeout': defaulted(duration(10_000, 21_600_000, '30m'), '30m'),

  'hadolint-threshold': defaulted(oneOf(...lintLevels, 'none', 'off'), 'error'),
  'hadolint-config': optional(filePath),

  scanner: defaulted(oneOf('trivy', 'grype'), 'trivy'),
  gate: defaulted(oneOf('all', 'new'), 'all'),
  severity: defaulted(oneOf('critical', 'high', 'medium', 'low'), 'high'),
  'ignore-unfixed': defaulted(yesNo, 'false'),
  'allow-list': optional(filePath),
  'max-database-age': defaulted(duration(3_600_000, 2_592_000_000, '120h'), '120h'),
  'database-mirrors': optional(textLines),
  'scan-timeout': defaulted(duration(10_000, 3_600_000, '10m'), '10m'),
  'snyk-token': optional(secretText),
  'snyk-folder': optional(filePath),
  sbom: defaulted(oneOf('none', 'spdx', 'cyclonedx'), 'none'),
  'live-image': optional(anyImageByDigest),

  'create-repository': defaulted(yesNo, 'false'),
  'kms-key': optional(secretText),
  'lifecycle-policy': optional(jsonText),
  'ecr-scan': defaulted(yesNo, 'false'),
  push: defaulted(yesNo, 'true'),
  'push-timeout': defaulted(duration(10_000, 3_600_000, '10m'), '10m'),

  sign: defaulted(oneOf('none', 'keyless', 'key'), 'none'),
  'signing-key': optional(longText),
  'signing-password': optional(longText),
  'signing-log': defaulted(oneOf('public', 'none'), 'public'),
};

/** @throws InputError also where two inputs do not go together */
export function parse(given: GivenInputs): Inputs {
  const inputs = parseInputs(given, fields);
  refuseWhatDoesNotGoTogether(inputs, given, fields);
  return inputs;
}
