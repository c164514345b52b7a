import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { RegistryAuth } from '../../src/registry/auth.ts';
import { readChallenge, wantsLogin } from '../../src/registry/challenge.ts';
import type { RegistryLogin } from '../../src/registry/credentials.ts';
import { howToSignIn } from '../../src/registry/signIn.ts';

const { signal } = new AbortController();
const scope = 'repository:shop/order-api:pull,push';
let server: Server;
let realm: string;
let asked: { readonly path: string; readonly authorization: string | undefined; readonly body: string }[];
let statuses: number[];

/** A token endpoint that gives a token with a number; it fails as `statuses` says. A fake. */
beforeEach(async () => {
  [asked, statuses] = [[], []];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      asked.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
      response.writeHead(statuses.shift() ?? 200).end(`{"token":"token-${String(asked.length)}"}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  realm = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/token`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const auth = (...logins: (RegistryLogin | null)[]): RegistryAuth =>
  new RegistryAuth('registry.example', {
    source: 'the test',
    login: () => Promise.resolve(logins.length > 1 ? (logins.shift() ?? null) : (logins[0] ?? null)),
  });
const challenge = (): ReturnType<typeof readChallenge> =>
  readChallenge(`Bearer realm="${realm}",service="registry.example"`);

test('a token is asked for with scope, service and login, once for all who wait for it', async () => {
  const one = auth({ username: 'user', password: 'secret' });
  await Promise.all([1, 2, 3].map(() => one.renew(null, challenge(), scope, signal)));
  expect(one.header(scope)).toBe('Bearer token-1');
  expect(asked).toHaveLength(1);
  const url = new URL(asked[0]?.path ?? '', realm);
  expect(Object.fromEntries(url.searchParams)).toEqual({ scope, service: 'registry.example' });
  expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('user:secret').toString('base64')}`);
});

test('without a login a token is asked for anonymously', async () => {
  const one = auth(null);
  await one.renew(null, challenge(), scope, signal);
  expect(asked[0]?.authorization).toBeUndefined();
});

test('a login that the token endpoint refuses is fetched again, once', async () => {
  statuses = [401];
  const one = auth({ username: 'user', password: 'old' }, { username: 'user', password: 'new' });
  await one.renew(null, challenge(), scope, signal);
  expect(one.header(scope)).toBe('Bearer token-2');
  statuses = [401, 401];
  const other = auth({ username: 'user', password: 'wrong' });
  await expect(other.renew(null, challenge(), scope, signal)).rejects.toThrow('does not accept the login');
});

test('an identity token is exchanged, in the body and not in the address', async () => {
  const one = auth({ username: '<token>', password: 'identity' });
  await one.renew(null, challenge(), scope, signal);
  expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toMatchObject({
    grant_type: 'refresh_token',
    refresh_token: 'identity',
    scope,
  });
  expect(asked[0]?.path).toBe('/token');
});

test('no password goes to a token endpoint in the clear', async () => {
  const elsewhere = readChallenge('Bearer realm="http://tokens.example/token"');
  await expect(auth(null).renew(null, elsewhere, scope, signal)).rejects.toThrow('in the clear');
});

test('a registry that wants a login, and there is none, says how to sign in', async () => {
  const failure = await auth(null)
    .renew(null, readChallenge(null), scope, signal)
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({
    name: 'ConnectionError',
    remedy: expect.stringContaining('docker/login-action'),
  });
});

test.each([
  [null, { scheme: 'basic' }],
  ['Basic realm="x"', { scheme: 'basic' }],
  ['Bearer error="x"', { scheme: 'basic' }],
  [
    'Basic realm="x", Bearer realm="https://t.example/token",service="a, b",scope="repository:a:pull,push"',
    { scheme: 'bearer', realm: 'https://t.example/token', service: 'a, b', scope: 'repository:a:pull,push' },
  ],
  [
    'bearer realm=https://t.example/token',
    { scheme: 'bearer', realm: 'https://t.example/token', service: null, scope: null },
  ],
])('the challenge %s', (header, read) => {
  expect(readChallenge(header)).toEqual(read);
});

test.each([
  ['public.ecr.aws', 'aws ecr-public get-login-password'],
  ['111122223333.dkr.ecr.eu-west-1.amazonaws.com', 'aws-actions/configure-aws-credentials'],
  ['ghcr.io', 'docker/login-action'],
])('to %s one signs in by %s', (registry, way) => {
  expect(howToSignIn(registry)).toContain(way);
});

test.each<
  [why: string, status: number, said: string, method: 'HEAD' | 'PUT', isOld: boolean, wants: boolean]
>([
  ['nobody is signed in', 401, '', 'HEAD', false, true],
  ['it has expired', 403, 'denied: Your authorization token has expired. Reauthenticate.', 'PUT', true, true],
  ['it may have expired, and an answer to HEAD has no words', 403, '', 'HEAD', true, true],
  ['it was fetched for this very request', 403, '', 'HEAD', false, false],
  ['it may not', 403, 'denied: User is not authorized to perform ecr:PutImage', 'PUT', true, false],
])('ECR: %s (%i)', (_why, status, said, method, isOld, wants) => {
  const ecr = '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com';
  const answer = { status, body: Buffer.from(said) };
  expect(wantsLogin(ecr, answer, method, isOld)).toBe(wants);
  // Elsewhere 403 has always been an answer.
  expect(wantsLogin('ghcr.io', { status: 403, body: Buffer.from('') }, 'HEAD', true)).toBe(false);
});
