import type { HeldLease, ReleaseLease } from '../cluster/lease/releaseLease.ts';
import type { OpenFor, OpenService } from '../mesh/openService.ts';

/** One sign-in, one connection and one lease for whoever works on the service in this process. */
export function openOnce(open: OpenFor): OpenFor {
  let opened: Promise<OpenService> | null = null;
  return (context, inputs) =>
    (opened ??= open(context, inputs).then((service) => ({ ...service, lease: heldOnce(service.lease) })));
}

/** Taken by the first part and kept by the others: between two of them no other release gets in. */
function heldOnce(lease: ReleaseLease): ReleaseLease {
  let held: Promise<HeldLease> | null = null;
  return {
    ...lease,
    hold: (...asked) => (held ??= lease.hold(...asked)),
    take(name) {
      held = null;
      return lease.take(name);
    },
    // The next part has it still to work under.
    giveBack: () => undefined,
  };
}
