import { isObject, objectAt, textAt } from '../domain/json.ts';
import { ConnectionError, DeadlineError, RemedyError, ToolError } from '../runtime/errors.ts';
import { diskIsFull, saysDiskIsFull } from './diskSpace.ts';
import type { ExecResult } from './exec.ts';

export interface DockerVersions {
  readonly client: string;
  /** null: no engine answered. */
  readonly engine: string | null;
}

/** `docker version --format '{{json .}}'`; it writes the client's half even when no engine answers, and exits 1. */
export function parseVersions(stdout: string): DockerVersions | null {
  const parsed = fromJson(stdout);
  if (!isObject(parsed)) return null;
  const client = textAt(objectAt(parsed, 'Client'), 'Version');
  return client === null ? null : { client, engine: textAt(objectAt(parsed, 'Server'), 'Version') };
}

/** `github.com/docker/buildx v0.31.1 8d3…`. */
export const parseBuildxVersion = (stdout: string): string | null =>
  /\s(v?\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] ?? null;

export interface InspectedBuilder {
  readonly driver: string;
  /** What its nodes said instead of working. */
  readonly error: string | null;
}

/** `docker buildx inspect`: lines of `Name: value`, the builder's own before those of its nodes. */
export function parseInspect(stdout: string): InspectedBuilder | null {
  const field = (name: string): string | null =>
    new RegExp(`^${name}:[ \\t]*(\\S.*)$`, 'm').exec(stdout)?.[1]?.trim() ?? null;
  const driver = field('Driver');
  return driver === null ? null : { driver, error: field('Error') };
}

/** `docker info`, DriverStatus: since Docker 29 engines keep images in containerd unless told otherwise. */
export const keepsOci = (stdout: string): boolean => stdout.includes('io.containerd.snapshotter');

/** `docker buildx build --metadata-file`. */
export function parseMetadata(text: string): string | null {
  const parsed = fromJson(text);
  return isObject(parsed) ? textAt(parsed, 'containerimage.digest') : null;
}

const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};

/** What the disk has left; asked only when it may be the reason. */
export type DiskSpace = () => Promise<string>;

/**
 * A build, or a save of what it built, that did not end well.
 * Source: words of Docker 20.10–29, buildx 0.10–0.38, BuildKit 0.10–0.34.
 */
export async function buildFailure(
  argv: readonly string[],
  result: ExecResult,
  timeoutMs: number,
  space: DiskSpace,
): Promise<RemedyError> {
  const said = `${result.stderr}\n${result.stdout}`;
  const end = lastLines(result.stderr.trim() === '' ? result.stdout : result.stderr);
  if (result.exitCode === null) {
    return new DeadlineError(
      `${short(argv)} was still running after ${String(Math.round(timeoutMs / 1000))} s and was ended\n${end}`,
      'See which step took that long. When the build needs longer: build-timeout.',
    );
  }
  if (saysDiskIsFull(said)) return diskIsFull(await space(), end);
  if (
    /cannot connect to the docker daemon|connection refused.*docker|is the docker daemon running/i.test(said)
  ) {
    return noEngine(end);
  }
  return new ToolError(short(argv).split(' '), result.exitCode, end, remedyFor(said));
}

function remedyFor(said: string): string {
  // A number alone is in many a digest.
  if (
    /unauthorized|authentication required|status(?: code)?:? 401\b|denied: |403 Forbidden|no basic auth/i.test(
      said,
    )
  ) {
    return 'A base image or a cache could not be read or written: sign in to its registry in a step before this one (docker/login-action); the inputs of this action sign in to the repository that is pushed to only.';
  }
  if (/toomanyrequests|rate limit/i.test(said)) {
    return 'A registry limits how often images are pulled: sign in to it, or take base images from a mirror or a pull-through cache of ECR.';
  }
  if (/failed to (?:compute cache key|calculate checksum)|COPY failed/i.test(said)) {
    return 'A file that COPY or ADD names is not in the context, or .dockerignore leaves it out. A step before this one may have to build it.';
  }
  if (/manifest unknown|not found: |failed to resolve source metadata|pull access denied/i.test(said)) {
    return 'A base image cannot be found: see the FROM lines of the Dockerfile, and the platforms that were asked for.';
  }
  if (/dockerfile parse error|unknown instruction|failed to parse|unknown flag/i.test(said)) {
    return 'See the line of the Dockerfile. Flags of RUN and COPY (--mount, --chmod) need BuildKit: docker/setup-buildx-action brings it.';
  }
  if (/secret .*not found|could not parse secrets/i.test(said)) {
    return 'The Dockerfile mounts a secret that the input secrets does not give: give it there under the same id.';
  }
  if (
    /i\/o timeout|TLS handshake timeout|connection reset|temporary failure|no such host|EAI_AGAIN/i.test(said)
  ) {
    return 'The network failed during the build. Run the step again; what was built is cached.';
  }
  return 'See what the build says. Nothing was pushed.';
}

export const noEngine = (said: string): ConnectionError =>
  new ConnectionError(
    `no Docker engine answers\n${said}`.trimEnd(),
    'Run the job on a runner with Docker (ubuntu-latest has it), or name a buildx builder that needs none: builder, with the drivers remote or kubernetes of docker/setup-buildx-action.',
  );

/** Build arguments and labels fill pages, and say nothing about what went wrong. */
const short = (argv: readonly string[]): string => {
  const command = argv.slice(0, argv[1] === 'buildx' ? 3 : 2);
  return [...command, ...(argv.length > command.length + 1 ? ['…'] : []), argv.at(-1) ?? ''].join(' ');
};

const lastLines = (text: string, count = 20): string =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
