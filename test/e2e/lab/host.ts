import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { debianTree } from '../../../lab/build/debian.ts';
import { iptablesOf } from '../../../lab/cluster/toolbox.ts';
import { sharedPlaces } from '../../../lab/host/baseline.ts';
import { exec } from '../../../lab/host/exec.ts';
import { parseSaved, savedRules } from '../../../lab/host/iptables.ts';
import { podsGroups } from '../../../lab/host/podProcesses.ts';
import { progressTo } from '../../../lab/host/progress.ts';
import { readSysctls } from '../../../lab/host/sysctls.ts';
import { versions } from '../../../lab/versions.ts';

/** What a lab could leave behind on a machine. */
export interface HostState {
  readonly links: readonly string[];
  readonly rules: readonly unknown[];
  readonly mounts: readonly string[];
  readonly routes: string;
  readonly networkNamespaces: string;
  readonly processes: readonly string[];
  readonly kernelSettings: Readonly<Record<string, string>>;
  readonly podCgroups: readonly string[];
  /** Files in the places that container programs share. */
  readonly files: readonly string[];
}

const ofTheLab =
  /containerd|kube|etcd|envoy|registry|prometheus|coredns|pause|control-plane|-api|load-agent|runc|^\/program$/;

/**
 * By the program that runs, not by its arguments: an editor or a compiler that was given a file called so is none of
 * the lab's. Programs that bring their own libraries are started by the loader, which is given their path.
 */
function processes(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const isLoaded = argv[0]?.includes('/ld-linux') === true;
        const program = isLoaded ? argv.slice(1).find((word) => /^\/(?!lib)/.test(word)) : argv[0];
        return program !== undefined && ofTheLab.test(program) ? [argv.join(' ').trim()] : [];
      } catch {
        return []; // ended meanwhile
      }
    })
    .sort();
}

function filesBelow(place: string): string[] {
  if (!existsSync(place)) return [];
  const isFolder = statSync(place).isDirectory();
  return [place, ...(isFolder ? readdirSync(place, { recursive: true, encoding: 'utf8' }).sort() : [])];
}

export async function hostState(): Promise<HostState> {
  const debian = await debianTree('programs', versions.debian.programs, progressTo());
  const links = JSON.parse((await exec('ip', ['-json', 'link'])).stdout) as { readonly ifname: string }[];
  const tables = parseSaved(await savedRules(iptablesOf(`${debian}/usr`)));
  return {
    links: links.map(({ ifname }) => ifname).sort(),
    rules: tables.map(({ name, chains, rules }) => ({ name, chains, rules })),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[4] ?? '')
      .sort(),
    routes: (await exec('ip', ['route'])).stdout,
    networkNamespaces: (await exec('ip', ['netns', 'list'])).stdout,
    processes: processes(),
    kernelSettings: readSysctls(),
    podCgroups: podsGroups(),
    files: sharedPlaces.flatMap(filesBelow),
  };
}
