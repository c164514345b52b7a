import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commands } from '../../src/cli/commands.ts';
import { exitCodes } from '../../src/cli/exitCodes.ts';
import { raisedErrors } from '../../scripts/error-list.ts';
import { isOfTheImage, usersIn, usersOf } from '../../scripts/error-users.ts';

const runbook = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');

test('the runbook has every exit code, and no other', () => {
  const [, table = ''] = runbook.split('| exit code');
  const told = [...table.matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code));
  expect(told).toEqual(Object.values(exitCodes).toSorted((a, b) => a - b));
});

test('the runbook types no command and no flag that there is not', () => {
  const known = new Set([...commands.map(({ name }) => name), 'help']);
  const typed = [...runbook.matchAll(/c4ang ([a-z]+)/g)].map(([, name]) => name ?? '');
  expect(typed.filter((name) => !known.has(name))).toEqual([]);
  const flags = new Set([...commands.flatMap(({ fields }) => Object.keys(fields)), 'json']);
  // The list of errors is made from the sources; what it types are programs of others, too.
  const [byHand = ''] = runbook.split('\n## Every error\n');
  const used = [...byHand.matchAll(/(?<!-)--([a-z][a-z-]+)/g)].map(([, name]) => name ?? '');
  expect(used.filter((name) => !flags.has(name) && name !== 'raw')).toEqual([]);
});

describe('what serves the users', () => {
  const errors = raisedErrors(join(import.meta.dirname, '..', '..'));

  test('is said of each error of a kind that can leave them elsewhere than before', () => {
    const kinds = ['VerificationError', 'RollbackError', 'ConflictError', 'DeadlineError'];
    const unsaid = errors
      .filter((error) => kinds.includes(error.kind) && !isOfTheImage(error))
      .filter((error) => usersIn(error) === null);
    expect(unsaid).toEqual([]);
  });

  test('is said of no error that there is not', () => {
    const stale = usersOf.filter(
      ({ kind, says }) => !errors.some((error) => error.kind === kind && says.test(error.says)),
    );
    expect(stale).toEqual([]);
  });
});
