import { addSample, startCount } from '../domain/verdict/counters.ts';
import type { CounterSample, Tally } from '../domain/verdict/counters.ts';
import type { ServiceRouting } from '../domain/routing/routing.ts';
import type { CountOptions, Mesh, Proxy } from '../mesh/mesh.ts';

/**
 * What the users' requests did while something went on, by every Envoy's own counters: both slots, retries included.
 * The first reading is under way at once and holds nobody up.
 * @returns ends the count at its first call, by these proxies if they are known; null when the proxies did not tell
 */
export function countDuring(
  mesh: Pick<Mesh, 'counters'>,
  routing: ServiceRouting,
  options: CountOptions = {},
): (proxies?: readonly Proxy[]) => Promise<Tally | null> {
  const sample = async (asked: CountOptions): Promise<CounterSample | null> => {
    try {
      const { slots, silent } = await mesh.counters(routing, asked);
      return { counters: [...slots.blue.counters, ...slots.green.counters], silent };
    } catch {
      // A number for people, and no condition of anything: whoever cannot tell is left out.
      return null;
    }
  };
  const first = sample(options);
  let last: Promise<CounterSample | null> | null = null;
  return async (proxies) => {
    last ??= sample(proxies === undefined ? options : { proxies });
    const [before, after] = [await first, await last];
    return before === null || after === null ? null : addSample(startCount(before), after).total;
  };
}
