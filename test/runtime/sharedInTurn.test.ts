import { expect, test } from '@jest/globals';
import { sharedInTurn } from '../../src/runtime/sharedInTurn.ts';

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function counting() {
  const shared = sharedInTurn<number>();
  let asked = 0;
  const ask = (key: string): Promise<number> =>
    shared(key, async () => {
      asked += 1;
      const mine = asked;
      await later();
      return mine;
    });
  return { ask };
}

test('the same question in one turn is asked once, another one by itself', async () => {
  const { ask } = counting();
  expect(await Promise.all([ask('a'), ask('a'), ask('b')])).toEqual([1, 1, 2]);
});

test('also by those who come to it a few steps later, with nothing heard from outside in between', async () => {
  const { ask } = counting();
  await later();
  const first = ask('a');
  const second = Promise.resolve()
    .then(() => undefined)
    .then(() => ask('a'));
  expect(await Promise.all([first, second])).toEqual([1, 1]);
});

test('asked again once anything may have been heard, it is asked anew, though the first is still under way', async () => {
  const { ask } = counting();
  const first = ask('a');
  await later();
  expect(await Promise.all([first, ask('a')])).toEqual([1, 2]);
});

test('a failure is everybody’s who shared it, and nobody’s afterwards', async () => {
  const shared = sharedInTurn<number>();
  const fail = (): Promise<number> => Promise.reject(new Error('no'));
  const both = await Promise.allSettled([shared('a', fail), shared('a', fail)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await later();
  expect(await shared('a', () => Promise.resolve(3))).toBe(3);
});
