import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { debianTree } from '../../../lab/build/debian.ts';
import { ociRegistryProgram } from '../../../lab/build/ociRegistry.ts';
import { pythonTool } from '../../../lab/build/pythonTool.ts';
import { answersHttp } from '../../../lab/cluster/probe.ts';
import { progressTo } from '../../../lab/host/progress.ts';
import { versions } from '../../../lab/versions.ts';

/** A server that a test has started for itself. */
export interface OwnServer {
  /** `127.0.0.1:41234` */
  readonly host: string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function start(
  program: string,
  args: readonly string[],
  host: string,
  path: string,
  end: () => void,
): Promise<OwnServer> {
  const child: ChildProcess = spawn(program, args, {
    stdio: 'ignore',
    env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    end();
  };
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (await answersHttp(`http://${host}${path}`).catch(() => false)) return { host, stop };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`${program} ${args.join(' ')} does not answer`);
}

/**
 * The lab's registry program once more, set up as there, on a port of its own.
 * @param users lines of an htpasswd file (bcrypt); absent: everybody may
 */
export async function ownRegistry(users?: readonly string[]): Promise<OwnServer> {
  const debian = await debianTree('programs', versions.debian.programs, progressTo());
  const folder = mkdtempSync(join(tmpdir(), 'c4ang-registry-'));
  const host = `127.0.0.1:${String(await freePort())}`;
  const file = join(folder, 'config.yaml');
  writeFileSync(join(folder, 'htpasswd'), `${(users ?? []).join('\n')}\n`);
  const auth = { auth: { htpasswd: { realm: 'c4ang', path: join(folder, 'htpasswd') } } };
  writeFileSync(
    file,
    stringify({
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: {
        filesystem: { rootdirectory: join(folder, 'data') },
        delete: { enabled: true },
        cache: { blobdescriptor: 'inmemory' },
      },
      http: { addr: host, secret: 'one registry needs no shared secret' },
      ...(users === undefined ? {} : auth),
    }),
  );
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return start(join(debian, 'usr/bin/docker-registry'), ['serve', file], host, '/', remove);
}

/** A registry of OCI 1.1, which lists what refers to an image; the lab's own is from before that. */
export async function ownReferrersRegistry(): Promise<OwnServer> {
  const host = `127.0.0.1:${String(await freePort())}`;
  return start(await ociRegistryProgram(), [host], host, '/v2/', () => undefined);
}

/** AWS's STS and ECR on this machine. */
export async function ownAws(): Promise<OwnServer> {
  const port = await freePort();
  const program = await pythonTool('moto', 'moto_server');
  return start(
    program,
    ['-H', '127.0.0.1', '-p', String(port)],
    `127.0.0.1:${String(port)}`,
    '/moto-api/',
    () => undefined,
  );
}
