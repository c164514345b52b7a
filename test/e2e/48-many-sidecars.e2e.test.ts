import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { close, routing } from './harness.ts';
import { manySidecars, switchAmong } from './manyGateways.ts';
import { verifiedCandidate } from './rewind.ts';

const service = 'order-api';
const minutes = 60_000;

beforeAll(async () => {
  await verifiedCandidate(service);
}, 3 * minutes);
afterAll(close);

// The pods are simulated, each by a port-forward of its own to a real Envoy; what istiod answers is in the unit tests,
// because the lab's control plane is no pod.
test(
  'of sixty sidecars fifty are asked, all of them serve it, and what is not known of the others is said',
  async () => {
    const { result, proven } = await switchAmong(manySidecars(60), service);
    expect(result.exitCode === 0 ? '' : result.log).toBe('');
    expect(proven).toBe(50);
    expect(result.log).toMatch(
      /10 sidecars were not asked themselves, a sample of 50 was .* istiod cannot be asked for the others: no pod of istiod \(label app=istiod\) is in this cluster/,
    );
    expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
  },
  2 * minutes,
);
