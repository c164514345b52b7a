import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseActionYml, withTables } from '../../scripts/action-tables.ts';
import { sourcesHash } from '../../scripts/sources-hash.ts';
import { actionNames, rootAction } from '../../src/entry.ts';
import { fields as releaseFields, partFields, parts } from '../../src/release/inputs.ts';
import type { Field } from '../../src/runtime/inputs.ts';

const root = join(import.meta.dirname, '..', '..');
const text = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');

interface InputsModule {
  readonly fields: Readonly<Record<string, Field<unknown>>>;
}

test('every action has its folder, its sources and its entry', () => {
  expect(readdirSync(join(root, 'actions')).sort()).toEqual([...actionNames].sort());
  expect(readdirSync(join(root, 'src', 'actions')).sort()).toEqual([...actionNames].sort());
});

test('dist was built from these sources', () => {
  // npm run build
  expect(text('dist', 'sources.sha256').trim()).toBe(sourcesHash(root));
});

describe.each([...actionNames])('%s', (name) => {
  const action = parseActionYml(text('actions', name, 'action.yml'));

  test('runs its entry of dist on Node 24', () => {
    expect(action.runs).toMatchObject({ using: 'node24', main: `../../dist/${name}.js` });
    expect(text('dist', `${name}.js`)).toContain(`start('${name}')`);
  });

  test('has a post step exactly when its sources have one, and then whatever became of the job', () => {
    const entry = existsSync(join(root, 'src', 'actions', name, 'post.ts')) ? `${name}-post.js` : null;
    if (entry === null) expect(action.runs).not.toHaveProperty('post');
    else {
      expect(action.runs).toMatchObject({ post: `../../dist/${entry}`, 'post-if': 'always()' });
      expect(text('dist', entry)).toContain(`startPost('${name}')`);
    }
  });

  test('declares exactly the inputs that the code reads, with the same defaults', async () => {
    const { fields } = (await import(`../../src/actions/${name}/inputs.ts`)) as InputsModule;
    const declared = Object.fromEntries(
      Object.entries(action.inputs).map(([input, { required, default: value }]) => [
        input,
        required === true ? 'required' : (value ?? 'null'),
      ]),
    );
    const read = Object.fromEntries(
      Object.entries(fields).map(([input, { whenEmpty }]) => [
        input,
        typeof whenEmpty === 'object' ? whenEmpty.text : whenEmpty,
      ]),
    );
    expect(declared).toEqual(read);
  });

  test('accepts its own defaults and examples', async () => {
    const { fields } = (await import(`../../src/actions/${name}/inputs.ts`)) as InputsModule;
    for (const [input, { rule, whenEmpty }] of Object.entries(fields)) {
      expect([input, rule.parse(rule.example)]).not.toEqual([input, undefined]);
      if (typeof whenEmpty === 'object') {
        expect([input, rule.parse(whenEmpty.text)]).not.toEqual([input, undefined]);
      }
    }
  });

  test('shows its inputs and outputs in its README', () => {
    const readme = text('actions', name, 'README.md');
    expect(readme).toBe(withTables(readme, text('actions', name, 'action.yml')));
  });
});

describe('the action at the top', () => {
  const action = parseActionYml(text('action.yml'));

  test('runs its entries of dist on Node 24, the post step whatever became of the job', () => {
    expect(action.runs).toEqual({
      using: 'node24',
      main: `dist/${rootAction}.js`,
      post: `dist/${rootAction}-post.js`,
      'post-if': 'always()',
    });
    expect(text('dist', `${rootAction}.js`)).toContain(`start('${rootAction}')`);
    expect(text('dist', `${rootAction}-post.js`)).toContain(`startPost('${rootAction}')`);
  });

  test('declares exactly the inputs that the code reads, with the same defaults', () => {
    const declared = Object.entries(action.inputs).map(([input, { required, default: value }]) => [
      input,
      required === true ? 'required' : (value ?? 'null'),
    ]);
    const read = Object.entries(releaseFields).map(([input, { whenEmpty }]) => [
      input,
      typeof whenEmpty === 'object' ? whenEmpty.text : whenEmpty,
    ]);
    expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(read));
  });

  test('has the inputs of its parts with their defaults, but for moving by hand; and all of their outputs', () => {
    for (const part of parts) {
      const own = parseActionYml(text('actions', part, 'action.yml'));
      const { timeout } = partFields[part];
      for (const [input, { default: value, required }] of Object.entries(own.inputs)) {
        if (['to', 'release-id', 'weight', 'dry-run'].includes(input)) continue;
        const here = action.inputs[input === 'timeout' ? (timeout ?? '') : input];
        expect([part, input, here?.default, here?.required]).toEqual([part, input, value, required]);
      }
      const outputs = Object.keys(own.outputs).filter((name) => name !== 'plan');
      expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(outputs));
    }
  });
});
