import { clusterFields } from '../../cluster/signIn/clusterInputs.ts';
import type { ClusterInputs } from '../../cluster/signIn/clusterInputs.ts';
import { leaseFields } from '../../cluster/lease/underLease.ts';
import type { LeaseInputs } from '../../cluster/lease/underLease.ts';
import { defaulted, required } from '../../runtime/inputs.ts';
import type { Fields } from '../../runtime/inputs.ts';
import { duration, headerName, urlPaths, wholeNumber } from '../../runtime/rules.ts';

export interface Inputs extends ClusterInputs, LeaseInputs {
  readonly 'smoke-paths': readonly string[];
  readonly 'expected-status': number;
  readonly header: string;
  readonly requests: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly 'health-paths': readonly string[];
}

export const fields: Fields<Inputs> = {
  ...clusterFields,
  ...leaseFields,
  'smoke-paths': required(urlPaths),
  'expected-status': defaulted(wholeNumber(100, 599), '200'),
  header: defaulted(headerName, 'version'),
  requests: defaulted(wholeNumber(1, 100), '3'),
  timeout: defaulted(duration(1_000, 600_000, '60s'), '60s'),
  'health-paths': defaulted(
    urlPaths,
    '/actuator/health, /actuator/health/readiness, /actuator/health/liveness',
  ),
};
