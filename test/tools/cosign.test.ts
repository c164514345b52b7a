import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { byDigest, parseRepository } from '../../src/domain/image/reference.ts';
import type { SigningWay } from '../../src/domain/image/signing.ts';
import { openRegistry } from '../../src/registry/openRegistry.ts';
import type { Cosign } from '../../src/tools/cosign.ts';
import { attestArgv, cosignProgram, signArgv, verifyArgv } from '../../src/tools/cosign.ts';
import { openCosign } from '../../src/tools/openCosign.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FakeExec } from '../fakes/exec.ts';
import { FaultyRegistry } from '../fakes/faultyRegistry.ts';
import { ImageLayout } from '../fakes/imageLayout.ts';

const fakes = join(import.meta.dirname, '../fakes/bin');
const path = [fakes, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
const spdx = 'https://spdx.dev/Document';
const signature = 'https://sigstore.dev/cosign/sign/v1';

describe('what is typed', () => {
  const image = `registry.test/order-api@sha256:${'a'.repeat(64)}`;
  const keyless = {
    signer: { kind: 'keyless' as const, identity: 'I', issuer: 'O' },
    key: null,
    publicKey: null,
  };
  const key = {
    signer: { kind: 'key' as const, key: 'k', isLogged: false },
    key: 'env://SIGNING_KEY',
    publicKey: '/pub',
  };
  const noServices = { signingConfig: '/sc', trustedRoot: '/tr' };
  const sbom = { format: 'spdx' as const, path: '/sbom.json' };
  test.each([
    [signArgv(image, { ...keyless, noServices: null }), `sign --yes ${image}`],
    [
      signArgv(image, { ...key, noServices }),
      `sign --yes --key env://SIGNING_KEY --signing-config /sc --trusted-root /tr ${image}`,
    ],
    [
      attestArgv(image, sbom, { ...keyless, noServices: null }),
      `attest --yes --type spdxjson --predicate /sbom.json ${image}`,
    ],
    [
      verifyArgv(image, keyless),
      `verify --output json --certificate-identity I --certificate-oidc-issuer O ${image}`,
    ],
    [verifyArgv(image, key), `verify --output json --key /pub --insecure-ignore-tlog ${image}`],
  ])('%#', (argv, typed) => {
    expect(argv.join(' ')).toBe(typed);
  });

  test.each([
    ['UNAUTHORIZED: authentication required', 'push to the repository'],
    ['decrypt: encrypted: decryption failed', 'signing-password'],
    ['Post "https://fulcio.sigstore.dev/api/v2/signingCert": dial tcp', 'signing-log: none'],
    [
      'is not authorized to perform: kms:Sign on resource: arn:aws:kms:r:1:key/2 because',
      'arn:aws:kms:r:1:key/2',
    ],
    ['something else', 'See what cosign says'],
  ])('%s: what to do is said', async (stderr, remedy) => {
    const exec = new FakeExec({ exitCode: 1, stderr });
    const cosign = cosignProgram(exec, {
      ...key,
      program: 'cosign',
      noServices: null,
      secrets: () => Promise.resolve({}),
      signIn: () => Promise.resolve(),
      timeoutMs: 1_000,
      signal: new AbortController().signal,
    });
    const failure = await cosign.sign(image).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ToolError', remedy: expect.stringContaining(remedy) });
  });
});

let folder = '';
let server: FaultyRegistry;
let layout: ImageLayout;
let host = '';
let image = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cosign-'));
  server = new FaultyRegistry();
  server.knowsReferrers = true;
  layout = new ImageLayout();
  host = await server.open();
  const repository = parseRepository(`${host}/shop/order-api`);
  if (repository === null) throw new Error('no repository');
  const credentials = { source: 'nowhere', login: () => Promise.resolve(null) };
  const log = { info: () => undefined, warning: () => undefined, group: () => undefined };
  const { signal } = new AbortController();
  const registry = openRegistry({
    repository,
    credentials,
    clock: new FakeClock(),
    signal,
    log,
    timeoutMs: 60_000,
  });
  const built = layout.image(layout.manifest([layout.blob('a layer')]));
  await registry.push(built, ['v1']);
  image = byDigest(repository, built.digest);
  server.password = 'right';
});
afterEach(async () => {
  layout.remove();
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

const claims = {
  iss: 'https://token.actions.githubusercontent.com',
  job_workflow_ref: 'shop/order-api/.github/workflows/release.yml@refs/heads/main',
};
let tokens: string[] = [];
const token = (given: object = claims): string =>
  `e30.${Buffer.from(JSON.stringify(given)).toString('base64url')}.c2ln`;

let opened = 0;
function open(
  way: SigningWay,
  env: Readonly<Record<string, string>> = {},
  issued = token(),
): Promise<Cosign> {
  tokens = [];
  opened += 1;
  const own = join(folder, `cosign-${String(opened)}`);
  mkdirSync(own);
  return openCosign(way, {
    env: {
      PATH: path,
      AWS_ACCESS_KEY_ID: 'AKIANONE',
      GITHUB_TOKEN: 'ghs_none',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.test/?api-version=2',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'ask-for-any',
      ...env,
    },
    folder: own,
    clock: new FakeClock(),
    fetch: (url) => {
      tokens.push(url);
      return Promise.resolve(Response.json({ value: issued }));
    },
    registry: host,
    credentials: {
      source: 'the test',
      login: () => Promise.resolve({ username: 'user', password: 'right' }),
    },
    timeoutMs: 20_000,
    signal: new AbortController().signal,
  });
}

/** The fake is a program of its own, and starts as slowly as Node does. */
const slow = 30_000;
const keys: string[] = [];
beforeAll(() => {
  const made = mkdtempSync(join(tmpdir(), 'cosign-keys-'));
  for (const name of ['one', 'other']) {
    const argv = ['generate-key-pair', '--output-key-prefix', name];
    execFileSync(join(fakes, 'cosign'), argv, { cwd: made, env: { PATH: path, COSIGN_PASSWORD: 'pass' } });
    keys.push(readFileSync(join(made, `${name}.key`), 'utf8'));
  }
  rmSync(made, { recursive: true });
}, slow);

const keyWay = (pem = keys[0] ?? ''): SigningWay & { readonly kind: 'key' } => ({
  kind: 'key',
  key: { kind: 'file', pem },
  password: 'pass',
  isLogged: false,
});

interface Seen {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}
const seen = (): readonly Seen[] =>
  readFileSync(join(folder, `cosign-${String(opened)}`, 'home/seen.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Seen);
const secretsOf = (command: string): readonly string[] =>
  Object.keys(seen().find(({ argv }) => argv[0] === command)?.env ?? {})
    .filter((name) => /AWS|TOKEN|KEY|PASSWORD|DOCKER|ACTIONS|GITHUB/.test(name))
    .toSorted();

test(
  'by a key: the digest is signed and its SBOM, once each, and another key knows nothing of it',
  async () => {
    const cosign = await open(keyWay());
    expect(cosign.signer).toMatchObject({
      kind: 'key',
      key: expect.stringMatching(/^the key [0-9a-f]{16} /),
    });
    expect(await cosign.said(image)).toEqual([]);
    await cosign.sign(image);
    const sbom = join(folder, 'sbom.json');
    writeFileSync(sbom, '{"spdxVersion": "SPDX-2.3"}');
    await cosign.attest(image, { format: 'spdx', platform: 'linux/amd64', path: sbom });
    expect(new Set(await cosign.said(image))).toEqual(new Set([signature, spdx]));
    expect(JSON.stringify(seen().map(({ argv }) => argv))).not.toMatch(/PRIVATE KEY|"pass"/);
    const other = await open(keyWay(keys[1]));
    expect(await other.said(image)).toEqual([]);
  },
  slow,
);

test(
  'the program gets the key, its password and the login of the registry; to verify, only that',
  async () => {
    const cosign = await open(keyWay());
    await cosign.said(image);
    await cosign.sign(image);
    expect(secretsOf('public-key')).toEqual(['COSIGN_PASSWORD', 'DOCKER_CONFIG', 'SIGNING_KEY']);
    expect(secretsOf('verify')).toEqual(['DOCKER_CONFIG']);
    expect(secretsOf('sign')).toEqual(['COSIGN_PASSWORD', 'DOCKER_CONFIG', 'SIGNING_KEY']);
    const config = join(seen()[0]?.env['DOCKER_CONFIG'] ?? '', 'config.json');
    expect(statSync(config).mode & 0o777).toBe(0o600);
  },
  slow,
);

test(
  'keyless: as the workflow, by a token for Sigstore alone, fetched anew for each signature',
  async () => {
    const cosign = await open({ kind: 'keyless' });
    expect(cosign.signer).toEqual({
      kind: 'keyless',
      identity: `https://github.com/${claims.job_workflow_ref}`,
      issuer: claims.iss,
    });
    expect(tokens).toEqual(['https://token.test/?api-version=2&audience=sigstore']);
    await cosign.sign(image);
    expect(tokens).toHaveLength(2);
    expect(await cosign.said(image)).toEqual([signature]);
    // Who has the other one could ask for a token that AWS takes.
    expect(secretsOf('sign')).toEqual(['DOCKER_CONFIG', 'SIGSTORE_ID_TOKEN']);
    expect(secretsOf('verify')).toEqual(['DOCKER_CONFIG']);
  },
  slow,
);

test(
  'keyless without id-token: write is refused before anything is fetched',
  async () => {
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: undefined } as unknown as Readonly<Record<string, string>>;
    await expect(open({ kind: 'keyless' }, env)).rejects.toMatchObject({
      message: 'this job has no OIDC token to sign with',
      remedy: expect.stringContaining('id-token: write'),
    });
    await expect(
      open({ kind: 'keyless' }, {}, token({ ...claims, iss: 'https://ghe.test' })),
    ).rejects.toThrow('do not know the issuer');
    await expect(open({ kind: 'keyless' }, {}, 'no token')).rejects.toThrow('gives no OIDC token');
  },
  slow,
);

test(
  'a password that does not open the key is told before anything is built',
  async () => {
    await expect(open({ ...keyWay(), password: 'wrong' })).rejects.toMatchObject({
      name: 'ToolError',
      remedy: expect.stringContaining('signing-password'),
    });
  },
  slow,
);

test(
  'a key in KMS: AWS credentials go to what signs, and the statement to add is printed when they are not enough',
  async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(join(folder, 'kms.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const key = { kind: 'kms' as const, address: 'awskms:///alias/images' };
    const way: SigningWay = { kind: 'key', key, password: '', isLogged: true };
    const env = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_ACCESS_KEY_ID: 'AKIAFAKE' };
    const cosign = await open(way, env);
    expect(cosign.signer).toEqual({ kind: 'key', key: key.address, isLogged: true });
    await cosign.sign(image);
    expect(await cosign.said(image)).toEqual([signature]);
    const aws = ['AWS_ACCESS_KEY_ID', 'AWS_CONFIG_FILE'];
    expect(secretsOf('sign')).toEqual([...aws, 'COSIGN_PASSWORD', 'DOCKER_CONFIG']);
    expect(secretsOf('verify')).toEqual(['DOCKER_CONFIG']);
    await expect(open(way, { ...env, AWS_ACCESS_KEY_ID: 'AKIADENIED' })).rejects.toMatchObject({
      remedy: expect.stringContaining('"kms:GetPublicKey", "kms:Sign"'),
    });
  },
  slow,
);
