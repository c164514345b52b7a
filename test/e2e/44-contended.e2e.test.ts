import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { virtualServices } from '../../src/cluster/api/resources.ts';
import { ConflictError } from '../../src/runtime/errors.ts';
import { api, close, routing, step, virtualService } from './harness.ts';
import { verifiedCandidate } from './rewind.ts';
import type { Moment } from './rewind.ts';
import { underLoad } from './underLoad.ts';

const service = 'order-api';
const edited = 'order-api-vs';
const minutes = 60_000;
const rounds = process.env['E2E_LONG'] === '1' ? 100 : 8;

let moment: Moment;
beforeAll(async () => {
  moment = await verifiedCandidate(service);
}, 3 * minutes);
afterAll(close);

/** As kubectl edit does: reads, lets a person change it, and writes what was read back; on conflict once more. */
async function edit(change: (object: Record<string, unknown>) => void): Promise<void> {
  for (;;) {
    const object = structuredClone(await virtualService(edited)) as unknown as Record<string, unknown>;
    change(object);
    try {
      await api.update(virtualServices, object as unknown as Parameters<typeof api.update>[1]);
      return;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

/** Annotates and changes a timeout, over and over, until told to stop. @returns what it wrote */
async function editUntil(done: AbortSignal, round: number): Promise<ReadonlyMap<string, string>> {
  const written = new Map<string, string>();
  for (let count = 0; !done.aborted; count += 1) {
    const key = `edited.example/${String(round)}-${String(count)}`;
    const timeout = `${String(5 + count)}s`;
    await edit((object) => {
      const { annotations, ...metadata } = object['metadata'] as Record<string, object>;
      object['metadata'] = { ...metadata, annotations: { ...annotations, [key]: timeout } };
      const { http } = object['spec'] as { http: { timeout?: string }[] };
      const [first] = http;
      if (first !== undefined) first.timeout = timeout;
    });
    written.set(key, timeout);
    await sleep(40 + 20 * (round % 4));
  }
  return written;
}

async function contend(round: number): Promise<string> {
  await moment.rewind();
  const over = new AbortController();
  const edits = editUntil(over.signal, round);
  const [forth, back] = await Promise.all([
    step('switch-traffic', { service, to: 'green' }),
    sleep(100 * (round % 8)).then(() => step('switch-traffic', { service, to: 'blue' })),
  ]);
  over.abort();
  const written = await edits;

  const { split } = await routing(service);
  const logs = `forth: ${forth.log}\nback: ${back.log}`;
  expect([
    { logs, split: { blue: 100, green: 0 } },
    { logs, split: { blue: 0, green: 100 } },
  ]).toContainEqual({ logs, split });
  // Whoever did not get its way says so in words, and whoever did was the last.
  for (const { exitCode, log } of [forth, back]) {
    if (exitCode !== 0) expect(log).toContain('What to do:');
    expect(log).not.toContain('this is a defect');
  }
  if (forth.exitCode !== 0) expect({ logs, green: split?.green }).toEqual({ logs, green: 0 });
  const object = await virtualService(edited);
  const { annotations } = object.metadata as { annotations?: Readonly<Record<string, string>> };
  expect(annotations).toMatchObject(Object.fromEntries(written));
  const { http } = object['spec'] as { http: readonly { timeout?: string }[] };
  expect(http[0]?.timeout).toBe([...written.values()].at(-1));
  await edit((found) => {
    const metadata = found['metadata'] as Record<string, unknown>;
    delete metadata['annotations'];
  });
  return `${String(forth.exitCode)}/${String(back.exitCode)} ${JSON.stringify(split)}`;
}

test(
  `two switches and someone's edits at once, ${String(rounds)} times: no edit is lost, one split or the other is served`,
  async () => {
    const ends: Record<string, number> = {};
    await underLoad(service, 100, async () => {
      for (let round = 0; round < rounds; round += 1) {
        const end = await contend(round);
        ends[end] = (ends[end] ?? 0) + 1;
      }
    });
    console.log(`forth/back exit codes and split at the end: ${JSON.stringify(ends)}`);
  },
  30 * minutes,
);
