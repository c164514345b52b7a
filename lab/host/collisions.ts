import { createServer } from 'node:net';

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
  podCgroups: readonly string[],
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
  if (podCgroups.length > 0) {
    problems.push(
      `another kubelet keeps cgroups here (${podCgroups[0] ?? ''}) → stop it first, or use --context NAME`,
    );
  }
  return problems;
}
