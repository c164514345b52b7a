import { clusterFields } from '../../cluster/signIn/clusterInputs.ts';
import type { ClusterInputs } from '../../cluster/signIn/clusterInputs.ts';
import { defaulted } from '../../runtime/inputs.ts';
import type { Fields } from '../../runtime/inputs.ts';
import { duration, oneOf } from '../../runtime/rules.ts';

export interface Inputs extends ClusterInputs {
  readonly to: 'previous' | 'blue' | 'green';
  /** Milliseconds. */
  readonly timeout: number;
}

export const fields: Fields<Inputs> = {
  ...clusterFields,
  to: defaulted(oneOf('previous', 'blue', 'green'), 'previous'),
  timeout: defaulted(duration(1_000, 600_000, '15s'), '15s'),
};
