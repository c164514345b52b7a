import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sameJson } from '../../../src/domain/json.ts';
import { readVirtualService } from '../../../src/domain/routing/readVirtualService.ts';
import type { ManagedVirtualService, Purpose } from '../../../src/domain/routing/routing.ts';
import { everywhere, planRestore, planWeights } from '../../../src/domain/routing/switchPlan.ts';
import { planClosePreview, planOpenPreview } from '../../../src/domain/routing/previewPlan.ts';
import { isOurs, odd, target, virtualServiceOf } from './anyVirtualService.ts';
import type { AnyVirtualService as VirtualService } from './anyVirtualService.ts';
import { applyPatch } from '../../fakes/jsonPatch.ts';

const name = { service: 'order-api', namespace: 'ecommerce' };
/** More of them where there is time: PROPERTY_RUNS=10000. */
const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) };

/** As toEqual, and fifty times as fast. */
const expectSame = (actual: unknown, expected: unknown): void => {
  if (!sameJson(actual, expected)) expect(actual).toEqual(expected);
};

const virtualService = virtualServiceOf();

function read(object: VirtualService, purpose: Purpose = 'forward'): ManagedVirtualService {
  const reading = readVirtualService({ ...object }, name, purpose);
  if (reading.kind !== 'managed') throw new Error(JSON.stringify(reading));
  return reading.virtualService;
}

/** The same object with every weight of the service's routes taken out. */
function withoutWeights(object: VirtualService): unknown {
  const copy = structuredClone(object);
  for (const { route = [] } of copy.spec.http) {
    for (const entry of route) if (isOurs(entry)) delete entry.weight;
  }
  return copy;
}

test('the patch gives every managed route the wanted split, and leaves everything else as it was', () => {
  fc.assert(
    fc.property(virtualService, target, (object, wanted) => {
      const plan = planWeights(read(object), everywhere(wanted));
      const after = applyPatch(object, plan.patch);
      for (const { route = [] } of after.spec.http) {
        const ours = route.filter(isOurs);
        const weightOf = (slot: string): number =>
          ours.find(({ destination }) => destination.subset === slot)?.weight ?? 0;
        if (ours.length > 0) expectSame({ blue: weightOf('blue'), green: weightOf('green') }, wanted);
      }
      expectSame(withoutWeights(after), withoutWeights(object));
      expectSame(after.spec, plan.expectedSpec);
    }),
    runs,
  );
});

test('no route is ever emptied, and no entry is ever lost', () => {
  fc.assert(
    fc.property(virtualService, target, (object, wanted) => {
      const after = applyPatch(object, planWeights(read(object), everywhere(wanted)).patch);
      const counts = (vs: VirtualService): unknown => vs.spec.http.map(({ route }) => route?.length);
      expectSame(counts(after), counts(object));
      for (const { split } of read(after).routes) expect(split.blue + split.green).toBe(100);
    }),
    runs,
  );
});

test('a plan for what is planned already is empty', () => {
  fc.assert(
    fc.property(virtualService, target, (object, wanted) => {
      const after = applyPatch(object, planWeights(read(object), everywhere(wanted)).patch);
      expectSame(planWeights(read(after), everywhere(wanted)).patch, []);
    }),
    runs,
  );
});

test('every write is guarded by the version and by each weight that was read', () => {
  fc.assert(
    fc.property(virtualService, target, (object, wanted) => {
      const vs = read(object);
      const { patch } = planWeights(vs, everywhere(wanted));
      if (patch.length === 0) return;
      const tests = patch.filter(({ op }) => op === 'test');
      expectSame(patch[0], { op: 'test', path: '/metadata/resourceVersion', value: '7' });
      expect(tests).toHaveLength(1 + 2 * vs.routes.length);
      expect(patch.slice(tests.length).every(({ path }) => path.endsWith('/weight'))).toBe(true);
    }),
    runs,
  );
});

test('going back gives the weights that were there before, whatever they were', () => {
  fc.assert(
    fc.property(virtualService, target, (object, wanted) => {
      const before = read(object);
      const after = applyPatch(object, planWeights(before, everywhere(wanted)).patch);
      const restored = applyPatch(after, planRestore(read(after), before).patch);
      expectSame(
        read(restored).routes.map(({ split }) => split),
        before.routes.map(({ split }) => split),
      );
      expectSame(withoutWeights(restored), withoutWeights(object));
    }),
    runs,
  );
});

test('going back, what weights cannot steer stays as it was, byte for byte', () => {
  fc.assert(
    fc.property(virtualServiceOf(odd), target, (object, wanted) => {
      const vs = read(object, 'back');
      const after = applyPatch(object, planWeights(vs, everywhere(wanted)).patch);
      for (const index of vs.leftAlone) expectSame(after.spec.http[index], object.spec.http[index]);
      for (const { destinations, index } of read(after, 'back').routes) {
        const { blue, green } = destinations;
        expectSame({ blue: blue.weight ?? 0, green: green.weight ?? 0 }, wanted);
        expect(after.spec.http[index]?.route).toHaveLength(2);
      }
      expectSame(withoutWeights(after), withoutWeights(object));
      expectSame(planWeights(read(after, 'back'), everywhere(wanted)).patch, []);
    }),
    runs,
  );
});

test('a preview that was opened and closed leaves no trace', () => {
  const preview = { slot: 'green', header: 'version', value: 'v1.1.0' } as const;
  fc.assert(
    fc.property(virtualService, (object) => {
      const opening = planOpenPreview(read(object), 'order-api', preview);
      const open = applyPatch(object, opening.patch);
      expectSame(open.spec, opening.expectedSpec);
      expectSame(
        read(open).routes.map(({ split }) => split),
        read(object).routes.map(({ split }) => split),
      );
      expectSame(planOpenPreview(read(open), 'order-api', preview).patch, []);
      expectSame(applyPatch(open, planClosePreview(read(open)).patch), object);
    }),
    runs,
  );
});
