import { afterAll, beforeAll } from '@jest/globals';
import { startApiProxy } from './apiProxy.ts';
import type { ApiProxy } from './apiProxy.ts';
import { close, lab, step } from './harness.ts';
import { verifiedCandidate } from './rewind.ts';
import type { Moment } from './rewind.ts';

/** A verified candidate, and a proxy in front of the API server that plays what goes wrong. From beforeAll on. */
export interface Disturbed {
  readonly moment: Moment;
  readonly proxy: ApiProxy;
  /** As the harness' step, with its calls going through the proxy. */
  through(
    action: string,
    inputs?: Parameters<typeof step>[1],
    options?: Parameters<typeof step>[2],
  ): ReturnType<typeof step>;
}

export function disturbed(service: 'order-api' | 'customer-api'): Disturbed {
  let moment: Moment | undefined;
  let proxy: ApiProxy | undefined;
  beforeAll(async () => {
    moment = await verifiedCandidate(service);
    proxy = await startApiProxy(lab.config);
  }, 180_000);
  afterAll(() => {
    proxy?.close();
    close();
  });
  const there = <T>(one: T | undefined): T => {
    if (one === undefined) throw new Error('only from beforeAll on');
    return one;
  };
  return {
    get moment() {
      return there(moment);
    },
    get proxy() {
      return there(proxy);
    },
    through: (action, inputs = {}, options = {}) =>
      step(action, { service, kubeconfig: there(proxy).kubeconfig, ...inputs }, options),
  };
}
