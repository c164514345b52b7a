import { imageIn } from '../domain/image/build.ts';
import type { Builder, BuildRequest } from '../domain/image/build.ts';

type Argv = readonly string[];

export const versionArgv = (): Argv => ['version', '--format', '{{json .}}'];

export const buildxVersionArgv = (): Argv => ['buildx', 'version'];

export const inspectArgv = (name: string | null): Argv => [
  'buildx',
  'inspect',
  ...(name === null ? [] : [name]),
];

/** `io.containerd.snapshotter.v1` there: the engine keeps images as OCI content, and its builder exports it. */
export const storeArgv = (): Argv => ['info', '--format', '{{json .DriverStatus}}'];

const each = (flag: string, values: readonly string[]): Argv => values.flatMap((value) => [flag, value]);

const pairs = (flag: string, values: Readonly<Record<string, string>>): Argv =>
  each(
    flag,
    Object.entries(values).map(([name, value]) => `${name}=${value}`),
  );

/** What every builder knows. */
const common = (request: BuildRequest): Argv => [
  '--file',
  request.dockerfile,
  ...(request.target === null ? [] : ['--target', request.target]),
  ...(request.platforms.length === 0 ? [] : ['--platform', request.platforms.join(',')]),
  ...pairs('--build-arg', request.buildArgs),
  ...pairs('--label', request.labels),
  ...(request.network === 'default' ? [] : ['--network', request.network]),
];

const secrets = (request: BuildRequest): Argv =>
  each(
    '--secret',
    request.secrets.map(({ id, file }) => `id=${id},src=${file}`),
  );

const buildx = (name: string | null): Argv => [
  'buildx',
  'build',
  ...(name === null ? [] : ['--builder', name]),
  '--progress',
  'plain',
];

/** Straight into a layout: the image is in no engine and in no registry yet. */
export const exportArgv = (
  { name }: Builder,
  request: BuildRequest,
  { layout, metadata }: { readonly layout: string; readonly metadata: string },
): Argv => [
  ...buildx(name),
  ...common(request),
  ...secrets(request),
  ...each('--cache-from', request.cacheFrom),
  ...each('--cache-to', request.cacheTo),
  request.provenance === 'none' ? '--provenance=false' : `--provenance=mode=${request.provenance}`,
  ...(request.sbomGenerator === null
    ? ['--sbom=false']
    : ['--attest', `type=sbom,generator=${request.sbomGenerator}`]),
  '--output',
  `type=oci,tar=false,dest=${layout}`,
  '--metadata-file',
  metadata,
  request.context,
];

/** Into the engine, under a name of this build alone. */
export function loadArgv({ kind, name }: Builder, request: BuildRequest, tag: string): Argv {
  if (kind === 'buildx-load') {
    return [
      ...buildx(name),
      ...common(request),
      ...secrets(request),
      ...each('--cache-from', request.cacheFrom),
      '--provenance=false',
      '--load',
      '--tag',
      tag,
      request.context,
    ];
  }
  const images = request.cacheFrom.map(imageIn).filter((image) => image !== null);
  return [
    'build',
    ...(kind === 'embedded' ? ['--progress', 'plain', ...secrets(request)] : []),
    ...common(request),
    ...each('--cache-from', images),
    '--tag',
    tag,
    request.context,
  ];
}

/** The client alone decides by this variable; without it, versions differ in what they take. */
export const buildKitEnv = ({ kind }: Builder): Readonly<Record<string, string>> => ({
  DOCKER_BUILDKIT: kind === 'classic' ? '0' : '1',
});

export const saveArgv = (tag: string, archive: string): Argv => ['save', '--output', archive, tag];

/** The name alone goes; what other names share stays. */
export const untagArgv = (tag: string): Argv => ['image', 'rm', '--no-prune', tag];
