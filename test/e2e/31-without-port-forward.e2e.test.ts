import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { close, identities, lastLine, mustStep, routing, step } from './harness.ts';
import { verifiedCandidate } from './rewind.ts';
import type { Moment } from './rewind.ts';

const service = 'order-api';
const minutes = 60_000;
const said = 'port-forward denied: asking through exec';
let verified: Moment;

beforeAll(async () => {
  verified = await verifiedCandidate(service);
}, 3 * minutes);
afterAll(close);

test('with exec instead of port-forward a switch is proven all the same, and says how it asked', async () => {
  const result = await mustStep('switch-traffic', {
    service,
    kubeconfig: await identities.of('switch-traffic', 'exec'),
  });
  expect(result.log.split(said)).toHaveLength(2);
  // Two gateways and a caller's sidecar.
  expect(JSON.parse(result.outputs['proxies'] ?? '[]')).toHaveLength(3);
  expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
  expect(lastLine(result)).not.toContain('unknown');
});

test('the way back is proven by exec too', async () => {
  const result = await mustStep('rollback', {
    service,
    kubeconfig: await identities.of('rollback', 'exec'),
  });
  expect(result.log).toContain(said);
  expect((await routing(service)).split).toEqual({ blue: 100, green: 0 });
});

test('with neither, the failure prints both rules, and nothing was changed', async () => {
  await verified.rewind();
  const result = await step('switch-traffic', {
    service,
    kubeconfig: await identities.of('switch-traffic', 'nothing'),
  });
  expect(result.exitCode).toBe(1);
  expect(result.log).toMatch(/resources: \["pods\/portforward"\][^]*resources: \["pods\/exec"\]/);
  expect((await routing(service)).split).toEqual({ blue: 100, green: 0 });
});
