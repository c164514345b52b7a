import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseRepository } from '../../../src/domain/image/reference.ts';
import type { RegistryCredentials } from '../../../src/registry/credentials.ts';
import { openRegistry } from '../../../src/registry/openRegistry.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { givenLogin } from '../../../src/registry/givenLogin.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { workflowLog } from '../../../src/runtime/workflowLog.ts';
import { ImageLayout } from '../../fakes/imageLayout.ts';
import { between } from './betweenServers.ts';
import { ownRegistry } from './ownRegistry.ts';
import type { OwnServer } from './ownRegistry.ts';

// Against real registries: distribution, which the lab runs, too, or the one that --registry names; and another one
// that wants a login.

const megabyte = 1024 * 1024;
const named = process.env['E2E_REGISTRY'] ?? '';
const anonymous: RegistryCredentials = { source: 'nowhere', login: () => Promise.resolve(null) };
const lines: string[] = [];
const layout = new ImageLayout();
let own: OwnServer | undefined;
let locked: OwnServer;
/** The registry that lets everybody in. */
let host: string;

// user:right, by htpasswd -B.
const users = ['user:$2y$05$abcdefghijklmnopqrstuu8xaCxxL82bnl.UY74PMksDxIJShppPC'];

beforeAll(async () => {
  locked = await ownRegistry(users);
  if (named === '') own = await ownRegistry();
  host = own?.host ?? new URL(named).host;
}, 120_000);
afterAll(async () => {
  layout.remove();
  await Promise.all([locked.stop(), own?.stop()]);
});

const freshName = (): string => `shop/order-api-${randomUUID().slice(0, 8)}`;

function open(at: string, name: string, credentials = anonymous): Registry {
  const repository = parseRepository(`${at}/${name}`);
  if (repository === null) throw new Error('no repository');
  const log = workflowLog({ write: (text) => lines.push(text) }, false);
  const { signal } = new AbortController();
  return openRegistry({ repository, credentials, clock: systemClock, signal, log, timeoutMs: 60_000 });
}

const tagsOf = async (at: string, name: string): Promise<readonly string[]> => {
  const answer = await fetch(`http://${at}/v2/${name}/tags/list`);
  return answer.ok ? ((await answer.json()) as { readonly tags: readonly string[] }).tags : [];
};

const layers = (count: number, bytes: number): ReturnType<ImageLayout['blob']>[] =>
  Array.from({ length: count }, () => layout.blob(randomBytes(bytes)));

describe('a registry that lets everybody in', () => {
  test('takes an index with its platforms and attestations, and has all of it', async () => {
    const name = freshName();
    const image = layout.image(layout.index());
    const registry = open(host, name);
    const pushed = await registry.push(image, ['v1.2.0', 'abc1234']);
    expect(pushed).toMatchObject({ digest: image.digest, reusedBlobs: 0 });
    expect(new Set(await tagsOf(host, name))).toEqual(new Set(['abc1234', 'v1.2.0']));
    expect(await registry.find('v1.2.0')).toMatchObject({ digest: image.digest });
    const facts = await registry.facts('abc1234');
    expect(facts?.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
  });

  test('a tag is given once: the same image again is fine, another one is refused with both digests', async () => {
    const name = freshName();
    const [first, second] = [layout.manifest(layers(1, 1000)), layout.manifest(layers(1, 1000))];
    const registry = open(host, name);
    await registry.push(layout.image(first), ['v1']);
    const again = await registry.push(layout.image(first), ['v1']);
    expect(again).toMatchObject({ uploadedBytes: 0, tags: [{ tag: 'v1', outcome: 'already-there' }] });
    const failure = await registry.push(layout.image(second), ['v2', 'v1']).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ConflictError' });
    expect(String(failure)).toContain(first.digest);
    expect(String(failure)).toContain(second.digest);
    expect(await tagsOf(host, name)).toEqual(['v1']);
    expect(await registry.find(second.digest)).toBeNull();
  });

  test('takes a layer from another of its repositories when the image says that it is there', async () => {
    const [from, to] = [freshName(), freshName()];
    const base = layout.blob(randomBytes(megabyte));
    await open(host, from).push(layout.image(layout.manifest([base])), ['base']);
    const annotations = { [`containerd.io/distribution.source.${host}`]: from };
    const image = layout.image(layout.manifest([{ ...base, annotations }, layout.blob('on top')]));
    const pushed = await open(host, to).push(image, ['v1']);
    expect(pushed.uploadedBytes).toBeLessThan(megabyte);
    expect((await open(host, to).facts('v1'))?.platforms[0]?.layers).toHaveLength(2);
  });

  test('a push that is killed in the middle leaves no tag, and the next one sends what is missing', async () => {
    const name = freshName();
    const image = layout.image(layout.manifest(layers(6, megabyte)));
    let puts = 0;
    const gate = Promise.withResolvers<undefined>();
    const slow = await between(host, (request) => {
      if (request.method !== 'PUT') return 'pass';
      puts += 1;
      if (puts === 4) setTimeout(() => gate.resolve(undefined), 500);
      return puts < 4 ? 'pass' : 'hold';
    });
    const script = join(import.meta.dirname, 'pushOnce.ts');
    const child = spawn(
      process.execPath,
      [script, `${slow.host}/${name}`, image.layout, image.digest, 'v1'],
      {
        stdio: 'ignore',
      },
    );
    await gate.promise;
    child.kill('SIGKILL');
    await once(child, 'exit');
    await slow.close();
    const registry = open(host, name);
    expect(await registry.find('v1')).toBeNull();
    const pushed = await registry.push(image, ['v1']);
    expect(pushed.reusedBlobs).toBe(3);
    expect(await registry.find('v1')).toMatchObject({ digest: image.digest });
  });

  test('behind a proxy that limits bodies a large layer goes in pieces', async () => {
    const name = freshName();
    const limited = await between(host, (request) =>
      Number(request.headers['content-length'] ?? '0') > 20 * megabyte ? 413 : 'pass',
    );
    try {
      const [layer] = layers(1, 40 * megabyte);
      if (layer === undefined) throw new Error('no layer');
      const image = layout.image(layout.manifest([layer]));
      await open(limited.host, name).push(image, ['v1']);
      expect((await open(host, name).facts('v1'))?.platforms[0]?.layers).toMatchObject([
        { size: layer.size },
      ]);
    } finally {
      await limited.close();
    }
  });
});

describe('a registry that wants a login', () => {
  test('gets one, and a fresh one when the first has expired', async () => {
    const logins = ['expired', 'right'];
    const credentials: RegistryCredentials = {
      source: 'the test',
      login: () => Promise.resolve({ username: 'user', password: logins.shift() ?? 'none' }),
    };
    const image = layout.image(layout.manifest(layers(3, 1000)));
    expect(await open(locked.host, freshName(), credentials).push(image, ['v1'])).toMatchObject({
      digest: image.digest,
    });
    expect(logins).toEqual([]);
  });

  test('that is wrong, or missing, is told with where it came from, and never printed', async () => {
    const image = layout.image(layout.manifest([]));
    const wrong = givenLogin('user', 'not-the-password', 'the inputs');
    const failure = await open(locked.host, freshName(), wrong)
      .push(image, ['v1'])
      .catch((error: unknown) => error);
    expect(String(failure)).toContain('does not accept the login from the inputs');
    expect(`${String(failure)}${lines.join('')}`).not.toContain('not-the-password');
    const without = await open(locked.host, freshName())
      .push(image, ['v1'])
      .catch((error: unknown) => error);
    expect(String(without)).toContain('wants a login');
  });
});

test('a registry that is down is tried again for a while, then named', async () => {
  const stopped = await ownRegistry();
  await stopped.stop();
  const registry = open(stopped.host, 'shop/order-api');
  const failure = await Promise.race([
    registry.find('v1').catch((error: unknown) => error),
    systemClock.sleep(3_000),
  ]);
  // Ten attempts last a minute: here it is enough to see that it goes on.
  expect(failure).toBeUndefined();
  expect(lines.join('')).toContain(`${stopped.host}: look for v1: the connection broke`);
});
