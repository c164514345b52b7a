import type { ServiceName } from '../../domain/routing/host.ts';
import { BusyError } from '../../runtime/errors.ts';
import { defaulted } from '../../runtime/inputs.ts';
import type { Fields } from '../../runtime/inputs.ts';
import type { Log } from '../../runtime/log.ts';
import { duration, oneOf } from '../../runtime/rules.ts';
import type { ReleaseLease } from './releaseLease.ts';

/** What every action that changes something asks for, by its name in action.yml. */
export interface LeaseInputs {
  readonly 'on-busy': 'wait' | 'fail';
  /** Milliseconds. */
  readonly 'busy-timeout': number;
}

export const leaseFields: Fields<LeaseInputs> = {
  'on-busy': defaulted(oneOf('wait', 'fail'), 'wait'),
  'busy-timeout': defaulted(duration(0, 86_400_000, '60s'), '60s'),
};

interface Tools {
  readonly name: ServiceName;
  readonly lease: ReleaseLease;
  readonly signal: AbortSignal;
}

/**
 * Takes the service's lease for the rest of the step.
 * @param onFree begins what is to be read under the lease; not called where this process holds the lease already
 * @returns the same tools, whose signal ends also when the lease is lost
 * @throws BusyError while another release is under way
 */
export async function underLease<T extends Tools>(
  inputs: LeaseInputs,
  tools: T,
  onFree?: () => void,
): Promise<T> {
  const { name, lease, signal } = tools;
  const held = await lease.hold(name, {
    onBusy: inputs['on-busy'],
    timeoutMs: inputs['busy-timeout'],
    signal,
    ...(onFree === undefined ? {} : { onFree }),
  });
  return { ...tools, signal: AbortSignal.any([signal, held.signal]) };
}

/**
 * The same for a post step, which has no say against whoever is at work on the service by then.
 * @returns null when that is so: it is logged, and nothing is left to do
 */
export async function underLeaseUnlessBusy<T extends Tools & { readonly log: Log }>(
  inputs: LeaseInputs,
  tools: T,
): Promise<T | null> {
  try {
    return await underLease(inputs, tools);
  } catch (error) {
    if (!(error instanceof BusyError)) throw error;
    tools.log.info(`left to whoever is at work now: ${error.message}`);
    return null;
  }
}
