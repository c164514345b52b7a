import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { exec } from '../host/exec.ts';
import type { Progress } from '../host/progress.ts';
import { cached, hashOf, isCached } from './cache.ts';

/** A Go module of the lab and the programs to build from it. */
export interface GoModule {
  /** Part of the folder's name in the cache, e.g. `kubernetes-1.34.4`. */
  readonly label: string;
  readonly folder: string;
  /** Import paths; `.` is the module's own main package, built as `name`. */
  readonly programs: readonly { readonly name: string; readonly path: string }[];
  /** Values for -X, e.g. the version a program reports. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Told of each program as it gets done. */
  readonly onBuilt?: (program: string) => void;
}

function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('_test.go'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('/testdata/'))
    .sort();
}

let goVersion: Promise<string> | undefined;
function goVersionOnce(): Promise<string> {
  goVersion ??= exec('go', ['version']).then(({ stdout }) => stdout.trim());
  return goVersion;
}

/**
 * Builds a module's programs into the cache, keyed by its sources, the flags and Go's version.
 * @returns the folder that holds them
 */
export async function goPrograms(module: GoModule, progress: Progress): Promise<string> {
  const sources = sourcesOf(module.folder).map((file) => `${basename(file)}\n${readFileSync(file, 'utf8')}`);
  const variables = Object.entries(module.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const linkFlags = ['-s', '-w', ...variables].join(' ');
  const programs = module.programs.map(({ name, path }) => `${name}=${path}`);
  const key = hashOf(await goVersionOnce(), linkFlags, ...programs, ...sources).slice(0, 12);
  const name = `${module.label}-${key}`;
  if (isCached(name)) return cached(name, () => Promise.resolve());
  // Static, whatever the user's Go environment says: the programs run in images made from scratch.
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
  return cached(name, async (draft) => {
    for (const program of module.programs) {
      await progress.step(`build ${program.name}`, () =>
        exec(
          'go',
          // Without -trimpath: with it, Go compiles a module once for each version that is asked for, although
          // a replacement gives all of them the same source.
          ['build', '-buildvcs=false', '-ldflags', linkFlags, '-o', join(draft, program.name), program.path],
          { cwd: module.folder, env },
        ),
      );
      module.onBuilt?.(program.name);
    }
  });
}
