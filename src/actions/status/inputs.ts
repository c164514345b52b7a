import { clusterFields } from '../../cluster/signIn/clusterInputs.ts';
import type { ClusterInputs } from '../../cluster/signIn/clusterInputs.ts';
import { defaulted } from '../../runtime/inputs.ts';
import type { Fields } from '../../runtime/inputs.ts';
import { yesNo } from '../../runtime/rules.ts';

export interface Inputs extends ClusterInputs {
  readonly 'fail-when-wrong': boolean;
}

export const fields: Fields<Inputs> = {
  ...clusterFields,
  'fail-when-wrong': defaulted(yesNo, 'false'),
};
