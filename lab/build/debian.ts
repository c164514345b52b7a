import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { exec, ExecError } from '../host/exec.ts';
import type { Progress } from '../host/progress.ts';
import { cached, hashOf, verifySha256 } from './cache.ts';
import { cacheRoot } from '../layout.ts';
import type { DebianPackage } from '../versions.ts';

type Packages = Readonly<Record<string, DebianPackage>>;

/** One at a time, whatever is built beside it: apt refuses to refresh its lists while another does. */
async function apt(folder: string, ...args: readonly string[]): Promise<void> {
  const lock = join(cacheRoot(), 'apt.lock');
  await exec('flock', [lock, 'apt-get', '-o', 'APT::Sandbox::User=root', '-qq', ...args], { cwd: folder });
}

const download = (folder: string, names: readonly string[]): Promise<void> =>
  apt(folder, 'download', ...names);

/** Refreshes apt's lists once when the packages cannot be had with the present ones. */
async function downloadFresh(folder: string, names: readonly string[]): Promise<void> {
  try {
    await download(folder, names);
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    await apt(folder, 'update');
    await download(folder, names);
  }
}

/**
 * Downloads the pinned versions and checks them against versions.json. A distribution drops a
 * version when it publishes a fix: then its present one is taken, which apt has verified by
 * the distribution's signature.
 */
async function downloadPinned(folder: string, packages: Packages, progress: Progress): Promise<void> {
  const names = Object.entries(packages).map(([name, { version }]) => `${name}=${version}`);
  try {
    await downloadFresh(folder, names);
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    progress.note('this distribution no longer has every pinned package: taking its present versions');
    await download(folder, Object.keys(packages));
    return;
  }
  for (const file of readdirSync(folder)) {
    const pin = packages[file.split('_')[0] ?? ''];
    if (pin === undefined) throw new Error(`${file} was downloaded but never asked for`);
    await verifySha256(join(folder, file), pin.sha256);
  }
}

/**
 * Debian packages unpacked into a folder of the cache, beside the system: installing
 * containerd or iptables into a laptop would touch the Docker that runs there.
 */
export function debianTree(label: string, packages: Packages, progress: Progress): Promise<string> {
  const key = hashOf(JSON.stringify(packages)).slice(0, 12);
  return cached(`debian-${label}-${key}`, async (folder) => {
    await progress.step(`download ${String(Object.keys(packages).length)} Debian packages (${label})`, () =>
      downloadPinned(folder, packages, progress),
    );
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
      await exec('dpkg-deb', ['--extract', join(folder, file), folder]);
      rmSync(join(folder, file));
    }
  });
}
