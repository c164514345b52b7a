import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { EcrClient } from '../../../src/registry/ecr/client.ts';

const registry = { account: '111122223333', region: 'ap-northeast-2', partition: 'aws' } as const;
const arn = 'arn:aws:ecr:ap-northeast-2:111122223333:repository/order-api';
let server: Server;
let answer: { readonly type: string; readonly message: string };
let client: EcrClient;

/** ECR's API, which refuses in AWS's own words: a fake, since moto refuses nobody. */
beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type: answer.type, message: answer.message }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new EcrClient(registry, 'order-api', new AbortController().signal, {
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const failure = (call: Promise<unknown>): Promise<{ message: string; remedy: string; name: string }> =>
  call.then(
    () => Promise.reject(new Error('it was allowed')),
    (error: unknown) => error as { message: string; remedy: string; name: string },
  );

test('what IAM denies is printed as the statement to add', async () => {
  const who = 'User: arn:aws:sts::111122223333:assumed-role/ci/run';
  answer = {
    type: 'AccessDeniedException',
    message: `${who} is not authorized to perform: ecr:DescribeRepositories on resource: ${arn} because no identity-based policy allows the ecr:DescribeRepositories action`,
  };
  const denied = await failure(client.describe());
  expect(denied.name).toBe('PermissionError');
  expect(denied.remedy).toContain(
    `{"Effect": "Allow", "Action": ["ecr:DescribeRepositories"], "Resource": "${arn}"}`,
  );
});

test('a denial without details is filled in with what was asked', async () => {
  answer = { type: 'AccessDeniedException', message: 'denied' };
  expect((await failure(client.putLifecyclePolicy('{}'))).remedy).toContain(
    `"Action": ["ecr:PutLifecyclePolicy"], "Resource": "${arn}"`,
  );
  expect((await failure(client.login())).remedy).toContain(
    '"Action": ["ecr:GetAuthorizationToken"], "Resource": "*"',
  );
});

test.each([
  ['ExpiredTokenException', 'ConnectionError', 'Sign in to AWS again'],
  ['InvalidParameterException', 'PreconditionError', 'See what ECR says'],
  ['ServerException', 'ConnectionError', 'Check the region'],
])('%s is a %s', async (type, name, remedy) => {
  answer = { type, message: 'as it is' };
  expect(await failure(client.describe())).toMatchObject({ name, remedy: expect.stringContaining(remedy) });
});

test('what is not there is null, and no failure', async () => {
  answer = { type: 'RepositoryNotFoundException', message: 'no' };
  expect(await client.describe()).toBeNull();
  answer = { type: 'ScanNotFoundException', message: 'no' };
  expect(await client.findings('sha256:0')).toBeNull();
  answer = { type: 'LifecyclePolicyNotFoundException', message: 'no' };
  expect(await client.hasLifecyclePolicy()).toBe(false);
});
