import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { dockerEngine } from '../../../lab/docker/engine.ts';
import type { DockerForTests } from '../../../lab/docker/engine.ts';
import { between, passOn } from './betweenServers.ts';
import type { Between } from './betweenServers.ts';
import { BuildPlace, nextCommit, tagsIn } from './buildPlace.ts';
import type { BuildResult } from './buildPlace.ts';
import { companyProxy } from './companyProxy.ts';
import type { CompanyProxy } from './companyProxy.ts';
import { ownAws, ownRegistry } from './ownRegistry.ts';
import type { OwnServer } from './ownRegistry.ts';

// build-scan-push against ECR: its API by moto's server, its blobs and manifests in a real registry beside it, which
// answers under ECR's own name, by https, at the end of a proxy. Nothing is in the action's way that a company's
// network has not.

const minutes = 60_000;
const account = '123456789012';
const region = 'ap-northeast-2';
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
/** As moto gives it out. */
const login = `AWS:${account}-auth-token`;
// The same by htpasswd -B.
const users = ['AWS:$2y$05$abcdefghijklmnopqrstuu/4ofrUS75HrKu6f.iuRo0I/XlrmpqlC'];

let docker: DockerForTests;
let aws: OwnServer;
let blobs: OwnServer;
let api: Between;
let proxy: CompanyProxy;
let place: BuildPlace;
let isExpired = false;
let called: string[] = [];

beforeAll(async () => {
  [docker, aws, blobs] = await Promise.all([dockerEngine(), ownAws(), ownRegistry(users)]);
  api = await between(aws.host, ({ headers }) => {
    const [, action = ''] = /\.([A-Za-z]+)$/.exec(String(headers['x-amz-target'] ?? '')) ?? [];
    called.push(action);
    if (action === 'GetAuthorizationToken') isExpired = false;
    return 'pass';
  });
  proxy = await companyProxy(
    host,
    passOn(blobs.host, ({ headers }) =>
      isExpired && headers.authorization !== undefined
        ? { status: 403, body: 'denied: Your authorization token has expired. Reauthenticate and try again.' }
        : 'pass',
    ),
  );
  place = new BuildPlace(docker);
}, 5 * minutes);
afterAll(async () => {
  place.remove();
  await Promise.all([docker.stop(), proxy.close(), api.close(), aws.stop(), blobs.stop()]);
}, minutes);
beforeEach(() => {
  place.trivy();
  called = [];
});

const env = (): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: `http://${api.host}`,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: region,
  HTTPS_PROXY: proxy.url,
  NODE_EXTRA_CA_CERTS: proxy.caFile,
});

function mustPass(result: BuildResult): BuildResult {
  if (result.exitCode !== 0) throw new Error(result.log);
  return result;
}

const tagsOf = (name: string): Promise<readonly string[]> => tagsIn(blobs.host, name, login);

test(
  'the repository is made, the image is pushed into it by its digest, and is there already the next time',
  async () => {
    const folder = place.workspace();
    const inputs = {
      repository: `${host}/shop/order-api`,
      commit: nextCommit(),
      version: 'v1.0.0',
      'create-repository': 'true',
    };
    const first = mustPass(await place.run({ folder, inputs, env: env() }));
    const { digest = '' } = first.outputs;
    expect(first.outputs).toMatchObject({
      registry: host,
      repository: 'shop/order-api',
      image: `${host}/shop/order-api@${digest}`,
      verdict: 'pass',
      reused: 'false',
    });
    expect(new Set(await tagsOf('shop/order-api'))).toEqual(new Set([inputs.commit, 'v1.0.0']));
    const client = new ECRClient({
      region,
      endpoint: `http://${aws.host}`,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { repositories = [] } = await client.send(
      new DescribeRepositoriesCommand({ repositoryNames: ['shop/order-api'] }),
    );
    expect(repositories).toMatchObject([
      { imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true } },
    ]);
    expect(new Set(proxy.asked)).toEqual(new Set([`${host}:443`]));
    expect(first.log).toContain('going by the proxy 127.0.0.1');

    const again = mustPass(await place.run({ folder, inputs, env: env() }));
    expect(again.outputs).toMatchObject({ reused: 'true', digest });
    expect(again.log).not.toContain('building with');

    const other = { ...inputs, commit: nextCommit() };
    const refused = await place.run({ folder: place.workspace(), inputs: other, env: env() });
    expect([refused.exitCode, refused.log]).toEqual([1, expect.stringContaining(digest)]);
    expect(await tagsOf('shop/order-api')).not.toContain(other.commit);
  },
  2 * minutes,
);

test(
  'a login that expires while the image is built is fetched again for the push',
  async () => {
    const inputs = { repository: `${host}/shop/slow-api`, commit: nextCommit() };
    const result = await place.run({
      folder: place.workspace(),
      inputs,
      env: env(),
      options: {
        onLine: (line) => {
          if (line.startsWith('building with')) isExpired = true;
        },
      },
    });
    mustPass(result);
    expect(called).toEqual(['GetAuthorizationToken', 'GetAuthorizationToken']);
    expect(await tagsOf('shop/slow-api')).toEqual([inputs.commit]);
  },
  minutes,
);

test(
  'an image that ECR has not scanned by the deadline is not given out, when run again neither',
  async () => {
    const inputs = {
      repository: `${host}/shop/unscanned`,
      commit: nextCommit(),
      'create-repository': 'true',
      'ecr-scan': 'true',
      'scan-timeout': '10s',
    };
    const folder = place.workspace();
    // moto knows no image that was pushed beside it: ECR's scan never begins.
    const first = await place.run({ folder, inputs, env: env() });
    const again = await place.run({ folder, inputs, env: env() });
    expect(again.log).not.toContain('building with');
    for (const result of [first, again]) {
      expect([result.exitCode, result.log]).toEqual([1, expect.stringContaining('has not begun')]);
      expect(result.outputs).not.toHaveProperty('image');
    }
  },
  minutes,
);

test(
  'without AWS credentials nothing is built, and it is said how to sign in',
  async () => {
    const inputs = { repository: `${host}/shop/order-api`, commit: nextCommit() };
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' };
    const result = await place.run({
      folder: place.workspace(),
      inputs,
      env: { ...env(), ...none, HOME: '/nonexistent' },
    });
    expect([result.exitCode, result.log]).toEqual([1, expect.stringContaining('no AWS credentials')]);
    expect(result.log).toContain('configure-aws-credentials');
    expect(result.log).not.toContain('building with');
  },
  minutes,
);
