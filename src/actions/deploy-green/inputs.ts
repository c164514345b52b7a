import { clusterFields } from '../../cluster/signIn/clusterInputs.ts';
import type { ClusterInputs } from '../../cluster/signIn/clusterInputs.ts';
import { leaseFields } from '../../cluster/lease/underLease.ts';
import type { LeaseInputs } from '../../cluster/lease/underLease.ts';
import { defaulted, optional, required } from '../../runtime/inputs.ts';
import type { Fields } from '../../runtime/inputs.ts';
import {
  duration,
  filePath,
  imageByDigest,
  oneOf,
  urlPaths,
  versionLabel,
  wholeNumber,
} from '../../runtime/rules.ts';

export interface Inputs extends ClusterInputs, LeaseInputs {
  readonly image: string;
  readonly version: string;
  /** null: the reference chart. */
  readonly chart: string | null;
  readonly values: string | null;
  /** null: as many as the live slot has. */
  readonly replicas: number | null;
  /** Milliseconds. */
  readonly timeout: number;
  readonly 'health-paths': readonly string[];
  readonly 'mesh-exposure': 'refuse' | 'allow';
  readonly 'unfinished-release': 'refuse' | 'replace';
}

export const fields: Fields<Inputs> = {
  ...clusterFields,
  ...leaseFields,
  image: required(imageByDigest),
  version: required(versionLabel),
  chart: optional(filePath),
  values: optional(filePath),
  replicas: optional(wholeNumber(1, 1000)),
  timeout: defaulted(duration(10_000, 3_600_000, '5m'), '5m'),
  'health-paths': defaulted(
    urlPaths,
    '/actuator/health, /actuator/health/readiness, /actuator/health/liveness',
  ),
  'mesh-exposure': defaulted(oneOf('refuse', 'allow'), 'refuse'),
  'unfinished-release': defaulted(oneOf('refuse', 'replace'), 'refuse'),
};
