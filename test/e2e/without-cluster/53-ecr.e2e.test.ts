import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ecrRegistry } from '../../../src/domain/image/ecrHost.ts';
import { parseRepository } from '../../../src/domain/image/reference.ts';
import { openEcr } from '../../../src/registry/ecr/openEcr.ts';
import type { Ecr, NewRepository } from '../../../src/registry/ecr/ecr.ts';
import { openRegistry } from '../../../src/registry/openRegistry.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { workflowLog } from '../../../src/runtime/workflowLog.ts';
import { ImageLayout } from '../../fakes/imageLayout.ts';
import { between } from './betweenServers.ts';
import type { Between } from './betweenServers.ts';
import { ownAws, ownRegistry } from './ownRegistry.ts';
import type { OwnServer } from './ownRegistry.ts';

// ECR's API by moto's server, which has no blobs: a real registry beside it takes those, with ECR's own login.

const account = '123456789012';
const region = 'ap-northeast-2';
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
const log = workflowLog({ write: () => undefined }, false);
const { signal } = new AbortController();
const called = new Set<string>();
const set = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'] as const;
const before = Object.fromEntries(set.map((name) => [name, process.env[name]]));
let aws: OwnServer;
let watched: Between;
let blobs: OwnServer;

// AWS:123456789012-auth-token, the login that moto gives out, by htpasswd -B.
const users = ['AWS:$2y$05$abcdefghijklmnopqrstuu/4ofrUS75HrKu6f.iuRo0I/XlrmpqlC'];

beforeAll(async () => {
  [aws, blobs] = await Promise.all([ownAws(), ownRegistry(users)]);
  watched = await between(aws.host, ({ headers }) => {
    const [, action] = /\.([A-Za-z]+)$/.exec(String(headers['x-amz-target'] ?? '')) ?? [];
    if (action !== undefined) called.add(`ecr:${action}`);
    return 'pass';
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://${watched.host}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
  });
}, 180_000);

afterAll(async () => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  await Promise.all([watched.close(), aws.stop(), blobs.stop()]);
});

function open(name: string): Ecr {
  const registry = ecrRegistry(host);
  if (registry === null) throw new Error('no ECR');
  return openEcr({ registry, name, clock: systemClock, signal, log, proxy: null });
}

const wanted: NewRepository = {
  immutableTags: true,
  scanOnPush: true,
  kmsKey: null,
  lifecyclePolicy: JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: {
          tagStatus: 'untagged',
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: 14,
        },
        action: { type: 'expire' },
      },
    ],
  }),
};

test('a repository is created once, as asked, and left as it is after that', async () => {
  const ecr = open('shop/order-api');
  expect(await ecr.describe()).toBeNull();
  expect(await ecr.ensure(wanted)).toMatchObject({
    outcome: 'created',
    arn: `arn:aws:ecr:${region}:${account}:repository/shop/order-api`,
    immutableTags: true,
    scanOnPush: true,
    encryption: 'AES256',
  });
  expect(await ecr.ensure({ ...wanted, immutableTags: false })).toMatchObject({
    outcome: 'already-there',
    immutableTags: true,
  });
  await expect(open('shop/other').ensure({ ...wanted, lifecyclePolicy: '{}' })).rejects.toThrow(
    'lifecycle policy',
  );
  expect(await open('shop/other').describe()).toBeNull();
});

test('with a KMS key it is encrypted by that', async () => {
  const kmsKey = `arn:aws:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  expect(await open('shop/kept-secret').ensure({ ...wanted, kmsKey })).toMatchObject({
    encryption: `KMS ${kmsKey}`,
  });
});

test("ECR's token is the login of a push", async () => {
  const layout = new ImageLayout();
  try {
    const repository = parseRepository(`${blobs.host}/shop/order-api`);
    if (repository === null) throw new Error('no repository');
    const { credentials } = open('shop/order-api');
    const registry = openRegistry({
      repository,
      credentials,
      clock: systemClock,
      signal,
      log,
      timeoutMs: 60_000,
    });
    const image = layout.image(layout.index());
    expect(await registry.push(image, ['v1'])).toMatchObject({ digest: image.digest });
  } finally {
    layout.remove();
  }
});

/** moto keeps images that come by the API, under digests of its own making. */
async function imageIn(name: string): Promise<string> {
  const { ECRClient, PutImageCommand } = await import('@aws-sdk/client-ecr');
  // Not through the one that watches: the code under test does not make this call.
  const client = new ECRClient({ region, endpoint: `http://${aws.host}` });
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: `sha256:${'1'.repeat(64)}`,
      size: 2,
    },
    layers: [],
    annotations: { name },
  });
  const { image } = await client.send(
    new PutImageCommand({ repositoryName: name, imageManifest, imageTag: 'v1' }),
  );
  return image?.imageId?.imageDigest ?? '';
}

async function nextScans(name: string, imageDigest: string, ...states: readonly object[]): Promise<void> {
  const results = states.map((state) => ({
    repositoryName: name,
    imageId: { imageDigest },
    registryId: account,
    ...state,
  }));
  const answer = await fetch(`http://${aws.host}/moto-api/static/ecr/scan-finding-results`, {
    method: 'POST',
    body: JSON.stringify({ account_id: account, region, results }),
  });
  expect(answer.status).toBe(201);
}

test("ECR's scan is begun where no push begins it, and its findings are a report", async () => {
  const ecr = open('shop/scanned');
  await ecr.ensure({ ...wanted, scanOnPush: false });
  const digest = await imageIn('shop/scanned');
  expect(await ecr.scan([digest], 10_000)).toMatchObject({
    scanner: 'ecr',
    scannerVersion: 'basic',
    database: { service: true },
    findings: [{ id: 'CVE-9999-9999', package: 'moto_fake', installed: '9.9.9', severity: 'high' }],
  });
});

test.each([
  ['IN_PROGRESS', 'IN_PROGRESS'],
  ['PENDING', 'PENDING'],
  ['UNSUPPORTED_IMAGE', 'UNSUPPORTED_IMAGE'],
  ['FAILED', 'FAILED'],
])('a scan that is %s is no report', async (status, said) => {
  const name = `shop/scan-${status.toLowerCase().replaceAll('_', '-')}`;
  const ecr = open(name);
  await ecr.ensure({ ...wanted, scanOnPush: false });
  const digest = await imageIn(name);
  await nextScans(name, digest, { imageScanStatus: { status } });
  expect(await ecr.scan([digest], 1_000)).toEqual({ unavailable: expect.stringContaining(said) });
});

test('a scan of an image that is not there is no report', async () => {
  const ecr = open('shop/order-api');
  const digest = `sha256:${'0'.repeat(64)}`;
  expect(await ecr.scan([digest], 500)).toEqual({ unavailable: expect.stringContaining('has not begun') });
});

test('every call that was made is in the IAM policy of docs/security.md, and every one of ECR in it was made', () => {
  const security = readFileSync(join(import.meta.dirname, '../../../docs/security.md'), 'utf8');
  const [, json = ''] = /## AWS: build-scan-push[\s\S]*?```json\n([\s\S]*?)```/.exec(security) ?? [];
  const { Statement } = JSON.parse(json) as {
    readonly Statement: readonly { readonly Sid: string; readonly Action: readonly string[] }[];
  };
  // A registry speaks of the first by itself (pushing and pulling by Docker's protocol), cosign asks for the second.
  const byOthers = ['Push', 'OnlyToSignWithAKeyInKms'];
  const byApi = Statement.filter(({ Sid }) => !byOthers.includes(Sid)).flatMap(({ Action }) => Action);
  expect([...called].sort()).toEqual([...new Set(byApi)].sort());
});
