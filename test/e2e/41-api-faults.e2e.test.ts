import { beforeEach, describe, expect, test } from '@jest/globals';
import { undisturbed } from './apiProxy.ts';
import type { Fault, SeenCall } from './apiProxy.ts';
import { disturbed } from './disturbed.ts';
import { lastLine, mustStep, releaseRecord, routing } from './harness.ts';
import type { step } from './harness.ts';
import { underLoad } from './underLoad.ts';

const service = 'order-api';
const minutes = 60_000;
const isLong = process.env['E2E_LONG'] === '1';
/** The proof's 15 s and, when nothing is answered, 10 s each for the put-back and the record. */
const longestStepMs = 60_000;

const stage = disturbed(service);
beforeEach(() => stage.moment.rewind());

const through = (inputs: Readonly<Record<string, string>> = {}): ReturnType<typeof step> =>
  stage.through('switch-traffic', inputs);

/** `PATCH virtualservices`, `GET pods/portforward`: verb and resource, as RBAC has them. */
function kindOf({ method, path }: SeenCall): string {
  const parts = path.replace(/\?.*/, '').split('/').slice(1);
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3);
  const isOfNamespace = rest[0] === 'namespaces' && rest.length > 2;
  const [resource, name, subresource] = isOfNamespace ? rest.slice(2) : rest;
  return `${method}${name === undefined ? ' list of' : ''} ${resource ?? ''}${subresource === undefined ? '' : `/${subresource}`}`;
}

/** The kinds of calls that a switch makes, each once. */
async function kindsOfCalls(): Promise<readonly string[]> {
  stage.proxy.play(undisturbed);
  const { exitCode, log } = await through();
  expect(exitCode === 0 ? '' : log).toBe('');
  const kinds = [...new Set(stage.proxy.calls.map(kindOf))];
  await stage.moment.rewind();
  return kinds;
}

/** Green and monitored; or blue as before, and a failure that says what to do and what serves. */
async function expectRightEnd(result: Awaited<ReturnType<typeof step>>, what: string): Promise<void> {
  const { split } = await routing(service);
  const end = { what, exitCode: result.exitCode, split, log: result.exitCode === 0 ? '' : result.log };
  if (result.exitCode === 0) {
    expect(end).toMatchObject({ split: { blue: 0, green: 100 } });
    expect(await releaseRecord(service)).toMatchObject({ phase: 'monitoring' });
  } else {
    expect(end).toMatchObject({ exitCode: 1, split: { blue: 100, green: 0 } });
    expect(end.log).toContain('What to do:');
    expect(end.log).not.toContain('this is a defect');
    expect(lastLine(result)).toMatch(/^Serving now: /);
  }
  expect({ what, inTime: result.endedAt - result.startedAt < longestStepMs }).toEqual({ what, inTime: true });
}

const faults: readonly (readonly [string, Fault])[] = [
  ['a conflict (409)', { kind: 'answer', status: 409 }],
  [
    'too many requests (429, Retry-After 1)',
    { kind: 'answer', status: 429, headers: { 'Retry-After': '1' } },
  ],
  ['an internal error (500)', { kind: 'answer', status: 500 }],
  ['an expired token (401)', { kind: 'answer', status: 401 }],
  ['a reset before the API server heard of it', { kind: 'reset' }],
  ['a reset after the API server did it', { kind: 'lost' }],
  ['a reset in the middle of the answer', { kind: 'cut' }],
  ['no answer ever', { kind: 'hang' }],
];

const mattersMost = ['PATCH virtualservices', 'GET pods/portforward', 'PUT configmaps'];

/**
 * Half of the faults meet every kind of call; the others, which end in the same code of the client or cost a whole
 * deadline each, meet those that matter most, unless there is time (`--long`).
 */
const isSeenEverywhere = (fault: Fault): boolean =>
  fault.kind === 'answer' ? [409, 500].includes(fault.status) : ['reset', 'lost'].includes(fault.kind);

describe('one call of a switch meets', () => {
  test.each(faults)(
    '%s: at each kind of call it ends in the right state, or as before with a clear failure; again, it goes through',
    async (_name, fault) => {
      const kinds = await kindsOfCalls();
      expect(kinds).toContain('PATCH virtualservices');
      await underLoad(service, 50, async () => {
        for (const kind of isLong || isSeenEverywhere(fault) ? kinds : mattersMost) {
          await stage.moment.rewind();
          let isPlayed = false;
          stage.proxy.play({
            before(call) {
              if (isPlayed || kindOf(call) !== kind) return null;
              isPlayed = true;
              return fault;
            },
          });
          const result = await through();
          await expectRightEnd(result, kind);
          expect({ kind, isPlayed }).toEqual({ kind, isPlayed: true });
          stage.proxy.play(undisturbed);
          if (result.exitCode !== 0) await mustStep('switch-traffic', { service });
        }
      });
    },
    6 * minutes,
  );
});

describe('from the accepted patch on the API server', () => {
  const lasting = ['500', '401', 'no answer'];
  test.each(faults.filter(([name]) => isLong || lasting.some((word) => name.includes(word))))(
    'answers nothing but %s: the failure says that the end is not known, and the same step finishes it',
    async (_name, fault) => {
      await underLoad(service, 50, async () => {
        let isPatched = false;
        stage.proxy.play({
          before: () => (isPatched ? fault : null),
          answered(call) {
            isPatched ||= kindOf(call) === 'PATCH virtualservices';
          },
        });
        const result = await through({ timeout: '3s' });
        expect(result.exitCode).toBe(1);
        expect(result.log).toContain('What to do:');
        expect(result.log).not.toContain('this is a defect');
        expect(lastLine(result)).toMatch(/^Serving now: /);
        expect(result.endedAt - result.startedAt).toBeLessThan(longestStepMs);
        await mustStep('switch-traffic', { service });
        expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
      });
    },
    2 * minutes,
  );
});

test(
  'an API server that asks for patience (429 on one call of three) is given it, and the switch goes through',
  async () => {
    stage.proxy.play({
      before: ({ index }) =>
        index % 3 === 1 ? { kind: 'answer', status: 429, headers: { 'Retry-After': '1' } } : null,
    });
    const result = await through();
    expect(result.exitCode === 0 ? '' : result.log).toBe('');
    expect((await routing(service)).split).toEqual({ blue: 0, green: 100 });
  },
  2 * minutes,
);
