import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseRepository } from '../../src/domain/image/reference.ts';
import type { OciImage } from '../../src/image/ociLayout.ts';
import { openRegistry } from '../../src/registry/openRegistry.ts';
import type { Artifact, Registry } from '../../src/registry/registry.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FaultyRegistry } from '../fakes/faultyRegistry.ts';
import { ImageLayout } from '../fakes/imageLayout.ts';

let server: FaultyRegistry;
let layout: ImageLayout;
let registry: Registry;
let image: OciImage;

beforeEach(async () => {
  server = new FaultyRegistry();
  layout = new ImageLayout();
  const repository = parseRepository(`${await server.open()}/shop/order-api`);
  if (repository === null) throw new Error('no repository');
  const credentials = { source: 'nowhere', login: () => Promise.resolve(null) };
  const log = { info: () => undefined, warning: () => undefined, group: () => undefined };
  const { signal } = new AbortController();
  registry = openRegistry({
    repository,
    credentials,
    clock: new FakeClock(),
    signal,
    log,
    timeoutMs: 60_000,
  });
  image = layout.image(layout.manifest([layout.blob('a layer')]));
  await registry.push(image, ['v1']);
});
afterEach(async () => {
  layout.remove();
  await server.close();
});

const sbom = (text: string): Artifact => {
  const file = join(image.layout, `${text}.json`);
  writeFileSync(file, text);
  return { artifactType: 'application/spdx+json', file, annotations: { platform: 'linux/amd64' } };
};
const tag = (): string => image.digest.replace(':', '-');
const folder = (name: string): string => {
  const path = join(image.layout, name);
  mkdirSync(path);
  return path;
};

describe.each([
  ['that lists what is attached', true],
  ['from before such lists', false],
])('a registry %s', (_, knows) => {
  beforeEach(() => {
    server.knowsReferrers = knows;
    server.pageLength = 1;
  });

  test('has two files attached to an image, and gives them back', async () => {
    expect(await registry.referrers(image.digest)).toEqual([]);
    const first = await registry.attach(image.digest, sbom('one'));
    const second = await registry.attach(image.digest, sbom('two'));
    expect([first.tag, second.tag]).toEqual(knows ? [null, null] : [tag(), tag()]);
    const found = await registry.referrers(image.digest);
    expect(found).toEqual(
      [first, second].map(({ digest }) => ({
        digest,
        artifactType: 'application/spdx+json',
        annotations: { platform: 'linux/amd64' },
      })),
    );
    const files = [
      await registry.artifact(first.digest, folder('first')),
      await registry.artifact(second.digest, folder('second')),
    ];
    expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(['one', 'two']);
    expect(server.manifests.has(tag())).toBe(!knows);
  });

  test('takes the same file twice and has it once; the image is what it was', async () => {
    const { digest } = await registry.attach(image.digest, sbom('one'));
    expect((await registry.attach(image.digest, sbom('one'))).digest).toBe(digest);
    expect(await registry.referrers(image.digest)).toHaveLength(1);
    expect((await registry.find('v1'))?.digest).toBe(image.digest);
  });
});

test('a registry that lists without saying so is asked, and gets no tag', async () => {
  server.knowsReferrers = true;
  server.faults.push({ method: 'PUT', path: /manifests/, does: { status: 201 } });
  expect((await registry.attach(image.digest, sbom('one'))).tag).toBeNull();
});

test('a list that does not say what is in it is read by the manifests', async () => {
  server.knowsReferrers = true;
  server.listSaysType = false;
  await registry.attach(image.digest, sbom('one'));
  expect(await registry.referrers(image.digest)).toMatchObject([
    { artifactType: 'application/spdx+json', annotations: { platform: 'linux/amd64' } },
  ]);
});

test("what somebody else put into the list under the tag stays as it is: cosign's signature", async () => {
  const theirs = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: `sha256:${'a'.repeat(64)}`,
    size: 7,
    artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    own: 'field',
  };
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [theirs],
  };
  server.manifests.set(tag(), { bytes: Buffer.from(JSON.stringify(index)), type: index.mediaType });
  await registry.attach(image.digest, sbom('one'));
  const now = JSON.parse(server.manifests.get(tag())?.bytes.toString('utf8') ?? '') as typeof index;
  expect(now.manifests).toEqual([theirs, expect.objectContaining({ artifactType: 'application/spdx+json' })]);
});

test('a list that was overwritten by another one in the same moment is written once more', async () => {
  server.faults.push({ method: 'PUT', path: /manifests\/sha256-/, does: { status: 201 } });
  await registry.attach(image.digest, sbom('one'));
  expect(await registry.referrers(image.digest)).toHaveLength(1);
});

test('a registry that lists nothing and lets no tag move is told, with what to do', async () => {
  await registry.attach(image.digest, sbom('one'));
  server.tagsStay = true;
  const failure = await registry.attach(image.digest, sbom('two')).catch((error: unknown) => error);
  expect(String(failure)).toContain('keeps no list of what is attached to an image');
  expect(failure).toMatchObject({ name: 'PreconditionError', remedy: expect.stringContaining('sha256-') });
});

test('a tag of that name that is an image is left alone', async () => {
  await registry.push(image, [tag()]);
  await expect(registry.attach(image.digest, sbom('one'))).rejects.toThrow('is no list of what is attached');
});

test('nothing is attached to an image that is not there', async () => {
  await expect(registry.attach(`sha256:${'b'.repeat(64)}`, sbom('one'))).rejects.toThrow('is not there');
});

test('a file that was changed on the way is not taken', async () => {
  const { digest } = await registry.attach(image.digest, sbom('one'));
  for (const [key, bytes] of server.blobs)
    if (String(bytes) === 'one') server.blobs.set(key, Buffer.from('two'));
  await expect(registry.artifact(digest, folder('changed'))).rejects.toThrow('has the digest');
});
