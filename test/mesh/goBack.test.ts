import { describe, expect, test } from '@jest/globals';
import { openJournal } from '../../src/cluster/record/journal.ts';
import type { ReleaseRecord } from '../../src/cluster/record/releaseRecord.ts';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import type { ServiceRouting } from '../../src/domain/routing/routing.ts';
import type { Phase } from '../../src/domain/release/release.ts';
import { goBack } from '../../src/mesh/goBack.ts';
import type { Mesh, ServicePods } from '../../src/mesh/mesh.ts';
import { RollbackError } from '../../src/runtime/errors.ts';
import { Bench } from '../fakes/bench.ts';
import { shop, virtualService } from '../fakes/shop.ts';

const onGreen = (): Bench => new Bench([virtualServices, virtualService({ weights: [0, 100] })]);

const options = { target: { blue: 100, green: 0 }, timeoutMs: 2_000, note: 'a test' } as const;

/** Goes back to blue, as every caller does. */
async function toBlue(bench: Bench, phase: Phase = 'monitoring') {
  await bench.begin(phase);
  const { clock, log } = bench.tools;
  const journal = await openJournal(bench.record, shop, clock, log);
  return goBack({ ...bench.tools, journal }, await bench.mesh.read(shop), options);
}

/** As a monitor does, which has read the routes before, and reads them again meanwhile. */
async function watchedToBlue(bench: Bench, known: ServiceRouting, claim: () => Promise<unknown>) {
  const { clock, log } = bench.tools;
  const journal = await openJournal(bench.record, shop, clock, log);
  const reread = (): Promise<ServiceRouting> => bench.mesh.read(shop, 'back');
  return goBack({ ...bench.tools, journal }, known, { ...options, reread, claim });
}

const phasesOf = async (bench: Bench): Promise<readonly Phase[]> =>
  (await bench.release()).timeline.map(({ phase }) => phase);

test('one ready pod is enough, and the record tells the way back', async () => {
  const bench = onGreen();
  bench.dropPods('order-api-blue-5d4f-1');
  const { changed, proof } = await toBlue(bench);
  expect(changed).toBe(true);
  expect(proof.proxies).toHaveLength(3);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect(await phasesOf(bench)).toEqual(['rolling-back', 'rolled-back']);
});

test('without a ready pod the traffic stays, and the release is in the phase that it was in', async () => {
  const bench = onGreen();
  bench.dropPods('order-api-blue-5d4f-1', 'order-api-blue-5d4f-2');
  await expect(toBlue(bench)).rejects.toThrow('blue has no ready pod to go back to: the traffic stays');
  expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
  expect((await bench.release()).phase).toBe('monitoring');
});

test('what is there already is proven and not written again', async () => {
  const bench = new Bench();
  const { changed } = await toBlue(bench, 'rolling-back');
  expect(changed).toBe(false);
  expect(bench.api.writes.filter(({ kind }) => kind === 'VirtualService')).toEqual([]);
  expect((await bench.release()).phase).toBe('rolled-back');
});

test('a proxy that does not follow is told, and the weights stay where everyone wants them', async () => {
  const bench = onGreen();
  bench.envoys.freeze('gateway-2');
  await expect(toBlue(bench)).rejects.toThrow(RollbackError);
  expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  expect((await bench.release()).phase).toBe('rolling-back');
});

test('a preview that was left open is closed', async () => {
  const bench = onGreen();
  const preview = { slot: 'green', header: 'version', value: 'v1.1.0' } as const;
  await bench.mesh.openPreview(await bench.mesh.read(shop), preview);
  await toBlue(bench);
  expect(bench.routeCount()).toBe(1);
});

test('a preview that cannot be closed does not undo the way back', async () => {
  const bench = onGreen();
  await bench.begin('monitoring');
  bench.api.onWrite(({ kind, verb }) => {
    if (kind === 'VirtualService' && verb === 'patch')
      bench.api.failNext('list', 'VirtualService', () => new Error('no answer'));
  });
  await toBlue(bench);
  expect(bench.lines.join('\n')).toContain('the preview route may be open: no answer');
  expect((await bench.release()).phase).toBe('rolled-back');
});

describe('for whoever has watched the service', () => {
  const claim = () => Promise.resolve();
  const writesTo = (bench: Bench) =>
    bench.api.writes.filter(({ kind }) => kind === 'VirtualService').map(({ name }) => name);

  test('one write, from what was known, and the proof', async () => {
    const bench = onGreen();
    await bench.begin('monitoring');
    const { changed, proof } = await watchedToBlue(bench, await bench.mesh.read(shop), claim);
    expect(changed).toBe(true);
    expect(proof.proxies).toHaveLength(3);
    expect(writesTo(bench)).toEqual(['order-api-vs']);
    expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  });

  test('what was known is too old: compare and swap finds out, and nothing is lost', async () => {
    const bench = onGreen();
    await bench.begin('monitoring');
    const known = await bench.mesh.read(shop);
    bench.api.put(virtualServices, virtualService({ weights: [30, 70] }));
    await watchedToBlue(bench, known, claim);
    expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
  });

  test('a route that came after it was known goes back too', async () => {
    const bench = onGreen();
    await bench.begin('monitoring');
    const known = await bench.mesh.read(shop);
    bench.api.put(virtualServices, virtualService({ name: 'order-api-more', weights: [0, 100] }));
    await watchedToBlue(bench, known, claim);
    expect(bench.weights()).toEqual(['order-api-vs: 100/0', 'order-api-more: 100/0']);
  });

  test('the routes cannot be read any more: what is known goes back, and is proven', async () => {
    const bench = onGreen();
    await bench.begin('monitoring');
    const known = await bench.mesh.read(shop);
    const journal = await openJournal(bench.record, shop, bench.tools.clock, bench.tools.log);
    const reread = () => Promise.reject<ServiceRouting>(new Error('no answer'));
    await goBack({ ...bench.tools, journal }, known, { ...options, reread, claim });
    expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
    expect(bench.lines.join('\n')).toContain('proven by an earlier reading');
  });

  describe('and has put on record, when that began, where it would go back to', () => {
    const watching = async (bench: Bench): Promise<ServiceRouting> => {
      await bench.begin('monitoring', { splitAfter: { blue: 0, green: 100 }, goesBackTo: options.target });
      return bench.mesh.read(shop);
    };
    const order = ({ api }: Bench): readonly string[] =>
      api.writes.map(({ kind }) => kind).filter((kind) => kind !== 'Event');

    test('the weights wait for no entry, and the entries follow', async () => {
      const bench = onGreen();
      await watchedToBlue(bench, await watching(bench), claim);
      expect(order(bench)).toEqual(['VirtualService', 'ConfigMap', 'ConfigMap']);
      expect(await phasesOf(bench)).toEqual(['rolling-back', 'rolled-back']);
      expect((await bench.release()).goesBackTo).toBeUndefined();
    });

    test('a record that does not answer holds up neither weights nor proof', async () => {
      const bench = onGreen();
      const known = await watching(bench);
      let answer: () => void = () => undefined;
      const record: ReleaseRecord = {
        ...bench.record,
        save: () => new Promise((_, reject) => (answer = () => reject(new Error('no answer')))),
      };
      // It answers when everything is proven, and not before: who waits for it waits for ever.
      const mesh: Mesh = {
        ...bench.mesh,
        proveSplit: async (...given) => {
          const proof = await bench.mesh.proveSplit(...given);
          record.save = () => Promise.reject(new Error('no answer'));
          answer();
          return proof;
        },
      };
      const journal = await openJournal(record, shop, bench.tools.clock, bench.tools.log);
      const reread = (): Promise<ServiceRouting> => bench.mesh.read(shop, 'back');
      const { proof } = await goBack({ ...bench.tools, mesh, journal }, known, { ...options, reread, claim });
      expect(proof.proxies).toHaveLength(3);
      expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
      expect(bench.lines.join('\n')).toContain('the release record does not say "rolling-back": no answer');
    });

    test('elsewhere than now: that is written first', async () => {
      const bench = onGreen();
      await bench.begin('monitoring', { goesBackTo: { blue: 50, green: 50 } });
      await watchedToBlue(bench, await bench.mesh.read(shop), claim);
      expect(order(bench)).toEqual(['ConfigMap', 'VirtualService', 'ConfigMap']);
    });

    test('with nobody ready there the traffic stays, in the phase that it was in', async () => {
      const bench = onGreen();
      const known = await watching(bench);
      bench.dropPods('order-api-blue-5d4f-1', 'order-api-blue-5d4f-2');
      await expect(watchedToBlue(bench, known, claim)).rejects.toThrow('blue has no ready pod to go back to');
      expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
      expect(await phasesOf(bench)).toEqual(['monitoring']);
    });
  });

  describe('who has just looked for ready pods', () => {
    /** @returns how often it looked again */
    const looksAgain = async (bench: Bench, pods: Promise<ServicePods>): Promise<number> => {
      await bench.begin('monitoring');
      const { clock, log } = bench.tools;
      const journal = await openJournal(bench.record, shop, clock, log);
      let looks = 0;
      const mesh: Mesh = {
        ...bench.mesh,
        pods: (routing) => {
          looks += 1;
          return bench.mesh.pods(routing);
        },
      };
      await goBack({ ...bench.tools, mesh, journal }, await mesh.read(shop), { ...options, pods });
      return looks;
    };
    const podsOf = async (bench: Bench): Promise<ServicePods> => bench.mesh.pods(await bench.mesh.read(shop));

    test('does not look again', async () => {
      const bench = onGreen();
      expect(await looksAgain(bench, podsOf(bench))).toBe(0);
      expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
      expect(bench.lines).toContain('✓ endpoints: blue has 2 ready pods');
    });

    test('and found none: there may be one by now', async () => {
      const bench = onGreen();
      const found = await podsOf(bench);
      expect(await looksAgain(bench, Promise.resolve({ ...found, blue: [] }))).toBe(1);
      expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
    });

    test('and got no answer', async () => {
      const bench = onGreen();
      expect(await looksAgain(bench, Promise.reject(new Error('no answer')))).toBe(1);
      expect(bench.weights()).toEqual(['order-api-vs: 100/0']);
    });

    test('and found none, and there is none now: the traffic stays', async () => {
      const bench = onGreen();
      bench.dropPods('order-api-blue-5d4f-1', 'order-api-blue-5d4f-2');
      await expect(looksAgain(bench, podsOf(bench))).rejects.toThrow('blue has no ready pod to go back to');
      expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
    });
  });

  test('known to be back already, and moved since: it goes by what is read now, and asks for a ready pod', async () => {
    const bench = new Bench();
    await bench.begin('monitoring');
    const known = await bench.mesh.read(shop);
    bench.api.put(virtualServices, virtualService({ weights: [0, 100] }));
    bench.dropPods('order-api-blue-5d4f-1', 'order-api-blue-5d4f-2');
    await expect(watchedToBlue(bench, known, claim)).rejects.toThrow('blue has no ready pod');
    expect(bench.weights()).toEqual(['order-api-vs: 0/100']);
    expect((await bench.release()).phase).toBe('monitoring');
  });

  /** What was written to routes by the time that the lease was ours. */
  const writtenBeforeLease = async (bench: Bench, known: ServiceRouting): Promise<readonly string[]> => {
    let before: readonly string[] = ['not looked'];
    await watchedToBlue(bench, known, async () => {
      await bench.tools.clock.sleep(300);
      before = writesTo(bench);
    });
    return before;
  };

  test('what was read while the lease was ours is written from at once', async () => {
    const bench = onGreen();
    await bench.begin('monitoring');
    const known = await bench.mesh.read(shop);
    expect(await writtenBeforeLease(bench, known)).toEqual(['order-api-vs']);
    expect(writesTo(bench)).toEqual(['order-api-vs']);
  });

  test('from a new reading nothing is written before the lease is ours', async () => {
    const bench = onGreen();
    await bench.begin('monitoring');
    const known = await bench.mesh.read(shop);
    bench.api.put(virtualServices, virtualService({ name: 'order-api-more', weights: [0, 100] }));
    expect(await writtenBeforeLease(bench, known)).toEqual(['order-api-vs']);
    expect(writesTo(bench)).toEqual(['order-api-vs', 'order-api-more']);
  });
});
