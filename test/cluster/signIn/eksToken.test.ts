import { createHash, createHmac } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { eksToken } from '../../../src/cluster/signIn/eks/token.ts';

type Bytes = string | ArrayBuffer | ArrayBufferView;
const toBuffer = (data: Bytes): Buffer =>
  typeof data === 'string'
    ? Buffer.from(data)
    : data instanceof ArrayBuffer
      ? Buffer.from(data)
      : Buffer.from(data.buffer, data.byteOffset, data.byteLength);

class Sha256 {
  readonly #hash: Hash | ReturnType<typeof createHmac>;

  constructor(secret?: Bytes) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBuffer(secret));
  }

  update(data: Bytes): void {
    this.#hash.update(toBuffer(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('nobody asked for it');
  }
}

const request = {
  clusterName: 'shop',
  region: 'ap-northeast-2',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' },
  sha256: Sha256,
  at: new Date('2026-11-21T00:00:00Z'),
};

const addressIn = (token: string): URL =>
  new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString());

test('the token is the address of GetCallerIdentity, presigned for 60 s with the cluster in a signed header', async () => {
  const token = await eksToken(request);
  expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
  const address = addressIn(token);
  expect(address.origin).toBe('https://sts.ap-northeast-2.amazonaws.com');
  expect(Object.fromEntries(address.searchParams)).toMatchObject({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIDEXAMPLE/20261121/ap-northeast-2/sts/aws4_request',
    'X-Amz-Date': '20261121T000000Z',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
  });
  expect(address.searchParams.has('x-k8s-aws-id')).toBe(false);
});

test('the same moment makes the same token; another cluster, another signature', async () => {
  expect(await eksToken(request)).toBe(await eksToken(request));
  const other = addressIn(await eksToken({ ...request, clusterName: 'other' }));
  expect(other.searchParams.get('X-Amz-Signature')).not.toBe(
    addressIn(await eksToken(request)).searchParams.get('X-Amz-Signature'),
  );
});

test('a session token is part of it, and China has its own domain', async () => {
  const token = await eksToken({
    ...request,
    region: 'cn-north-1',
    credentials: { ...request.credentials, sessionToken: 'session' },
  });
  expect(addressIn(token).hostname).toBe('sts.cn-north-1.amazonaws.com.cn');
  expect(addressIn(token).searchParams.get('X-Amz-Security-Token')).toBe('session');
});
