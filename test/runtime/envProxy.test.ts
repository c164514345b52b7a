import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { proxySettings, useEnvProxy } from '../../src/runtime/envProxy.ts';

let proxy: Server;
let address = '';
let asked: string[];
let lines: string[];
const log = {
  info: (line: string) => void lines.push(line),
  warning: (line: string) => void lines.push(line),
};

beforeEach(async () => {
  [asked, lines] = [[], []];
  proxy = createServer((_request, response) => response.end('direct'));
  proxy.on('connect', ({ url }, socket) => {
    asked.push(url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${String((proxy.address() as AddressInfo).port)}`;
});
afterEach(() => new Promise((resolve) => proxy.close(resolve)));

const get = (url: string): Promise<string> =>
  fetch(url, { headers: { connection: 'close' } }).then(
    (answer) => answer.text(),
    () => 'nothing',
  );

test('requests go by the proxy of the environment, those to this machine and to exceptions do not', async () => {
  const env = { HTTPS_PROXY: `http://user:s3cret@${address}`, NO_PROXY: 'direct.invalid' };
  const putBack = useEnvProxy(env, log);
  await get('https://registry.invalid/v2/');
  await get('https://direct.invalid/v2/');
  expect(await get(`http://${address}/`)).toBe('direct');
  expect(asked).toEqual(['registry.invalid:443']);
  putBack();
  await get('https://registry.invalid/v2/');
  expect(asked).toHaveLength(1);
  expect(lines.join()).toContain(`going by the proxy ${address}`);
  expect(lines.join()).not.toContain('s3cret');
});

test('without a proxy nothing is changed and nothing is said', () => {
  useEnvProxy({ NO_PROXY: '*', HTTPS_PROXY: '' }, log)();
  expect(lines).toEqual([]);
});

test('a Node that cannot be told any more is said, with what to do', () => {
  const env = { https_proxy: 'http://proxy.invalid:3128' };
  useEnvProxy(env, log, null);
  expect(lines.join()).toMatch(/proxy\.invalid:3128 is not used.*NODE_USE_ENV_PROXY/);
  lines = [];
  useEnvProxy({ ...env, NODE_USE_ENV_PROXY: '1' }, log, null);
  expect(lines).toEqual([]);
});

test('lower case comes first, and this machine is always an exception', () => {
  expect(proxySettings({ https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:1', NO_PROXY: '.corp' })).toEqual({
    https_proxy: 'http://a:1',
    no_proxy: '.corp,localhost,127.0.0.1,::1,[::1]',
  });
});
