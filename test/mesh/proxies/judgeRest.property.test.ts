import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeRest } from '../../../src/mesh/proxies/judgeRest.ts';
import { pushOf } from '../../../src/mesh/proxies/syncStatus.ts';
import type { SyncStatus } from '../../../src/mesh/proxies/syncStatus.ts';

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300) };

const pod = fc.integer({ min: 0, max: 12 }).map((n) => ({ namespace: 'shop', name: `pod-${String(n)}` }));
const push = fc.option(fc.integer({ min: 0, max: 6 }), { nil: null });
const status: fc.Arbitrary<SyncStatus> = fc.record({ pod, sent: push, acked: push });
const answers = fc.array(fc.array(status, { maxLength: 12 }), { maxLength: 3 });
const pods = fc.uniqueArray(pod, { selector: ({ name }) => name, maxLength: 13 });

test('everybody is judged, once', () => {
  fc.assert(
    fc.property(answers, pods, pods, (said, proven, rest) => {
      const { current, behind, unsent, unknown } = judgeRest(said, proven, rest);
      const names = [...current, ...behind, ...unsent, ...unknown].map(({ name }) => name);
      expect(names.toSorted()).toEqual(rest.map(({ name }) => name).toSorted());
    }),
    runs,
  );
});

test('nobody is current who has not taken what a proven one of the same istiod has', () => {
  fc.assert(
    fc.property(answers, pods, pods, (said, proven, rest) => {
      const names = new Set(proven.map(({ name }) => name));
      for (const { name } of judgeRest(said, proven, rest).current) {
        const evidence = said.some((statuses) =>
          statuses.some(
            ({ pod: its, acked }) =>
              its.name === name &&
              acked !== null &&
              statuses.some(
                (other) => names.has(other.pod.name) && other.acked !== null && other.acked <= acked,
              ),
          ),
        );
        expect(evidence).toBe(true);
      }
    }),
    runs,
  );
});

test('with nobody proven nothing is known', () => {
  fc.assert(
    fc.property(answers, pods, (said, rest) => {
      expect(judgeRest(said, [], rest).unknown).toEqual(rest);
    }),
    runs,
  );
});

test('the number of a push is read whatever UUID follows it', () => {
  fc.assert(
    fc.property(fc.nat(), fc.uuid(), fc.date({ noInvalidDate: true }), (number, uuid, time) => {
      expect(pushOf(`${time.toISOString()}/${String(number)}${uuid}`)).toBe(number);
    }),
    runs,
  );
});
