import { clusterFields } from '../../cluster/signIn/clusterInputs.ts';
import type { ClusterInputs } from '../../cluster/signIn/clusterInputs.ts';
import { leaseFields } from '../../cluster/lease/underLease.ts';
import type { LeaseInputs } from '../../cluster/lease/underLease.ts';
import { InputError } from '../../runtime/errors.ts';
import { defaulted, optional, parseInputs } from '../../runtime/inputs.ts';
import type { Fields, GivenInputs } from '../../runtime/inputs.ts';
import { duration, httpUrl, oneOf, percentage, wholeNumber } from '../../runtime/rules.ts';

export interface Inputs extends ClusterInputs, LeaseInputs {
  /** Milliseconds. */
  readonly duration: number;
  /** Milliseconds. */
  readonly interval: number;
  /** A share between 0 and 1. */
  readonly 'max-error-rate': number;
  readonly 'min-requests': number;
  readonly metrics: 'envoy' | 'prometheus';
  readonly 'prometheus-url': URL | null;
  readonly 'on-inconclusive': 'fail' | 'rollback' | 'keep';
  /** Milliseconds. */
  readonly 'rollback-timeout': number;
}

export const fields: Fields<Inputs> = {
  ...clusterFields,
  ...leaseFields,
  duration: defaulted(duration(1_000, 86_400_000, '5m'), '5m'),
  interval: defaulted(duration(250, 60_000, '1s'), '1s'),
  'max-error-rate': defaulted(percentage, '1%'),
  'min-requests': defaulted(wholeNumber(1, 1_000_000), '50'),
  metrics: defaulted(oneOf('envoy', 'prometheus'), 'envoy'),
  'prometheus-url': optional(httpUrl),
  'on-inconclusive': defaulted(oneOf('fail', 'rollback', 'keep'), 'fail'),
  'rollback-timeout': defaulted(duration(1_000, 600_000, '15s'), '15s'),
};

/** @throws InputError also where two inputs do not go together */
export function parse(given: GivenInputs): Inputs {
  const inputs = parseInputs(given, fields);
  if (inputs.metrics === 'prometheus' && inputs['prometheus-url'] === null) {
    throw new InputError([
      {
        input: 'prometheus-url',
        given: '',
        allowed: `with metrics: prometheus, ${httpUrl.allowed}`,
        example: httpUrl.example,
      },
    ]);
  }
  return inputs;
}
