import { expect, test } from '@jest/globals';
import { parse } from '../../src/actions/build-scan-push/inputs.ts';
import { signingWay } from '../../src/actions/build-scan-push/sign.ts';
import { sbomStatements, signStatement } from '../../src/domain/image/signing.ts';
import { BuildStage } from '../fakes/buildStage.ts';

const kinds = (stage: BuildStage): readonly string[] => stage.order.map((what) => what.split(' ')[0] ?? '');
const signing = (): BuildStage => {
  const stage = new BuildStage();
  stage.signs = true;
  return stage;
};

test('the digest is signed after the push, and the SBOM after that; who signs is known before the build', async () => {
  const stage = signing();
  await stage.run({ sbom: 'spdx' });
  expect(kinds(stage)).toEqual(['signer', 'lint', 'build', 'scan', 'push', 'attach', 'sign', 'attest']);
  const image = stage.given.get('image') ?? '';
  expect(stage.order.at(-2)).toBe(`sign ${image}`);
  expect(stage.given.get('signed-by')).toBe('https://github.com/shop/release.yml');
  expect(stage.facts.get('signed by')).toBe('https://github.com/shop/release.yml');
  expect(stage.facts.get('to verify')).toBe(
    `cosign verify --certificate-identity https://github.com/shop/release.yml --certificate-oidc-issuer https://issuer.test ${image}`,
  );
});

test('who cannot sign is told before anything is built', async () => {
  const stage = signing();
  stage.signerFails = true;
  await expect(stage.run()).rejects.toThrow('no OIDC token');
  expect(stage.order).toEqual(['signer']);
});

test('an image that is there is not signed twice, and is signed when it was not', async () => {
  const stage = signing();
  await stage.run();
  stage.order.length = 0;
  await stage.run();
  expect(kinds(stage)).toEqual(['signer', 'said']);
  expect(stage.facts.get('signed by')).toContain('in an earlier run');
  stage.said.length = 0;
  stage.order.length = 0;
  await stage.run();
  expect(kinds(stage)).toEqual(['signer', 'said', 'sign']);
  expect(stage.facts.get('signed by')).not.toContain('earlier');
});

test('an SBOM that is attached and not signed is not signed afterwards: it is made anew', async () => {
  const stage = new BuildStage();
  await stage.run({ sbom: 'spdx' });
  stage.signs = true;
  stage.order.length = 0;
  await stage.run({ sbom: 'spdx' });
  expect(kinds(stage)).toEqual(['signer', 'said', 'lint', 'pull', 'scan', 'sign', 'attest']);
  stage.order.length = 0;
  await stage.run({ sbom: 'spdx' });
  expect(kinds(stage)).toEqual(['signer', 'said']);
  expect(stage.said).toEqual([signStatement, sbomStatements.spdx]);
});

test('a signature that fails is told with the image that is there, and what to type', async () => {
  const stage = signing();
  stage.signFails = true;
  const failure = await stage.run().catch((error: unknown) => error);
  expect(String(failure)).toMatch(/sha256:\w{12} is in the registry, unsigned: cosign sign/);
  expect(failure).toMatchObject({
    remedy: expect.stringMatching(/Then run the step again: .* Or by hand: cosign sign --yes localhost:5000/),
  });
  expect(stage.given.has('image')).toBe(false);
  stage.signFails = false;
  stage.order.length = 0;
  await stage.run();
  expect(kinds(stage)).toEqual(['signer', 'said', 'sign']);
  expect(stage.given.get('image')).toContain('localhost:5000/order-api@sha256:');
});

test('the job that pushes signs what it pushes, and the SBOM that was handed over', async () => {
  const stage = new BuildStage();
  await stage.run({ push: 'false', sbom: 'cyclonedx' });
  const names = ['layout', 'digest', 'verdict', 'sbom-digest'];
  const handed = Object.fromEntries(names.map((name) => [name, stage.given.get(name) ?? '']));
  stage.order.length = 0;
  stage.signs = true;
  await stage.run(handed);
  expect(kinds(stage)).toEqual(['signer', 'push', 'attach', 'sign', 'attest']);
  stage.order.length = 0;
  await stage.run(handed);
  expect(kinds(stage)).toEqual(['signer', 'said']);
});

const pem =
  '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nZmFr\nZQ==\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----';
const way = (given: Readonly<Record<string, string>>): unknown =>
  signingWay(parse({ repository: 'localhost:5000/order-api', ...given }));

test('ways to sign', () => {
  expect(way({})).toBeNull();
  expect(way({ sign: 'keyless' })).toEqual({ kind: 'keyless' });
  expect(way({ sign: 'key', 'signing-key': 'awskms:///alias/images' })).toMatchObject({
    key: { kind: 'kms', address: 'awskms:///alias/images' },
    isLogged: true,
  });
  expect(
    way({ sign: 'key', 'signing-key': `${pem}\n`, 'signing-password': 'p', 'signing-log': 'none' }),
  ).toEqual({ kind: 'key', key: { kind: 'file', pem: `${pem}\n` }, password: 'p', isLogged: false });
});

test.each<[input: string, given: Readonly<Record<string, string>>]>([
  ['sign', { sign: 'yes' }],
  ['signing-key', { sign: 'key' }],
  ['signing-key', { sign: 'key', 'signing-key': 's3cret.key' }],
  ['signing-key', { sign: 'key', 'signing-key': pem.replaceAll('ENCRYPTED ', '').replace('Zm', 's3cret') }],
  ['signing-key', { sign: 'key', 'signing-key': 'gcpkms://s3cret' }],
  ['signing-key', { sign: 'keyless', 'signing-key': 's3cret' }],
  ['signing-key', { 'signing-key': 's3cret' }],
  ['signing-password', { sign: 'keyless', 'signing-password': 's3cret' }],
  [
    'signing-password',
    { sign: 'key', 'signing-key': 'awskms:///alias/images', 'signing-password': 's3cret' },
  ],
  ['signing-log', { sign: 'keyless', 'signing-log': 'none' }],
])('%s is refused, and nothing secret is shown: %j', (input, given) => {
  expect(() => way(given)).toThrow(`${input}: given`);
  expect(() => way(given)).not.toThrow('s3cret');
});
