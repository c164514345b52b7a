import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { auditLog } from '../../lab/cluster/audit.ts';
import { here } from '../../lab/layout.ts';
import { documentedRoles } from './identities.ts';
import type { DocumentedRole } from './identities.ts';

/** One line of the API server's audit log, as far as it is looked at. */
interface Call {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

const afterConflict = 'somebody else wrote it first: it is read again';
const noLease = 'somebody deleted the lease that deploy-green made';
const byValues = "only with autoscaling or a disruption budget in the chart's values";

/** What no step of the suite has to need, and the case that it is granted for. */
const forOtherCases: Readonly<Record<string, string>> = {
  'c4ang-ask-proxies: create pods/portforward': 'from Kubernetes 1.35 on, in the place of get',
  'c4ang-ask-proxies-by-exec: create pods/exec': 'from Kubernetes 1.35 on, in the place of get',
  'c4ang-deploy-green: list events': 'pods do not come up',
  'c4ang-deploy-green: get destinationrules.networking.istio.io': afterConflict,
  'c4ang-deploy-green: get secrets': 'Helm looks at a release that an earlier upgrade left behind',
  'c4ang-deploy-green: delete secrets': 'Helm forgets the oldest of more than ten upgrades',
  'c4ang-deploy-green: delete deployments.apps': 'another chart no longer has what an earlier one had',
  'c4ang-verify-green: create leases.coordination.k8s.io': noLease,
  'c4ang-verify-green: get virtualservices.networking.istio.io': afterConflict,
  'c4ang-switch-traffic: create leases.coordination.k8s.io': noLease,
  'c4ang-monitor-and-rollback: create leases.coordination.k8s.io': noLease,
  'c4ang-monitor-and-rollback: get virtualservices.networking.istio.io': afterConflict,
  'c4ang-rollback: create leases.coordination.k8s.io': noLease,
  'c4ang-rollback: get virtualservices.networking.istio.io': afterConflict,
  'c4ang-cleanup-blue: create leases.coordination.k8s.io': noLease,
};
const optionalKinds = ['poddisruptionbudgets.policy', 'horizontalpodautoscalers.autoscaling'];

/** Why a right that was not used is granted all the same; null when nobody knows. */
const caseFor = (right: string): string | null =>
  optionalKinds.some((kind) => right.endsWith(` ${kind}`)) ? byValues : (forOtherCases[right] ?? null);

const usable = (group: string, resource: string, verb: string): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}`;

/** What was allowed and done, by who did it: `get services`, `patch virtualservices.networking.istio.io`. */
function used(): ReadonlyMap<string, ReadonlySet<string>> {
  const done = new Map<string, Set<string>>();
  for (const line of readFileSync(auditLog(here), 'utf8').trim().split('\n')) {
    const { user, verb, objectRef, annotations } = JSON.parse(line) as Call;
    if (objectRef === undefined || annotations?.['authorization.k8s.io/decision'] !== 'allow') continue;
    const { apiGroup = '', resource, subresource } = objectRef;
    const of = done.get(user.username) ?? new Set();
    of.add(usable(apiGroup, subresource === undefined ? resource : `${resource}/${subresource}`, verb));
    done.set(user.username, of);
  }
  return done;
}

const granted = ({ rules }: DocumentedRole): readonly string[] =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => usable(group, resource, verb))),
    ),
  );

// Only the whole suite, on a lab of its own, does everything that actions do.
const isWhole = process.env['E2E_WHOLE'] === '1' && existsSync(auditLog(here));

(isWhole ? test : test.skip)(
  'whatever docs/security.md grants was used by a step of this suite, or is for a case that it does not have',
  () => {
    const byUser = used();
    const everybody = new Set([...byUser.values()].flatMap((all) => [...all]));
    const superfluous = documentedRoles(join(import.meta.dirname, '..', '..')).flatMap((role) => {
      const { kind, metadata } = role;
      const done =
        kind === 'ClusterRole' ? everybody : byUser.get(`system:serviceaccount:default:${metadata.name}`);
      return granted(role)
        .filter((right) => done?.has(right) !== true)
        .map((right) => `${metadata.name}: ${right}`)
        .filter((right) => caseFor(right) === null);
    });
    expect(superfluous).toEqual([]);
  },
);
