import { expect, test } from '@jest/globals';
import { parseRelease } from '../../../src/cluster/record/releaseSchema.ts';

const whole = {
  id: 'rel-1',
  service: 'order-api',
  namespace: 'ecommerce',
  phase: 'switching',
  candidate: 'green',
  slots: { green: { version: 'v1.1.0', image: 'shop/order-api@sha256:1' } },
  splitBefore: { blue: 100, green: 0 },
  splitAfter: { blue: 70, green: 30 },
  verdicts: { verify: { verdict: 'pass', reason: 'well' } },
  timeline: [{ at: '2026-11-21T00:00:00.000Z', phase: 'deploying', note: 'v1.1.0 into green' }],
  runUrl: null,
  actor: 'anna',
};

const read = (changes: object) => parseRelease(JSON.stringify({ schemaVersion: 1, ...whole, ...changes }));

test('a record is read field by field; what a later version added to it is left out', () => {
  expect(read({ added: 'later' })).toEqual({ release: whole });
});

test.each([
  [{ id: undefined }, 'its field id is wrong: a text is wanted'],
  [{ splitBefore: { blue: '100', green: 0 } }, 'its field splitBefore.blue is wrong: a number is wanted'],
  [{ candidate: 'red' }, 'its field candidate is wrong: one of blue, green is wanted'],
  [{ slots: { blue: { version: 'v1' } } }, 'its field slots.blue.image is wrong: a text is wanted'],
  [{ slots: [] }, 'its field slots is wrong: an object is wanted'],
  [{ timeline: {} }, 'its field timeline is wrong: a list is wanted'],
  [
    { timeline: [{ at: 'now', phase: 'x', note: '' }] },
    /its field timeline.0.phase is wrong: one of deploying/,
  ],
  [{ verdicts: { monitor: null } }, 'its field verdicts.monitor is wrong: an object is wanted'],
])('%j is told by its place', (changes, reason) => {
  expect(read(changes)).toMatchObject({
    reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
  });
});

test('of a record that cannot be used, the split before its release is read if it is there', () => {
  expect(read({ schemaVersion: 2 })).toMatchObject({ splitBefore: { blue: 100, green: 0 } });
  expect(read({ schemaVersion: 2, splitBefore: null })).not.toHaveProperty('splitBefore');
});
