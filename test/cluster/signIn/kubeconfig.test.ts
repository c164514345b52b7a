import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { refuseTwoClusters } from '../../../src/cluster/signIn/clusterInputs.ts';
import { userCredentials } from '../../../src/cluster/signIn/credentials.ts';
import { findAccess } from '../../../src/cluster/signIn/kubeconfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'c4ang-kubeconfig-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function kubeconfig(name: string, user: string, more = ''): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    `
clusters:
  - {name: c, cluster: {server: 'https://${name}:6443/', certificate-authority: ca.crt}}
contexts:
  - {name: one, context: {cluster: c, user: u}}
  - {name: two, context: {cluster: c, user: u}}
users:
  - name: u
    user: ${user}
current-context: one
${more}`,
  );
  return path;
}

const headersOf = async (path: string): Promise<Readonly<Record<string, string>>> =>
  (await userCredentials(findAccess(path, null, {}).user).current()).headers;

test('takes the current context of the file given, and files in it beside it', () => {
  const path = kubeconfig('a', '{token: t}');
  expect(findAccess(path, null, {})).toMatchObject({
    cluster: { server: 'https://a:6443', caFile: join(folder, 'ca.crt') },
    title: `context one of ${path}`,
    file: { paths: path, context: 'one' },
  });
});

test('of several files in $KUBECONFIG the first entry of a name wins', () => {
  const paths = `${kubeconfig('a', '{token: t}')}:${kubeconfig('b', '{token: t}')}`;
  expect(findAccess(null, 'two', { KUBECONFIG: paths })).toMatchObject({
    cluster: { server: 'https://a:6443' },
    file: { paths, context: 'two' },
  });
});

test.each([
  [
    'a context that is not there',
    () => findAccess(kubeconfig('a', '{}'), 'three', {}),
    /has no context three/,
  ],
  [
    'a file that is not there',
    () => findAccess(join(folder, 'none'), null, {}),
    /none cannot be read: ENOENT/,
  ],
  ['no kubeconfig at all', () => findAccess(null, null, { HOME: folder }), /no cluster is given/],
])('%s is named', (_what, find, message) => {
  expect(find).toThrow(message);
});

test.each([
  ['a token', '{token: t}', { Authorization: 'Bearer t' }],
  ['name and password', '{username: u, password: p}', { Authorization: 'Basic dTpw' }],
  ['someone else', '{token: t, as: bob}', { Authorization: 'Bearer t', 'Impersonate-User': 'bob' }],
])('signs in by %s', async (_what, user, headers) => {
  expect(await headersOf(kubeconfig('s', user))).toEqual(headers);
});

test('signs in by a token file, as it is at that moment', async () => {
  writeFileSync(join(folder, 'token'), 'fresh');
  const path = kubeconfig('f', `{tokenFile: ${join(folder, 'token')}}`);
  expect(await headersOf(path)).toEqual({ Authorization: 'Bearer fresh' });
});

test('signs in by an exec plugin, and says what the plugin says when it fails', async () => {
  const answer = JSON.stringify({ status: { token: 'minted' } });
  const plugin = (script: string): string => `{exec: {command: sh, args: [-c, ${JSON.stringify(script)}]}}`;
  expect(await headersOf(kubeconfig('x', plugin(`echo '${answer}'`)))).toEqual({
    Authorization: 'Bearer minted',
  });
  await expect(headersOf(kubeconfig('y', plugin('echo session expired >&2; exit 1')))).rejects.toThrow(
    'session expired',
  );
});

test('a sign-in that Kubernetes has removed is refused', () => {
  expect(() => userCredentials({ name: 'u', authProvider: { name: 'gcp' } })).toThrow(/auth-provider/);
});

test('a cluster named in two ways is refused', () => {
  const inputs = {
    cluster: 'shop',
    'aws-region': 'ap-northeast-2',
    kubeconfig: 'file',
    context: null,
    service: 'a',
    namespace: 'b',
  };
  expect(() => refuseTwoClusters(inputs)).toThrow(/either cluster/);
});
