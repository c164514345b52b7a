import { describe, expect, test } from '@jest/globals';
import { ecrRegistry, isEcrPublic, repositoryArn } from '../../../src/domain/image/ecrHost.ts';
import { isLoopback, parseReference, parseRepository } from '../../../src/domain/image/reference.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('a repository', () => {
  test.each([
    ['111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/order-api', 'order-api'],
    ['localhost:5000/order-api', 'order-api'],
    ['[::1]:5000/order-api', 'order-api'],
    ['ghcr.io/team/shop/order__api-x.y', 'team/shop/order__api-x.y'],
  ])('%s', (text, name) => {
    expect(parseRepository(text)?.name).toBe(name);
  });

  test.each([
    'order-api',
    'team/order-api',
    'ghcr.io/Order-API',
    'ghcr.io/order-api:v1',
    'ghcr.io/',
    'ghcr.io//order-api',
    'ghcr.io/order-api/',
    'ghcr.io/a___b',
    'https://ghcr.io/order-api',
    'ghcr.io:0/order-api',
    'ghcr.io:70000/order-api',
    'user@ghcr.io/order-api',
    'ghcr.io/../order-api',
    'ghcr.io/order api',
    '-ghcr.io/order-api',
    // Addresses in disguise, and names that no address can have.
    '127.1/order-api',
    '0x7f.1:5000/order-api',
    '[0:0:0:0:0:0:0:1]:5000/order-api',
    'registry.0/order-api',
    'ghcr.io:0443/order-api',
  ])('is not %s', (text) => {
    expect(parseRepository(text)).toBeNull();
  });
});

describe('a reference', () => {
  test('has a tag, a digest, or both', () => {
    expect(parseReference('localhost:5000/a:v1')).toMatchObject({ tag: 'v1', digest: null });
    expect(parseReference(`localhost:5000/a@${digest}`)).toMatchObject({ tag: null, digest });
    expect(parseReference(`localhost:5000/a:v1@${digest}`)).toMatchObject({ tag: 'v1', digest });
  });

  test.each([
    'localhost:5000/a',
    'localhost:5000/a:',
    'localhost:5000/a:v1+2',
    `localhost:5000/a@${digest}0`,
    'a.b/c@sha1:0',
  ])('is not %s', (text) => {
    expect(parseReference(text)).toBeNull();
  });
});

test.each([
  ['111122223333.dkr.ecr.ap-northeast-2.amazonaws.com', 'ap-northeast-2', 'aws'],
  ['111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', 'aws-us-gov'],
  ['111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1', 'aws-cn'],
  ['111122223333.dkr-ecr.eu-central-1.on.aws', 'eu-central-1', 'aws'],
  ['111122223333.dkr.ecr.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1', 'aws-iso-b'],
])('%s is in %s, partition %s', (host, region, partition) => {
  const ecr = ecrRegistry(host);
  expect(ecr).toEqual({ account: '111122223333', region, partition });
  expect(ecr && repositoryArn(ecr, 'team/a')).toBe(
    `arn:${partition}:ecr:${region}:111122223333:repository/team/a`,
  );
});

test('hosts that only look like ECR are not it', () => {
  expect(ecrRegistry('11112222333.dkr.ecr.eu-west-1.amazonaws.com')).toBeNull();
  expect(ecrRegistry('111122223333.dkr.ecr.eu-west-1.amazonaws.com.evil.example')).toBeNull();
  expect(isEcrPublic('public.ecr.aws')).toBe(true);
});

test('plain http is for this machine only', () => {
  expect(['localhost:5000', '127.0.0.1:5000', '[::1]:5000', 'localhost'].every(isLoopback)).toBe(true);
  expect(['localhost.example.com', '10.0.0.1:5000', '127.0.0.1.example.com'].some(isLoopback)).toBe(false);
});
