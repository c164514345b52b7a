import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Layout } from '../layout.ts';

/** Who may do what is decided by rules; which of them are needed, only by what is done under them. */
const policy = stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    // Steps sign in as service accounts of this namespace. Names and verbs alone: no bodies, no secrets.
    { level: 'Metadata', userGroups: ['system:serviceaccounts:default'] },
    { level: 'None' },
  ],
});

/** One JSON object a line, in the API server's audit format: each call of a step that ran under a role of its own. */
export const auditLog = ({ logs }: Pick<Layout, 'logs'>): string => join(logs, 'audit.log');

/** The API server's audit policy, and the arguments that make it write it down. */
export function audit(layout: Layout): {
  readonly file: string;
  readonly policy: string;
  readonly args: readonly string[];
} {
  const file = join(layout.config, 'audit-policy.yaml');
  return {
    file,
    policy,
    args: [`--audit-policy-file=${file}`, `--audit-log-path=${auditLog(layout)}`, '--audit-log-maxsize=200'],
  };
}
