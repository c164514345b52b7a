import { describe, expect, test } from '@jest/globals';
import { configMaps, events, virtualServices } from '../../../src/cluster/api/resources.ts';
import { transitionEvents } from '../../../src/cluster/record/transitionEvents.ts';
import type { TransitionEvents } from '../../../src/cluster/record/transitionEvents.ts';
import type { Release } from '../../../src/domain/release/release.ts';
import { PermissionError } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeKubeApi } from '../../fakes/kubeApi.ts';
import { shop, virtualService } from '../../fakes/shop.ts';

const release: Release = {
  id: 'rel-1',
  ...shop,
  phase: 'rolling-back',
  candidate: 'green',
  slots: {},
  splitBefore: { blue: 100, green: 0 },
  splitAfter: null,
  verdicts: {},
  timeline: [{ at: '2026-11-21T00:00:00.000Z', phase: 'rolling-back', note: 'too many errors' }],
  runUrl: null,
  actor: 'anna',
};

function stage() {
  const api = new FakeKubeApi();
  const clock = new FakeClock();
  const record = api.put(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'order-api-release', namespace: 'ecommerce' },
  });
  return { api, clock, record, told: transitionEvents((event) => api.create(events, event), clock) };
}

test('a transition is told on the record and on every VirtualService, where each of them is', async () => {
  const { api, record, told } = stage();
  const elsewhere = virtualService({ name: 'edge', namespace: 'istio-system' });
  const sameName = virtualService({ name: 'edge', namespace: 'ecommerce' });
  told.about([{ ...elsewhere, metadata: { ...elsewhere.metadata, uid: 'u-1' } }, sameName]);
  told.tell(release, record);
  await told.sent();
  expect(api.all(events)).toMatchObject([
    {
      metadata: { namespace: 'ecommerce' },
      involvedObject: { kind: 'ConfigMap', name: 'order-api-release' },
      type: 'Warning',
      reason: 'ReleaseRollingBack',
      message: 'order-api rel-1: too many errors',
    },
    {
      metadata: { namespace: 'istio-system' },
      involvedObject: { kind: 'VirtualService', name: 'edge', uid: 'u-1' },
    },
    {
      metadata: { namespace: 'ecommerce' },
      involvedObject: { kind: 'VirtualService', name: 'edge' },
    },
  ]);
});

test('a missing right to write Events, or no answer at all, stops nothing', async () => {
  const { api, record, told } = stage();
  api.failNext('create', 'Event', () => new PermissionError('no', 'Grant it.'));
  told.tell(release, record);
  await told.sent();
  expect(api.all(events)).toEqual([]);
});

test('what a transition announces goes first: its Events come a moment later, by themselves', async () => {
  const { api, clock, record, told } = stage();
  told.tell(release, record);
  expect(api.all(events)).toEqual([]);
  await clock.sleep(60);
  expect(api.all(events)).toHaveLength(1);
});

test('patches go first: their Events come a moment after the last of them is answered, however long one takes', async () => {
  const { api, clock, record, told } = stage();
  api.put(virtualServices, virtualService());
  const answers: string[] = [];
  api.onWrite(({ kind }) => answers.push(kind));
  let answer = (): void => undefined;
  const slow = new Promise<void>((resolve) => (answer = resolve));
  const patch = api.jsonPatch.bind(api);
  api.jsonPatch = async (...asked) => {
    await slow;
    return patch(...asked);
  };
  const patched = told.behindPatches(api);
  told.tell(release, record);
  const first = patched.jsonPatch(virtualServices, 'ecommerce', 'order-api-vs', []);
  await clock.sleep(10_000);
  expect(answers).toEqual([]);
  answer();
  await first;
  await patched.jsonPatch(virtualServices, 'ecommerce', 'order-api-vs', []);
  expect(answers).toEqual(['VirtualService', 'VirtualService']);
  await clock.sleep(60);
  expect(answers).toEqual(['VirtualService', 'VirtualService', 'Event']);
});

test('a patch with nothing to tell, and one that fails, are what they are', async () => {
  const { api, clock, told } = stage();
  const patched = told.behindPatches(api);
  await expect(patched.jsonPatch(virtualServices, 'ecommerce', 'none', [])).rejects.toThrow('not found');
  await clock.sleep(60);
  expect(api.writes).toEqual([]);
});

describe('a process that comes after one that was killed', () => {
  const at = (seconds: number): string =>
    new Date(Date.parse('2026-11-21T00:00:00.000Z') + seconds * 1_000).toISOString();
  const intent = {
    ...release,
    timeline: [{ at: at(0), phase: 'switching', note: 'from blue to green' }],
  } as const;
  const [last] = intent.timeline;
  const next: Release = { ...release, timeline: [last, { at: at(60), phase: 'monitoring', note: 'proven' }] };
  const messages = (api: FakeKubeApi): readonly unknown[] => api.all(events).map((event) => event['message']);
  /** Another process on the same cluster. */
  const another = ({ api, clock }: ReturnType<typeof stage>): TransitionEvents =>
    transitionEvents((event) => api.create(events, event), clock);

  test('tells the intent that the other one had no time to tell, with the time when it was', async () => {
    const here = stage();
    here.told.tell(intent, here.record);
    // Killed: nothing was sent.
    const told = another(here);
    told.tell(next, here.record);
    await told.sent();
    expect(messages(here.api)).toEqual(['order-api rel-1: from blue to green', 'order-api rel-1: proven']);
    expect(here.api.all(events)[0]).toMatchObject({ firstTimestamp: at(0) });
  });

  test('tells nothing twice', async () => {
    const here = stage();
    here.told.tell(intent, here.record);
    await here.told.sent();
    const told = another(here);
    told.tell(next, here.record);
    await told.sent();
    expect(messages(here.api)).toEqual(['order-api rel-1: from blue to green', 'order-api rel-1: proven']);
  });

  test('asks for nothing more where no intent was left', async () => {
    const here = stage();
    let asked = 0;
    const told = transitionEvents((event) => {
      asked += 1;
      return here.api.create(events, event);
    }, here.clock);
    told.tell(
      { ...next, timeline: [...next.timeline, { at: at(90), phase: 'stable', note: 'good' }] },
      here.record,
    );
    await told.sent();
    expect(asked).toBe(1);
  });
});
