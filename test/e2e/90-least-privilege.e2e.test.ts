import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { auditLog } from '../../lab/cluster/audit.ts';
import { here } from '../../lab/layout.ts';
import { documentedRoles, roleOf } from './identities.ts';
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

/** What the suite cannot need, and why it is granted all the same. A line that was needed after all is wrong here. */
const notSeenHere: Readonly<Record<string, string>> = {};

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

(isWhole ? test : test.skip)('whatever docs/security.md grants was needed by a step of this suite', () => {
  const byUser = used();
  const everybody = new Set([...byUser.values()].flatMap((all) => [...all]));
  const superfluous = documentedRoles(join(import.meta.dirname, '..', '..')).flatMap((role) => {
    const { kind, metadata } = role;
    const done =
      kind === 'ClusterRole' ? everybody : byUser.get(`system:serviceaccount:default:${metadata.name}`);
    return granted(role)
      .filter((right) => done?.has(right) !== true)
      .map((right) => `${metadata.name.replace(roleOf(''), '')}: ${right}`);
  });
  expect(superfluous.sort()).toEqual(Object.keys(notSeenHere).sort());
});
