import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withoutCredentials } from './environment.ts';
import { execIn } from './exec.ts';
import type { Exec } from './exec.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Runs scanners: in an environment without credentials, and in a home of their own, where they find no one's
 * registry passwords and no settings. The folder they run in is empty, so that no `.trivyignore` or `.grype.yaml`
 * of the repository opens the gate behind the allow list's back.
 * @param runsIn another folder, for a program whose settings in the repository are meant (hadolint)
 */
export function scannerExec(env: Env, folder: string, runsIn?: string): Exec {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const own = {
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_RUNTIME_DIR: join(home, 'run'),
    DOCKER_CONFIG: join(home, 'docker'),
    // Layers are unpacked here; with the folder they go.
    TMPDIR: home,
    // What it says ends up in messages.
    NO_COLOR: '1',
  };
  const exec = execIn({ ...withoutCredentials(env), ...own });
  return { run: (argv, options) => exec.run(argv, { cwd: runsIn ?? home, ...options }) };
}
