import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from '../host/preflight.ts';
import type { Iptables } from '../host/iptables.ts';
import { markerVariable } from '../host/marked.ts';
import type { Layout } from '../layout.ts';

const fromDebian = ['bin/containerd', 'bin/containerd-shim-runc-v2', 'bin/ctr', 'sbin/runc'];
const fromMachine = ['ip', 'mount', 'umount', 'nsenter', 'modprobe'];
const iptablesVerbs = ['iptables', 'iptables-save', 'iptables-restore'];
const iptablesLibraries = ['libxtables.so.12', 'libmnl.so.0', 'libnftnl.so.11'];

function link(target: string, path: string): void {
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

/** The iptables to use: the machine's, so that its owner sees the lab's rules; else Debian's own. */
export function iptablesOf(debian: string): Iptables {
  const machine = findOnPath('iptables');
  if (machine !== undefined) {
    return { env: process.env, iptables: machine, save: `${machine}-save`, restore: `${machine}-restore` };
  }
  const libraries = join(debian, 'lib/x86_64-linux-gnu');
  const program = (name: string): string => join(debian, 'sbin', name);
  return {
    env: { ...process.env, LD_LIBRARY_PATH: libraries, XTABLES_LIBDIR: join(libraries, 'xtables') },
    iptables: program('iptables-nft'),
    save: program('iptables-nft-save'),
    restore: program('iptables-nft-restore'),
  };
}

/**
 * Fills `.lab/bin` with the programs that the parts call and no others, so that a part never
 * finds, say, ip6tables and leaves rules that nobody takes away.
 * @returns the environment of every part
 */
export function fillToolbox(layout: Layout, debian: string): Record<string, string> {
  const libraries = join(layout.bin, 'lib');
  mkdirSync(libraries, { recursive: true });
  for (const path of fromDebian) link(join(debian, path), join(layout.bin, path.replace(/^.*\//, '')));
  for (const tool of fromMachine) {
    const found = findOnPath(tool);
    if (found !== undefined) link(found, join(layout.bin, tool));
  }
  const debianLibraries = join(debian, 'lib/x86_64-linux-gnu');
  const ownIptables = findOnPath('iptables') === undefined;
  const wanted = ['libseccomp.so.2', ...(ownIptables ? iptablesLibraries : [])];
  for (const name of wanted) {
    if (existsSync(join(debianLibraries, name))) link(join(debianLibraries, name), join(libraries, name));
  }
  const iptables = iptablesOf(debian);
  const files = [iptables.iptables, iptables.save, iptables.restore];
  iptablesVerbs.forEach((verb, index) => link(files[index] ?? verb, join(layout.bin, verb)));
  return {
    PATH: layout.bin,
    HOME: '/',
    LD_LIBRARY_PATH: libraries,
    [markerVariable]: layout.state,
    ...(ownIptables ? { XTABLES_LIBDIR: join(debianLibraries, 'xtables') } : {}),
  };
}
