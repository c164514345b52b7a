import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { statOf, type ProcessIdentity } from './identity.ts';

const cgroupMount = '/sys/fs/cgroup';
/** The kubelet's cgroup; the lab refuses to start where another Kubernetes keeps one. */
const podsGroup = 'kubepods';

/** The kubelet's cgroups on this machine, one per hierarchy. */
export function podsGroups(): string[] {
  const candidates = [cgroupMount, ...readdirSync(cgroupMount).map((name) => join(cgroupMount, name))];
  return candidates.map((folder) => join(folder, podsGroup)).filter((folder) => existsSync(folder));
}

function groupsBelow(folder: string): string[] {
  const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...children.flatMap((child) => groupsBelow(join(folder, child.name))), folder];
}

/** The processes of all pods, found by their cgroups. */
export function podProcesses(): ProcessIdentity[] {
  const pids = new Set<number>();
  for (const group of podsGroups().flatMap(groupsBelow)) {
    for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n')) {
      if (pid !== '' && pid !== '0') pids.add(Number(pid));
    }
  }
  return [...pids].flatMap((pid) => {
    const stat = statOf(pid);
    return stat === undefined ? [] : [{ pid, startTicks: stat.startTicks }];
  });
}

/** Removes the emptied cgroups of the pods; the kernel may need a moment to let go of them. */
export async function removePodCgroups(): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    for (const group of podsGroups().flatMap(groupsBelow)) {
      try {
        rmdirSync(group);
      } catch {
        // still busy: the next round
      }
    }
    if (podsGroups().length === 0) return;
    await sleep(100);
  }
  throw new Error(`cgroups are left behind: ${podsGroups().join(', ')}`);
}
