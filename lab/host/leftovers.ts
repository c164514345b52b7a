import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runPaths, type Layout } from '../layout.ts';
import type { Baseline } from './baseline.ts';
import { removeResults } from './cniResults.ts';

const bundles = join(runPaths.containerdState, 'io.containerd.runtime.v2.task/k8s.io');
const shimSocketFolder = '/run/containerd/s';
const podLogLinks = '/var/log/containers';
const devicePlugins = '/var/lib/kubelet/device-plugins';

function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The shims' sockets, which lie in /run/containerd/s whatever containerd's own folders are. */
export function shimSockets(): string[] {
  return entriesOf(bundles).flatMap((id) => {
    const file = join(bundles, id, 'address');
    return existsSync(file)
      ? [
          readFileSync(file, 'utf8')
            .trim()
            .replace(/^unix:\/\//, ''),
        ]
      : [];
  });
}

function removeEmptyFolders(folder: string): void {
  if (!existsSync(folder) || !lstatSync(folder).isDirectory()) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (lstatSync(path).isDirectory()) removeEmptyFolders(path);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

function removeDeadSockets(folder: string): void {
  const listening = readFileSync('/proc/net/unix', 'utf8');
  for (const name of entriesOf(folder)) {
    if (!listening.includes(join(folder, name))) rmSync(join(folder, name), { force: true });
  }
}

/**
 * Removes what the lab's programs left outside its own folders. A shared folder itself goes
 * only when the lab made it and nobody has put anything into it since.
 */
export function removeLeftovers(
  layout: Layout,
  baseline: Baseline | undefined,
  sockets: readonly string[],
): void {
  for (const socket of sockets) rmSync(socket, { force: true });
  for (const name of entriesOf(podLogLinks)) {
    const path = join(podLogLinks, name);
    if (lstatSync(path).isSymbolicLink() && readlinkSync(path).startsWith(`${layout.logs}/`)) rmSync(path);
  }
  removeResults();
  const absent = baseline?.absent ?? [];
  if (absent.includes('/var/lib/kubelet')) rmSync(devicePlugins, { recursive: true, force: true });
  // A killed shim leaves a socket that no bundle tells of. One nobody listens on harms nobody when it goes.
  if (absent.includes('/run/containerd')) removeDeadSockets(shimSocketFolder);
  if (absent.includes('/run/xtables.lock')) rmSync('/run/xtables.lock', { force: true });
  for (const place of absent) removeEmptyFolders(place);
}

/** Removes the lab's files of a checkout; what the demo reported stays. */
export function removeLabFiles(layout: Layout): void {
  const { stateFile, kubeconfig, bin, logs, config, pki, data } = layout;
  for (const path of [stateFile, kubeconfig, bin, logs, config, pki, data]) {
    rmSync(path, { recursive: true, force: true });
  }
  removeEmptyFolders(layout.state);
}
