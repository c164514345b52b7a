import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianTree } from '../build/debian.ts';
import { goPrograms } from '../build/goProgram.ts';
import { exec } from '../host/exec.ts';
import { progressTo, type Progress } from '../host/progress.ts';
import { versions } from '../versions.ts';
import { startIsolated } from './isolated.ts';
import type { Daemon } from './isolated.ts';

/** Docker for tests: an engine or a BuildKit, and the environment in which `docker` finds it. */
export interface DockerForTests extends Daemon {
  readonly env: Readonly<Record<string, string>>;
}

/** Programs that the daemons call, besides the machine's. */
async function programPath(progress: Progress): Promise<string> {
  const [programs, docker] = await Promise.all([
    debianTree('programs', versions.debian.programs, progress),
    debianTree('docker', versions.debian.docker, progress),
  ]);
  const folders = [docker, programs].flatMap((tree) => [join(tree, 'usr/bin'), join(tree, 'usr/sbin')]);
  return [...folders, process.env['PATH'] ?? ''].join(':');
}

/** Short, since the path of a socket has 107 bytes at most. */
const ownFolder = (name: string): string => mkdtempSync(join(tmpdir(), `c4ang-${name}-`));

const answers = (file: string, args: readonly string[], env: Readonly<Record<string, string>>) => () =>
  exec(file, args, { env, timeoutMs: 5_000 }).then(
    () => true,
    () => false,
  );

/** The engine without a network of its own: RUN needs --network none or host. Its client has no buildx. */
export async function dockerEngine(progress: Progress = progressTo()): Promise<DockerForTests> {
  const path = await programPath(progress);
  const folder = ownFolder('docker');
  const socket = join(folder, 'engine.sock');
  const config = join(folder, 'config');
  mkdirSync(config);
  const env = { PATH: path, HOME: folder, DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: config };
  const noNetwork = ['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'];
  const daemon = await startIsolated({
    file: 'dockerd',
    args: [
      ...noNetwork,
      '--ip-masq=false',
      '--userland-proxy=false',
      `--data-root=${join(folder, 'data')}`,
      `--exec-root=${join(folder, 'run')}`,
      `--pidfile=${join(folder, 'pid')}`,
      `--host=unix://${socket}`,
    ],
    env: { PATH: path, HOME: folder },
    folder,
    socket,
    isReady: answers('docker', ['version'], env),
  });
  return { ...daemon, env };
}

/** BuildKit's daemon and buildx, with a builder `lab` that reaches it; no engine. */
export async function buildKit(progress: Progress = progressTo()): Promise<DockerForTests> {
  const { buildx, buildkit } = versions;
  const [path, programs] = await Promise.all([
    programPath(progress),
    goPrograms(
      {
        label: `buildkit-${buildkit.version}`,
        folder: join(import.meta.dirname, '../binaries/buildkit'),
        programs: [
          { name: 'docker-buildx', path: 'github.com/docker/buildx/cmd/buildx' },
          { name: 'buildkitd', path: 'github.com/moby/buildkit/cmd/buildkitd' },
        ],
        variables: { 'github.com/docker/buildx/version.Version': `v${buildx.version}` },
      },
      progress,
    ),
  ]);
  const folder = ownFolder('buildkit');
  const socket = join(folder, 'buildkit.sock');
  const plugins = join(folder, 'config/cli-plugins');
  mkdirSync(plugins, { recursive: true });
  symlinkSync(join(programs, 'docker-buildx'), join(plugins, 'docker-buildx'));
  const settings = join(folder, 'buildkitd.toml');
  writeFileSync(settings, '[worker.oci]\nenabled = true\n[worker.containerd]\nenabled = false\n');
  // No engine at that address: the builder needs none.
  const env = {
    PATH: path,
    HOME: folder,
    DOCKER_HOST: `unix://${join(folder, 'no-engine.sock')}`,
    DOCKER_CONFIG: join(folder, 'config'),
  };
  const docker = (...args: readonly string[]): readonly string[] => ['buildx', ...args];
  await exec('docker', docker('create', '--name', 'lab', '--driver', 'remote', `unix://${socket}`, '--use'), {
    env,
  });
  const daemon = await startIsolated({
    file: join(programs, 'buildkitd'),
    args: ['--config', settings, '--root', join(folder, 'data'), '--addr', `unix://${socket}`],
    env: { PATH: path, HOME: folder },
    folder,
    socket,
    isReady: async () => {
      const inspected = await exec('docker', docker('inspect', 'lab'), { env, timeoutMs: 10_000 });
      return inspected.stdout.includes('running');
    },
  });
  return { ...daemon, env };
}
