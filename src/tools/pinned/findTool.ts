import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Exec } from '../exec.ts';
import { scanFailed } from '../scanned.ts';
import { download } from './download.ts';
import type { Fetch } from './download.ts';
import { releases } from './releases.ts';
import type { Asset, Platform, Release, ToolName } from './releases.ts';
import { compareVersions, versionIn } from './versions.ts';

export interface ToolPlace {
  /** The runner's PATH. */
  readonly path: string;
  /** RUNNER_TOOL_CACHE: what was fetched is kept there, for the next job on this runner. */
  readonly cacheFolder: string;
  readonly platform: string;
  /** In an environment without credentials: a program is asked its version before anybody knows what it is. */
  readonly exec: Exec;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly releases?: Readonly<Record<ToolName, Release>>;
}

export interface FoundTool {
  readonly program: string;
  readonly version: string;
  /** Where it is from, for the log; with what is on the runner and was not taken. */
  readonly from: string;
}

const versionMs = 30_000;

/**
 * The program, from the runner's PATH when its version will do, otherwise the pinned one, fetched and checked.
 * @throws PreconditionError when what is on PATH is known to be bad, when there is nothing pinned for this platform,
 * or when what was fetched is not what is pinned
 */
export async function findTool(name: ToolName, place: ToolPlace): Promise<FoundTool> {
  const release = (place.releases ?? releases)[name];
  const onRunner = await onPath(name, release, place);
  if (onRunner?.fits === true) {
    return {
      program: onRunner.program,
      version: onRunner.version,
      from: `on the runner: ${onRunner.program}`,
    };
  }
  const notTaken = onRunner === null ? '' : `; ${onRunner.program} is ${onRunner.version}, ${range(release)}`;
  const asset = release.assets[place.platform as Platform];
  if (asset === undefined) {
    throw new PreconditionError(
      `${name} is not on this runner's PATH${notTaken}, and no checksum is known of a release for ${place.platform}`,
      `${name} has to be on the runner, ${range(release)}: install it in a step before this one.`,
    );
  }
  const program = await fetched(name, release, asset, place);
  return { program, version: release.version, from: `fetched, SHA-256 as pinned${notTaken}` };
}

const range = ({ accepts: { from, below, never } }: Release): string =>
  `from ${from} on, below ${below}${never.length === 0 ? '' : `, none of ${never.join(', ')}`}`;

interface OnRunner {
  readonly program: string;
  readonly version: string;
  readonly fits: boolean;
}

async function onPath(
  name: ToolName,
  { versionArgv, accepts }: Release,
  { path, exec }: ToolPlace,
): Promise<OnRunner | null> {
  const program = path
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find(isProgram);
  if (program === undefined) return null;
  const { stdout, stderr } = await exec.run([program, ...versionArgv], { timeoutMs: versionMs });
  const version = versionIn(stdout) ?? versionIn(stderr);
  if (version === null) return { program, version: 'of no version that it tells', fits: false };
  if (accepts.never.includes(version)) {
    throw new PreconditionError(
      `${program} is ${name} ${version}, a release that was tampered with`,
      `Take it off the runner, and change every secret that this runner has seen since it came there.`,
    );
  }
  const fits = compareVersions(version, accepts.from) >= 0 && compareVersions(version, accepts.below) < 0;
  return { program, version, fits };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** In the cache whole or not at all: the folder gets its name when everything is in it. */
async function fetched(name: ToolName, release: Release, asset: Asset, place: ToolPlace): Promise<string> {
  // The checksum is in the name: another pin is another folder.
  const folder = join(place.cacheFolder, 'c4ang', name, `${release.version}-${asset.sha256.slice(0, 16)}`);
  const program = join(folder, name);
  if (existsSync(program)) return program;
  const content = await download(asset, place);
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}.draft-`);
  try {
    if (release.packing === 'program') writeFileSync(join(draft, name), content);
    else await unpack(name, content, draft, place);
    chmodSync(join(draft, name), 0o755);
    try {
      renameSync(draft, folder);
    } catch (error) {
      // Another job on this runner was first, with the same content: the name says so.
      if (!existsSync(program)) throw error;
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return program;
}

async function unpack(name: ToolName, content: Buffer, folder: string, { exec }: ToolPlace): Promise<void> {
  const archive = join(folder, 'archive.tar.gz');
  writeFileSync(archive, content);
  // One member by its name, so that nothing else of the archive is written anywhere.
  const argv = ['tar', '--extract', '--gzip', '--file', archive, '--directory', folder, name];
  const result = await exec.run(argv, { timeoutMs: 60_000 });
  if (result.exitCode !== 0) throw scanFailed(argv, result);
  rmSync(archive);
}
