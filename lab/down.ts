import { existsSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { debianTree } from './build/debian.ts';
import { iptablesOf } from './cluster/toolbox.ts';
import { readBaseline } from './host/baseline.ts';
import { statOf, type ProcessIdentity } from './host/identity.ts';
import { removeRules } from './host/iptables.ts';
import { removeLabFiles, removeLeftovers, shimSockets } from './host/leftovers.ts';
import { markedProcesses } from './host/marked.ts';
import { unmountBelow } from './host/mounts.ts';
import { removeBridge } from './host/network.ts';
import { currentOwner, OwnerError, whileLocked } from './host/owner.ts';
import { podProcesses, removePodCgroups } from './host/podProcesses.ts';
import { hostProblems, PreflightError, thisHost } from './host/preflight.ts';
import { progressTo, type Progress } from './host/progress.ts';
import { readState } from './host/stateFile.ts';
import { restoreSysctls } from './host/sysctls.ts';
import { terminate } from './host/terminate.ts';
import { here, layoutOf, runDir, type Layout } from './layout.ts';
import { versions } from './versions.ts';

/** Short: what the parts would still write is deleted anyway. */
const graceMs = 1_000;

export interface DownOptions {
  readonly layout?: Layout;
  readonly progress?: Progress;
  /** Takes down whichever checkout's lab is up. */
  readonly any?: boolean;
}

function isShim({ pid }: ProcessIdentity): boolean {
  return statOf(pid)?.command.startsWith('containerd-shim') ?? false;
}

async function endProcesses(layout: Layout): Promise<void> {
  const { parts } = readState(layout.stateFile);
  // First what would start things anew, then the pods, then the rest.
  const { kubelet, ...others } = parts;
  if (kubelet !== undefined) await terminate([kubelet], graceMs);
  await terminate(podProcesses(), 200);
  for (let round = 0; round < 5; round += 1) {
    const marked = markedProcesses(layout.state);
    if (marked.length === 0 && podProcesses().length === 0) break;
    // Shims wait for their containers, which are gone: no grace.
    await Promise.all([
      terminate(marked.filter(isShim), 0),
      terminate(
        marked.filter((process) => !isShim(process)),
        graceMs,
      ),
    ]);
    await terminate(podProcesses(), 0);
  }
  await terminate(Object.values(others), graceMs);
}

async function takeDown(layout: Layout, progress: Progress): Promise<void> {
  const baseline = readBaseline();
  const sockets = shimSockets();
  await progress.step('end processes', () => endProcesses(layout));
  await progress.step('remove mounts, devices, rules and cgroups', async () => {
    await unmountBelow([runDir, layout.state]);
    await removeBridge();
    await removePodCgroups();
    if (baseline === undefined) return;
    const debian = await debianTree('programs', versions.debian.programs, progress);
    await removeRules(iptablesOf(`${debian}/usr`), baseline.rules);
    restoreSysctls(baseline.sysctls);
  });
  await progress.step('remove files', () => {
    removeLeftovers(layout, baseline, sockets);
    removeLabFiles(layout);
    return Promise.resolve();
  });
}

/**
 * Takes the lab down and leaves the machine as it was before `up`. Removes only what the lab
 * made; without a lab it does nothing.
 * @throws OwnerError when the lab belongs to another checkout and `any` is not set
 */
export async function down({
  layout = here,
  progress = progressTo(),
  any = false,
}: DownOptions = {}): Promise<void> {
  const problems = hostProblems({ ...thisHost, has: () => true });
  if (problems.length > 0) throw new PreflightError(problems);
  const owner = currentOwner();
  if (owner === undefined && !existsSync(runDir)) {
    removeLabFiles(layout);
    progress.note('no lab is up');
    return;
  }
  if (owner !== undefined && owner.state !== layout.state && !any) {
    throw new OwnerError(
      `This machine's lab belongs to another checkout: ${owner.checkout}. To take it down all the same: ` +
        'npm run lab -- down --any',
    );
  }
  const target = owner === undefined ? layout : layoutOf(owner.checkout);
  await whileLocked('down', () => takeDown(target, progress));
  rmSync(runDir, { recursive: true, force: true });
  progress.note(`the lab of ${basename(target.checkout)} is down`);
}
