import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sameJson } from '../../../src/domain/json.ts';
import { readVirtualService } from '../../../src/domain/routing/readVirtualService.ts';
import type { ManagedVirtualService } from '../../../src/domain/routing/routing.ts';
import { everywhere, planRestore, planWeights } from '../../../src/domain/routing/switchPlan.ts';
import { planClosePreview, planOpenPreview } from '../../../src/domain/routing/previewPlan.ts';
import { applyPatch } from '../../fakes/jsonPatch.ts';

interface Http {
  route?: { destination: { subset?: string; host: string }; weight?: number }[];
  [field: string]: unknown;
}
interface VirtualService {
  metadata: Record<string, unknown>;
  spec: { http: Http[]; [field: string]: unknown };
}

const name = { service: 'order-api', namespace: 'ecommerce' };
/** More of them where there is time: PROPERTY_RUNS=10000. */
const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) };

/** As toEqual, and fifty times as fast. */
const expectSame = (actual: unknown, expected: unknown): void => {
  if (!sameJson(actual, expected)) expect(actual).toEqual(expected);
};

const text = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const host = fc.constantFrom(
  'order-api',
  'order-api.ecommerce',
  'order-api.ecommerce.svc',
  'order-api.ecommerce.svc.cluster.local',
);
const weight = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined });

const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const stringMatch = fc.oneof(
  text.map((exact) => ({ exact })),
  text.map((prefix) => ({ prefix: `/${prefix}` })),
  text.map((regex) => ({ regex })),
);
const match = fc.record(
  {
    name: text,
    uri: stringMatch,
    method: stringMatch,
    authority: stringMatch,
    headers: fc.dictionary(text, stringMatch, { maxKeys: 2 }),
    queryParams: fc.dictionary(text, stringMatch, { maxKeys: 2 }),
    withoutHeaders: fc.dictionary(text, stringMatch, { maxKeys: 1 }),
    port: fc.nat(65535),
    sourceLabels: fc.dictionary(text, text, { maxKeys: 2 }),
    ignoreUriCase: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** What a route of Istio's API can carry besides its destinations. */
const policy = fc.record(
  {
    name: text,
    match: fc.array(match, { maxLength: 3 }),
    timeout: fc.constantFrom('30s', '5s'),
    retries: fc.record({ attempts: fc.nat(5), perTryTimeout: fc.constant('10s'), retryOn: text }),
    fault: fc.record({
      delay: fc.record({ fixedDelay: fc.constant('1s'), percentage: fc.record({ value: fc.nat(100) }) }),
    }),
    mirror: fc.record({ host, subset: fc.constantFrom('blue', 'green') }),
    mirrorPercentage: fc.record({ value: fc.nat(100) }),
    corsPolicy: fc.record({
      allowOrigins: fc.array(stringMatch, { maxLength: 2 }),
      allowMethods: fc.array(text, { maxLength: 2 }),
    }),
    headers: fc.record({ request: fc.record({ set: fc.dictionary(text, text, { maxKeys: 2 }) }) }),
    rewrite: fc.record({ uri: text }),
  },
  { requiredKeys: [] },
);

const slotEntry = (subset: string) =>
  fc
    .record({
      host,
      weight,
      headers: optional(
        fc.record({ response: fc.record({ add: fc.dictionary(text, text, { maxKeys: 1 }) }) }),
      ),
    })
    .map(({ host: to, weight: share, headers }) => ({
      destination: { host: to, port: { number: 80 }, subset },
      ...(share === undefined ? {} : { weight: share }),
      ...(headers === undefined ? {} : { headers }),
    }));

const managed = fc
  .tuple(policy, slotEntry('blue'), slotEntry('green'), fc.boolean())
  .map(([rest, blue, green, greenFirst]): Http => ({
    ...rest,
    route: greenFirst ? [green, blue] : [blue, green],
  }));
const foreign = fc.oneof(
  fc.tuple(policy, fc.array(weight, { minLength: 1, maxLength: 3 })).map(([rest, weights]): Http => ({
    ...rest,
    route: weights.map((share, index) => ({
      destination: { host: `other-${String(index)}`, subset: 'blue' },
      ...(share === undefined ? {} : { weight: share }),
    })),
  })),
  fc.tuple(policy, text).map(([rest, uri]): Http => ({ ...rest, redirect: { uri } })),
  fc.tuple(policy, text).map(([rest, to]): Http => ({ ...rest, delegate: { name: to } })),
);

const virtualService = fc
  .record({
    before: fc.array(fc.oneof(managed, foreign), { maxLength: 4 }),
    one: managed,
    after: fc.array(fc.oneof(managed, foreign), { maxLength: 4 }),
    tcp: optional(
      fc.array(fc.record({ match: fc.array(fc.record({ port: fc.nat(65535) }), { maxLength: 1 }) }), {
        maxLength: 2,
      }),
    ),
    annotations: fc.dictionary(text, text, { maxKeys: 3 }),
    exportTo: optional(fc.array(fc.constantFrom('*', '.'), { maxLength: 2 })),
  })
  .map(({ before, one, after, tcp, annotations, exportTo }): VirtualService => ({
    metadata: { name: 'order-api-vs', namespace: 'ecommerce', resourceVersion: '7', annotations },
    spec: {
      hosts: ['api.c4ang.com'],
      gateways: ['ecommerce-gateway', 'mesh'],
      http: [...before, one, ...after],
      ...(tcp === undefined ? {} : { tcp }),
      ...(exportTo === undefined ? {} : { exportTo }),
    },
  }));

const target = fc.integer({ min: 0, max: 100 }).map((blue) => ({ blue, green: 100 - blue }));

function read(object: VirtualService): ManagedVirtualService {
  const reading = readVirtualService({ ...object }, name, 'forward');
  if (reading.kind !== 'managed') throw new Error(JSON.stringify(reading));
  return reading.virtualService;
}

/** The same object with every weight of the service's routes taken out. */
function withoutWeights(object: VirtualService): unknown {
  const copy = structuredClone(object);
  for (const { route = [] } of copy.spec.http) {
    for (const entry of route) if (entry.destination.host.startsWith('order-api')) delete entry.weight;
  }
  return copy;
}

test('the patch gives every managed route the wanted split, and leaves everything else as it was', () => {
  fc.assert(
    fc.property(virtualService, target, (object, wanted) => {
      const plan = planWeights(read(object), everywhere(wanted));
      const after = applyPatch(object, plan.patch);
      for (const { route = [] } of after.spec.http) {
        const ours = route.filter(({ destination }) => destination.host.startsWith('order-api'));
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
