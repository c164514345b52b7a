import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { dockerConfigCredentials } from '../../src/registry/dockerConfig.ts';
import type { RegistryLogin } from '../../src/registry/credentials.ts';
import { processExec } from '../../src/tools/exec.ts';

const { signal } = new AbortController();
const path = process.env['PATH'];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c4ang-docker-'));
  process.env['PATH'] = [folder, path].join(delimiter);
});

afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true, force: true });
});

const login = (registry: string): Promise<RegistryLogin | null> =>
  dockerConfigCredentials({ registry, env: { DOCKER_CONFIG: folder }, exec: processExec, signal }).login();

const config = (content: unknown): void =>
  writeFileSync(join(folder, 'config.json'), typeof content === 'string' ? content : JSON.stringify(content));

/** A real program, as the helpers of ECR or of a keychain are. */
function helper(name: string, script: string): void {
  const file = join(folder, `docker-credential-${name}`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const basic = (text: string): string => Buffer.from(text).toString('base64');

test('without a configuration there is no login', async () => {
  expect(await login('localhost:5000')).toBeNull();
});

test('a login of docker login is found, under each form of its key', async () => {
  for (const key of ['localhost:5000', 'https://localhost:5000', 'http://localhost:5000/v2/']) {
    config({ auths: { [key]: { auth: basic('user:pass:word') } } });
    expect(await login('localhost:5000')).toEqual({ username: 'user', password: 'pass:word' });
  }
  config({ auths: { 'https://index.docker.io/v1/': { auth: basic('hub:secret') } } });
  expect(await login('docker.io')).toEqual({ username: 'hub', password: 'secret' });
  expect(await login('ghcr.io')).toBeNull();
});

test('an identity token goes before the password', async () => {
  config({ auths: { 'shop.azurecr.io': { auth: basic('00000000:'), identitytoken: 'identity' } } });
  expect(await login('shop.azurecr.io')).toEqual({ username: '<token>', password: 'identity' });
});

test('the helper of this registry is asked by stdin, and goes before the store', async () => {
  helper('mine', 'read url; printf \'{"ServerURL":"%s","Username":"%s","Secret":"s"}\' "$url" "$1-$url"');
  helper('store', 'exit 1');
  config({ credHelpers: { 'localhost:5000': 'mine' }, credsStore: 'store' });
  expect(await login('localhost:5000')).toEqual({ username: 'get-localhost:5000', password: 's' });
});

test('a store that has nothing leaves what stands in the file', async () => {
  helper('store', 'echo "credentials not found in native keychain"; exit 1');
  config({ credsStore: 'store', auths: { 'ghcr.io': { auth: basic('user:secret') } } });
  expect(await login('ghcr.io')).toEqual({ username: 'user', password: 'secret' });
});

test('a helper that fails is named, and what it printed is not', async () => {
  helper('store', 'echo "half of a secret"; exit 3');
  config({ credsStore: 'store' });
  const failure = await login('ghcr.io').catch((error: unknown) => error);
  expect(String(failure)).toContain('docker-credential-store get');
  expect(String(failure)).not.toContain('half of a secret');
  helper('store', 'echo "half of a secret"');
  expect(String(await login('ghcr.io').catch((error: unknown) => error))).not.toContain('half of a secret');
});

test('a helper is a name, never a path or an option', async () => {
  config({ credsStore: '../../bin/sh -c' });
  await expect(login('ghcr.io')).rejects.toThrow('is no name of a credential helper');
});

test('a configuration that is damaged is said to be, without what is in it', async () => {
  config('{"auths": {"ghcr.io": {"auth": "c2VjcmV0"');
  const failure = await login('ghcr.io').catch((error: unknown) => error);
  expect(String(failure)).toContain('it is no JSON object');
  expect(String(failure)).not.toContain('c2VjcmV0');
});
