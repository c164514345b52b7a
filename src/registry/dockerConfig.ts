import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, objectAt, textAt } from '../domain/json.ts';
import type { JsonObject } from '../domain/json.ts';
import { PreconditionError } from '../runtime/errors.ts';
import type { Exec } from '../tools/exec.ts';
import { identityToken } from './credentials.ts';
import type { RegistryCredentials, RegistryLogin } from './credentials.ts';

export interface DockerConfigOptions {
  /** Host of the registry. */
  readonly registry: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exec: Exec;
  readonly signal: AbortSignal;
}

const helperTimeoutMs = 30_000;

/**
 * Where `docker login`, docker/login-action and credential helpers leave a login. Read anew each time: a helper gives
 * a fresh one. Source: Docker docs, "docker login", credential stores and credential helpers.
 */
export function dockerConfigCredentials(options: DockerConfigOptions): RegistryCredentials {
  const folder = options.env['DOCKER_CONFIG'] ?? join(options.env['HOME'] ?? '/', '.docker');
  const file = join(folder, 'config.json');
  return { source: `docker's ${file}`, login: () => loginFrom(file, options) };
}

async function loginFrom(file: string, options: DockerConfigOptions): Promise<RegistryLogin | null> {
  const config = await readConfig(file);
  const keys = keysOf(options.registry);
  const helpers = objectAt(config, 'credHelpers');
  const helper = keys.map((key) => textAt(helpers, key)).find((name) => name !== null);
  const store = helper ?? textAt(config, 'credsStore') ?? '';
  const stored = store === '' ? null : await fromHelper(file, store, keys[0] ?? '', options);
  return stored ?? fromAuths(objectAt(config, 'auths'), keys);
}

/** Docker Hub is filed under the address of its first API. */
const keysOf = (registry: string): readonly string[] =>
  /^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io)$/.test(registry)
    ? ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io']
    : [registry, `https://${registry}`, `http://${registry}`];

/** For a program that finds its login there, and nowhere else. */
export async function writeDockerConfig(
  folder: string,
  registry: string,
  login: RegistryLogin | null,
): Promise<void> {
  const [key = registry] = keysOf(registry);
  const auths = login === null ? {} : { [key]: entryOf(login) };
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths }), { mode: 0o600 });
}

const entryOf = ({ username, password }: RegistryLogin): JsonObject =>
  username === identityToken
    ? { identitytoken: password }
    : { auth: Buffer.from(`${username}:${password}`).toString('base64') };

async function readConfig(file: string): Promise<JsonObject> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return {};
    throw broken(file, String(error));
  }
  try {
    const config: unknown = JSON.parse(text);
    if (isObject(config)) return config;
  } catch {
    // What the parser says may hold a part of the file, and with it of a password.
  }
  throw broken(file, 'it is no JSON object');
}

function fromAuths(auths: JsonObject, keys: readonly string[]): RegistryLogin | null {
  const entry = keys
    .flatMap((key) => [key, `${key}/`, `${key}/v1/`, `${key}/v2/`])
    .find((key) => isObject(auths[key]));
  if (entry === undefined) return null;
  const found = objectAt(auths, entry);
  const identity = textAt(found, 'identitytoken') ?? '';
  if (identity !== '') return { username: identityToken, password: identity };
  const [, username, password] =
    /^([^:]+):(.*)$/s.exec(Buffer.from(textAt(found, 'auth') ?? '', 'base64').toString('utf8')) ?? [];
  const plain = {
    username: username ?? textAt(found, 'username'),
    password: password ?? textAt(found, 'password'),
  };
  return plain.username === null || plain.password === null
    ? null
    : { username: plain.username, password: plain.password };
}

/** The helper reads a registry from stdin and writes `{"Username": …, "Secret": …}`. */
async function fromHelper(
  file: string,
  name: string,
  registry: string,
  { exec, signal }: DockerConfigOptions,
): Promise<RegistryLogin | null> {
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    throw broken(file, `${JSON.stringify(name)} is no name of a credential helper`);
  const argv = [`docker-credential-${name}`, 'get'];
  const { exitCode, stdout, stderr } = await exec.run(argv, {
    stdin: registry,
    timeoutMs: helperTimeoutMs,
    signal,
  });
  if (exitCode !== 0) {
    // Helpers say so on stdout; what they print there else may be a secret.
    if (/credentials not found/i.test(stdout) || /credentials not found/i.test(stderr)) return null;
    throw new PreconditionError(
      `${argv.join(' ')}, which ${file} names for ${registry}, ended with ${exitCode === null ? 'a signal' : `exit code ${String(exitCode)}`}`,
      `Run it by hand to see what it says: echo ${registry} | ${argv.join(' ')}.`,
    );
  }
  const login = loginIn(stdout);
  if (login !== null) return login;
  throw new PreconditionError(
    `${argv.join(' ')} gave no login for ${registry} in the form that Docker's helpers have`,
    'Check which helper that is, and its version.',
  );
}

function loginIn(stdout: string): RegistryLogin | null {
  try {
    const answer: unknown = JSON.parse(stdout);
    const read = isObject(answer) ? answer : {};
    const [username, password] = [textAt(read, 'Username'), textAt(read, 'Secret')];
    return username === null || password === null ? null : { username, password };
  } catch {
    // Not told further: it may be half of a secret.
    return null;
  }
}

const broken = (file: string, why: string): PreconditionError =>
  new PreconditionError(
    `docker's configuration ${file} cannot be used: ${why}`,
    'Sign in to the registry again.',
  );
