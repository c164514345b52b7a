import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseRepository } from '../../src/domain/image/reference.ts';
import type { Repository } from '../../src/domain/image/reference.ts';
import type { RegistryCredentials } from '../../src/registry/credentials.ts';
import { verifyLayout } from '../../src/image/verifyLayout.ts';
import { openRegistry } from '../../src/registry/openRegistry.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FaultyRegistry } from '../fakes/faultyRegistry.ts';
import { ImageLayout } from '../fakes/imageLayout.ts';

let server: FaultyRegistry;
let layout: ImageLayout;
let clock: FakeClock;
let lines: string[];
let logins: number;
let passwords: string[];
let cancel: AbortController;
let repository: Repository;
let registry: Registry;

beforeEach(async () => {
  server = new FaultyRegistry();
  layout = new ImageLayout();
  clock = new FakeClock();
  [lines, logins, passwords, cancel] = [[], 0, ['right'], new AbortController()];
  const parsed = parseRepository(`${await server.open()}/shop/order-api`);
  if (parsed === null) throw new Error('no repository');
  repository = parsed;
  const credentials: RegistryCredentials = {
    source: 'the test',
    login: () => {
      logins += 1;
      const password = passwords.length > 1 ? passwords.shift() : passwords[0];
      // As in ECR: a new login is good from the moment it is given out.
      if (server.password !== null && password !== 'wrong') server.password = password ?? null;
      return Promise.resolve(password === undefined ? null : { username: 'user', password });
    },
  };
  const log = {
    info: (line: string) => void lines.push(line),
    warning: (line: string) => void lines.push(line),
    group: () => undefined,
  };
  const { signal } = cancel;
  registry = openRegistry({ repository, credentials, clock, signal, log, timeoutMs: 120_000 });
});

afterEach(async () => {
  layout.remove();
  await server.close();
});

const small = (): ReturnType<ImageLayout['image']> =>
  layout.image(layout.manifest([layout.blob('one layer'), layout.blob('another')]));

describe('a pull', () => {
  const other = new ImageLayout();
  const empty = other.image(other.manifest([]));
  const folder = (): string => join(mkdtempSync(join(tmpdir(), 'c4ang-pull-')), 'layout');
  afterAll(() => {
    other.remove();
  });

  test.each([true, false])(
    'has every blob of every platform by its digest, also large ones (ranges: %s)',
    async (knowsRanges) => {
      server.knowsRanges = knowsRanges;
      const large = layout.blob(Buffer.alloc(9 * 1024 * 1024, 'x'));
      for (const image of [layout.image(layout.index()), layout.image(layout.manifest([large]))]) {
        await registry.push(image, [image.digest.slice(7, 19)]);
        const pulled = await registry.pull(image.digest, folder(), empty);
        expect(pulled?.digest).toBe(image.digest);
        expect(await verifyLayout(pulled ?? empty)).toEqual(await verifyLayout(image));
      }
    },
  );

  test('does not load what is here already', async () => {
    const image = small();
    await registry.push(image, ['v1']);
    server.asked.length = 0;
    await registry.pull(image.digest, folder(), image);
    expect(server.asked.filter((line) => line.includes('/blobs/'))).toEqual([]);
  });

  test('of what is not there is null; of what is there in part, or is another, a failure', async () => {
    const image = small();
    expect(await registry.pull(image.digest, folder(), empty)).toBeNull();
    await registry.push(image, ['v1']);
    const [first = ''] = server.blobs.keys();
    const bytes = server.blobs.get(first) ?? Buffer.alloc(0);
    server.blobs.set(first, Buffer.alloc(bytes.byteLength, '?'));
    await expect(registry.pull(image.digest, folder(), empty)).rejects.toThrow('has the content of');
    server.blobs.set(first, Buffer.alloc(0));
    await expect(registry.pull(image.digest, folder(), empty)).rejects.toThrow('is missing there');
    server.blobs.delete(first);
    await expect(registry.pull(image.digest, folder(), empty)).rejects.toThrow();
  });
});

describe('a push', () => {
  test('writes blobs, then children, then the tag', async () => {
    const image = layout.image(layout.index());
    const pushed = await registry.push(image, ['v1.2.0', 'abc1234']);
    expect(pushed.tags).toEqual([
      { tag: 'v1.2.0', outcome: 'pushed' },
      { tag: 'abc1234', outcome: 'pushed' },
    ]);
    const puts = server.asked.filter((line) => line.startsWith('PUT'));
    const kinds = puts.map((line) =>
      line.includes('uploads') ? 'blob' : line.includes('sha256:') ? 'child' : 'tag',
    );
    expect(kinds).toEqual([
      ...Array<string>(7).fill('blob'),
      ...Array<string>(3).fill('child'),
      'tag',
      'tag',
    ]);
    expect(server.manifests.get('v1.2.0')?.type).toBe('application/vnd.oci.image.index.v1+json');
  });

  test('done twice uploads nothing, and says so', async () => {
    const image = small();
    expect(await registry.push(image, ['v1'])).toMatchObject({
      uploadedBytes: expect.any(Number),
      reusedBlobs: 0,
    });
    server.asked.length = 0;
    expect(await registry.push(image, ['v1'])).toEqual({
      digest: image.digest,
      tags: [{ tag: 'v1', outcome: 'already-there' }],
      uploadedBytes: 0,
      reusedBlobs: 3,
    });
    expect(server.asked).toEqual(['HEAD shop/order-api/manifests/v1']);
  });

  test('of an image that is there under another tag writes the new tag only', async () => {
    const image = small();
    await registry.push(image, ['v1']);
    server.asked.length = 0;
    const again = await registry.push(image, ['v1', 'v1-again']);
    expect(again.tags.map(({ outcome }) => outcome)).toEqual(['already-there', 'pushed']);
    expect(server.asked.filter((line) => line.includes('blobs'))).toEqual([]);
  });

  test('of another image under a tag that is taken names both digests, and uploads nothing', async () => {
    const first = small();
    await registry.push(first, ['v1']);
    const second = layout.image(layout.manifest([layout.blob('other')]));
    server.asked.length = 0;
    const failure = await registry.push(second, ['new', 'v1']).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ConflictError' });
    expect(String(failure)).toContain(first.digest);
    expect(String(failure)).toContain(second.digest);
    expect(server.asked.every((line) => line.startsWith('HEAD'))).toBe(true);
  });

  test('that loses a race for a tag says whose it is; one that loses it to itself is fine', async () => {
    const image = small();
    const immutable = {
      status: 400,
      body: '{"errors":[{"code":"TAG_INVALID","message":"the tag is immutable"}]}',
    };
    server.faults.push({ method: 'PUT', path: /manifests\/v1$/, does: immutable });
    const failure = await registry.push(image, ['v1']).catch((error: unknown) => error);
    expect(String(failure)).toContain('the tag is immutable');
    const theirs = { bytes: Buffer.from('{}'), type: 'x' };
    server.faults.push({ method: 'HEAD', path: /manifests\/v1$/, does: { status: 404 } });
    server.faults.push({ method: 'PUT', path: /manifests\/v1$/, does: immutable });
    server.manifests.set('v1', theirs);
    await expect(registry.push(image, ['v1'])).rejects.toMatchObject({ name: 'ConflictError' });
  });

  test('is signed in again when the login expires in the middle', async () => {
    server.password = 'first';
    passwords = ['first', 'second'];
    const image = small();
    server.faults.push({ method: 'PUT', path: /uploads/, does: { status: 401 } });
    await registry.push(image, ['v1']);
    expect(logins).toBe(2);
    expect(server.manifests.has('v1')).toBe(true);
  });

  test("takes ECR's way to say that a login has expired for what it is", async () => {
    const said = 'denied: Your authorization token has expired. Reauthenticate and try again.';
    server.password = 'right';
    server.faults.push({ method: 'PUT', path: /uploads/, does: { status: 403, body: said } });
    await registry.push(small(), ['v1']);
    expect(logins).toBe(2);
  });

  test('with a login that is refused twice fails without a tag, and without the password', async () => {
    server.password = 'right';
    passwords = ['wrong'];
    const failure = await registry.push(small(), ['v1']).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ConnectionError' });
    expect(String(failure)).toContain('does not accept the login from the test');
    expect(String(failure)).not.toContain('wrong');
    expect(server.manifests.size).toBe(0);
  });

  test('outlives 429, 500, resets and cut off answers, and waits as long as it is told', async () => {
    server.faults.push(
      { method: 'HEAD', path: /manifests/, does: { status: 429, headers: { 'retry-after': '7' } } },
      { method: 'POST', path: /uploads/, does: { status: 500 } },
      { method: 'PUT', path: /uploads/, does: 'reset' },
      { method: 'PUT', path: /manifests\/v1/, does: { status: 503 } },
    );
    const image = small();
    expect(await registry.push(image, ['v1'])).toMatchObject({ digest: image.digest });
    expect(clock.slept).toContain(7_000);
    server.faults.push({ method: 'GET', path: /manifests/, does: 'truncate' });
    server.faults.push({ method: 'GET', path: /blobs/, does: 'truncate' });
    expect(await registry.facts('v1')).toMatchObject({ digest: image.digest });
  });

  test('gives up at last, saying what the registry said, and no tag is there', async () => {
    for (let count = 0; count < 50; count += 1) {
      const body = '{"errors":[{"code":"UNKNOWN","message":"no space left on device"}]}';
      server.faults.push({ method: 'PUT', path: /uploads/, does: { status: 500, body } });
    }
    const failure = await registry.push(small(), ['v1']).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ConnectionError' });
    expect(String(failure)).toContain('no space left on device');
    expect(server.manifests.size).toBe(0);
    expect(clock.monotonic()).toBeLessThan(120_000);
  });

  test('does not believe a registry that stored something else', async () => {
    server.faults.push({ method: 'PUT', path: /uploads/, does: 'wrong digest' });
    const failure = await registry.push(small(), ['v1']).catch((error: unknown) => error);
    expect(String(failure)).toContain('the registry says that it stored');
    expect(server.manifests.size).toBe(0);
  });

  test('does not send what is not what the manifest says', async () => {
    const layer = layout.blob('one layer');
    const image = layout.image(layout.manifest([layer]));
    writeFileSync(layout.file(layer.digest), 'bad layer');
    const failure = await registry.push(image, ['v1']).catch((error: unknown) => error);
    expect(String(failure)).toContain('is damaged');
    writeFileSync(layout.file(layer.digest), 'short');
    await expect(registry.push(image, ['v1'])).rejects.toThrow('has 5 bytes, not 9');
    expect(server.manifests.size).toBe(0);
  });

  test('sends a large layer in pieces where it is not taken whole, and goes on where it broke off', async () => {
    server.mostBytes = 9 * 1024 * 1024;
    const layer = layout.blob(Buffer.alloc(17 * 1024 * 1024, 7));
    server.faults.push({ method: 'PATCH', path: /uploads/, does: { status: 502 } });
    await registry.push(layout.image(layout.manifest([layer])), ['v1']);
    expect(server.blobs.get(layer.digest)?.byteLength).toBe(layer.size);
    expect(server.asked.filter((line) => line.startsWith('PATCH'))).toHaveLength(4);
  }, 30_000);

  test('that is cancelled ends at once, with no tag', async () => {
    server.faults.push({ method: 'PUT', path: /uploads/, does: { status: 500 } });
    const pushing = registry.push(small(), ['v1']);
    cancel.abort(new Error('stopped by SIGINT'));
    await expect(pushing).rejects.toThrow('stopped by SIGINT');
    expect(server.manifests.size).toBe(0);
  });

  test('that is denied prints what to allow', async () => {
    const body = '{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}';
    server.faults.push({ method: 'POST', path: /uploads/, does: { status: 403, body } });
    const failure = await registry
      .push(layout.image(layout.manifest([])), ['v1'])
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'PermissionError' });
  });
});

describe('facts', () => {
  test('are null where there is nothing, and each platform without its attestations', async () => {
    expect(await registry.facts('v1')).toBeNull();
    expect(await registry.find('v1')).toBeNull();
    const index = layout.index();
    await registry.push(layout.image(index), ['v1']);
    expect(await registry.find('v1')).toEqual({
      digest: index.digest,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      size: index.size,
    });
    const facts = await registry.facts('v1');
    expect(facts?.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(facts?.platforms[0]).toMatchObject({
      created: '2026-11-21T00:00:00Z',
      layers: [{ size: 6 }, { size: 9 }],
    });
  });
});
