import { clusterFields } from '../../cluster/signIn/clusterInputs.ts';
import type { ClusterInputs } from '../../cluster/signIn/clusterInputs.ts';
import { defaulted, optional } from '../../runtime/inputs.ts';
import type { Fields } from '../../runtime/inputs.ts';
import { duration, oneOf, releaseId } from '../../runtime/rules.ts';

export interface Inputs extends ClusterInputs {
  readonly to: 'previous' | 'blue' | 'green';
  /** A release's id. null: go back whatever is under way. */
  readonly 'if-unfinished': string | null;
  /** Milliseconds. */
  readonly timeout: number;
}

export const fields: Fields<Inputs> = {
  ...clusterFields,
  to: defaulted(oneOf('previous', 'blue', 'green'), 'previous'),
  'if-unfinished': optional(releaseId),
  timeout: defaulted(duration(1_000, 600_000, '15s'), '15s'),
};
