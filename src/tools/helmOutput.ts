import { PreconditionError } from '../runtime/errors.ts';
import { denialsIn, ruleToAdd } from '../runtime/rbacRule.ts';

/** A release as `helm status --output json` tells it; null when there is none of that name. */
export interface HelmStatus {
  /** deployed, failed, pending-install, pending-upgrade, pending-rollback, uninstalling, superseded … */
  readonly status: string;
  readonly revision: number;
  /** ISO 8601 of the newest revision. */
  readonly lastDeployed: string | null;
}

/** @throws PreconditionError for a Helm that is too old to adopt objects (before 3.17), or is not understood */
export function checkVersion(stdout: string): string {
  const [version, major, minor] = /^v(\d+)\.(\d+)\.\d+\S*/.exec(stdout.trim()) ?? [];
  const works = major === '4' || (major === '3' && Number(minor) >= 17);
  if (version !== undefined && works) return version;
  throw new PreconditionError(
    `helm on PATH says it is ${JSON.stringify(stdout.trim().slice(0, 80))}`,
    'Helm 3.17 or newer, or any Helm 4, works: azure/setup-helm installs one.',
  );
}

/** Helm 3 and 4 write the same fields; unknown ones are left alone. */
export function parseStatus(stdout: string): HelmStatus {
  const raw = JSON.parse(stdout) as {
    readonly version?: unknown;
    readonly info?: { readonly status?: unknown; readonly last_deployed?: unknown };
  };
  const { status, last_deployed: lastDeployed } = raw.info ?? {};
  return {
    status: typeof status === 'string' ? status : 'unknown',
    revision: typeof raw.version === 'number' ? raw.version : 0,
    lastDeployed: typeof lastDeployed === 'string' ? lastDeployed : null,
  };
}

export const saysNotFound = (stderr: string): boolean => stderr.includes('release: not found');

/** What to do about Helm's own words. Source: messages of Helm 3.17–3.22 and 4.0–4.3. */
export function remedyFor(stderr: string): string {
  if (stderr.includes('invalid ownership metadata')) {
    return 'An object of that name belongs to another tool or release: delete it, or give the release another name.';
  }
  if (/another operation .* is in progress/.test(stderr)) {
    return 'Another helm works on this release. Wait until it ends, then run the step again.';
  }
  if (stderr.includes('conflict occurred while applying')) {
    return 'Another tool has changed fields that the chart sets: see which, and let only one of them set it.';
  }
  const denied = denialsIn(stderr);
  if (denied.length > 0) return denied.map(ruleToAdd).join('\n  ');
  if (/timed out|deadline exceeded|not ready/.test(stderr)) {
    return 'See what its pods and events tell; the candidate stays as it is, so that you can look at it.';
  }
  return 'See what helm says. The candidate stays as it is; running the step again starts over.';
}

/** The end of what a program said on stderr, without Helm's progress chatter. */
export const tail = (stderr: string, lines = 12): string =>
  stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(W\d|I\d|level=(DEBUG|INFO))/.test(line))
    .slice(-lines)
    .join('\n');
