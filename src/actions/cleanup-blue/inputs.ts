import { clusterFields } from '../../cluster/signIn/clusterInputs.ts';
import type { ClusterInputs } from '../../cluster/signIn/clusterInputs.ts';
import { leaseFields } from '../../cluster/lease/underLease.ts';
import type { LeaseInputs } from '../../cluster/lease/underLease.ts';
import { defaulted } from '../../runtime/inputs.ts';
import type { Fields } from '../../runtime/inputs.ts';
import { duration, yesNo } from '../../runtime/rules.ts';

export interface Inputs extends ClusterInputs, LeaseInputs {
  /** Milliseconds. */
  readonly 'stable-for': number;
  /** Milliseconds. */
  readonly 'traffic-window': number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly 'dry-run': boolean;
}

export const fields: Fields<Inputs> = {
  ...clusterFields,
  ...leaseFields,
  'stable-for': defaulted(duration(0, 30 * 86_400_000, '24h'), '24h'),
  'traffic-window': defaulted(duration(1_000, 600_000, '10s'), '10s'),
  timeout: defaulted(duration(10_000, 3_600_000, '5m'), '5m'),
  'dry-run': defaulted(yesNo, 'false'),
};
