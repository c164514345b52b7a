import { expect, test } from '@jest/globals';
import { defaulted, optional, parseInputs, required } from '../../src/runtime/inputs.ts';
import { duration, imageByDigest, percentage, serviceName, urlPaths } from '../../src/runtime/rules.ts';

const fields = {
  service: required(serviceName),
  image: required(imageByDigest),
  timeout: defaulted(duration(1_000, 600_000, '5m'), '5m'),
  limit: optional(percentage),
};

const digest = 'a'.repeat(64);

test('every wrong, missing and unknown input is listed at once', () => {
  expect(() => parseInputs({ service: 'Order_API', timeout: 'soon', tiemout: '5m' }, fields)).toThrow(
    /^4 wrong inputs:\n {2}service: given "Order_API"; [^\n]*for example: order-api\n {2}image: given nothing; [^\n]*\n {2}timeout: given "soon"; [^\n]*\n {2}tiemout \(no such input\): given "5m"; allowed: service, image, timeout, limit/,
  );
});

test('what is right becomes typed values, defaults included', () => {
  const given = { service: ' order-api ', image: `localhost:5000/a/b@sha256:${digest}`, limit: '0.5%' };
  expect(parseInputs(given, fields)).toEqual({
    service: 'order-api',
    image: `localhost:5000/a/b@sha256:${digest}`,
    timeout: 300_000,
    limit: 0.005,
  });
});

test.each(['order-api:latest', `a/b@sha256:${digest.slice(1)}`, `-x/b@sha256:${digest}`, 'a/b; rm -rf /'])(
  'the image %s is not taken',
  (image) => {
    expect(() => parseInputs({ service: 'a', image }, fields)).toThrow(/image: given/);
  },
);

test('paths come in lines or by commas; one that is wrong spoils them', () => {
  expect(urlPaths.parse('/a, /b?c=1\n/d\n')).toEqual(['/a', '/b?c=1', '/d']);
  expect(urlPaths.parse('/a, b')).toBeUndefined();
});
