import type { Builder } from '../domain/image/build.ts';
import { ConnectionError, PreconditionError } from '../runtime/errors.ts';
import { buildxVersionArgv, inspectArgv, storeArgv, versionArgv } from './dockerArgv.ts';
import { keepsOci, noEngine, parseBuildxVersion, parseInspect, parseVersions } from './dockerOutput.ts';
import type { Exec, ExecResult } from './exec.ts';

/** A builder that has to be reached first (kubernetes, remote) takes its time. */
const askMs = 30_000;

/** Writes layouts into folders (tar=false) since this one. */
const oldestBuildx = { major: 0, minor: 10 };

/** The client itself had BuildKit's half in it until this version; since then that is buildx. */
const firstWithoutBuildKit = 23;

/**
 * Asks what can build here, the best first.
 * @throws PreconditionError, ConnectionError when nothing can
 */
export async function findBuilder(exec: Exec, name: string | null, signal: AbortSignal): Promise<Builder> {
  const ask = (argv: readonly string[]): Promise<ExecResult> =>
    exec.run(['docker', ...argv], { timeoutMs: askMs, signal });
  const [version, buildx, inspected, store] = await Promise.all([
    ask(versionArgv()),
    ask(buildxVersionArgv()),
    ask(inspectArgv(name)),
    ask(storeArgv()),
  ]);
  const versions = parseVersions(version.stdout);
  const buildxVersion = buildx.exitCode === 0 ? parseBuildxVersion(buildx.stdout) : null;
  const engine = versions?.engine ?? null;

  if (buildxVersion !== null && !isTooOld(buildxVersion)) {
    const found = inspected.exitCode === 0 ? parseInspect(inspected.stdout) : null;
    if (found !== null && found.driver !== 'docker') {
      if (found.error !== null) throw unreachable(name, found.error);
      return { kind: 'buildx', title: `buildx ${buildxVersion}, driver ${found.driver}`, name };
    }
    if (found === null && name !== null) throw noSuchBuilder(name, inspected.stderr);
    if (engine === null) throw noEngine(version.stderr.trim());
    const kind = keepsOci(store.stdout) ? 'buildx' : 'buildx-load';
    return { kind, title: `buildx ${buildxVersion}, in Docker ${engine}`, name };
  }
  if (name !== null) throw needsBuildx(name, buildxVersion);
  if (engine === null) throw noEngine(version.stderr.trim());
  const isEmbedded = Number.parseInt(versions?.client ?? '', 10) < firstWithoutBuildKit;
  return isEmbedded
    ? { kind: 'embedded', title: `the BuildKit in Docker ${engine}, without buildx`, name: null }
    : { kind: 'classic', title: `the classic builder of Docker ${engine}`, name: null };
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  // Without a stamp, as distributions build it, it says v0.0.0+unknown: then nothing is known against it.
  const isKnown = !version.replace(/^v/, '').startsWith('0.0.0');
  return isKnown && major === oldestBuildx.major && minor < oldestBuildx.minor;
}

const noSuchBuilder = (name: string, said: string): PreconditionError =>
  new PreconditionError(
    `there is no buildx builder ${name}: ${said.trim()}`,
    'Make it in a step before this one (docker/setup-buildx-action; its output name is what builder takes), or leave builder out.',
  );

const unreachable = (name: string | null, said: string): ConnectionError =>
  new ConnectionError(
    `the buildx builder${name === null ? '' : ` ${name}`} does not work: ${said}`,
    'See docker buildx inspect --bootstrap. Nothing was built.',
  );

const needsBuildx = (name: string, version: string | null): PreconditionError =>
  new PreconditionError(
    `builder is ${name}, but ${version === null ? 'docker has no buildx' : `buildx is ${version}, and 0.10 is the oldest that works`}`,
    'Add docker/setup-buildx-action to the job, before this step.',
  );
