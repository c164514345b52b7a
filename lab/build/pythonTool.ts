import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../host/exec.ts';
import { progressTo, type Progress } from '../host/progress.ts';
import { cached, hashOf, isCached } from './cache.ts';

const requirements = join(import.meta.dirname, '../binaries/python');
const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--quiet'];
const pinned = ['--require-hashes', '--only-binary', ':all:', '--no-compile'];

/** What each Python script of a tool runs first: it finds its packages beside itself, wherever the folder went. */
const findPackages =
  'import os, sys; site = os.path.dirname(os.path.dirname(os.path.realpath(__file__))); ' +
  "sys.path.insert(0, site); os.environ['PYTHONPATH'] = site\n";

/** Scripts name the interpreter that pip ran under and look for packages in the system: both are put right. */
function makeRelocatable(bin: string): void {
  for (const name of readdirSync(bin)) {
    const file = join(bin, name);
    const content = readFileSync(file);
    const shebang = /^#!.*python.*\n/.exec(content.subarray(0, 1024).toString('latin1'))?.[0];
    if (shebang === undefined) continue;
    const rest = content.subarray(shebang.length).toString('utf8');
    writeFileSync(file, `#!/usr/bin/env python3\n${findPackages}${rest}`);
  }
}

/**
 * A command line tool from PyPI, pinned with the hash of each wheel in lab/binaries/python/<tool>.txt; in a folder
 * of the cache, away from the machine's own packages.
 * @param program when the tool's command is called otherwise, e.g. `moto_server` of moto
 * @returns the path of the program
 */
export async function pythonTool(
  tool: string,
  program: string = tool,
  progress: Progress = progressTo(),
): Promise<string> {
  const file = join(requirements, `${tool}.txt`);
  // Compiled wheels are made for one version of Python.
  const python = await exec('python3', ['--version']);
  const name = `python-${tool}-${hashOf(python.stdout, readFileSync(file, 'utf8')).slice(0, 12)}`;
  const make = async (draft: string): Promise<void> => {
    await exec('python3', [...pip, ...pinned, '--requirement', file, '--target', draft], {
      env: { ...process.env, PIP_REQUIRE_VIRTUALENV: 'false', PIP_USER: 'false' },
    });
    makeRelocatable(join(draft, 'bin'));
  };
  const folder = isCached(name)
    ? await cached(name, make)
    : await progress.step(`download ${tool} for Python`, () => cached(name, make));
  return join(folder, 'bin', program);
}
