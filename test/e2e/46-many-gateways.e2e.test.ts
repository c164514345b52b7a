import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startApiProxy } from './apiProxy.ts';
import { close, lab, routing, step } from './harness.ts';
import { manyGateways } from './manyGateways.ts';
import { verifiedCandidate } from './rewind.ts';

const service = 'order-api';
const minutes = 60_000;

beforeAll(async () => {
  await verifiedCandidate(service);
}, 3 * minutes);
afterAll(close);

test(
  'a hundred gateway pods: each is asked, and the switch is proven in all of them',
  async () => {
    const proxy = await startApiProxy(lab.config);
    try {
      proxy.play(manyGateways(100));
      const result = await step('switch-traffic', { service, kubeconfig: proxy.kubeconfig });
      expect(result.exitCode === 0 ? '' : result.log).toBe('');
      const proxies = JSON.parse(result.outputs['proxies'] ?? '[]') as readonly { readonly proxy: string }[];
      expect(proxies.filter((one) => one.proxy.includes('-simulated-')).length).toBe(100);
      // The target is 2 s on a machine with nothing else to do; which machine this is, a test cannot know.
      console.info(`100 gateway pods proven after ${String(result.outputs['switch-ms'])} ms`);
      expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
    } finally {
      proxy.close();
    }
  },
  2 * minutes,
);
