import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { parseActionYml } from '../../scripts/action-tables.ts';
import { publishTree } from '../../scripts/published-tree.ts';
import { actionNames, rootAction } from '../../src/entry.ts';

const root = join(import.meta.dirname, '..', '..');
const place = mkdtempSync(join(tmpdir(), 'c4ang-published-'));
const tree = join(place, 'tree');
let files: readonly string[] = [];

beforeAll(() => {
  files = publishTree(root, tree);
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const text = (...path: readonly string[]): string => readFileSync(join(tree, ...path), 'utf8');

/** As a runner starts it: node 24, the file that action.yml names, nothing of the checkout around it. */
function start(file: string, argv: readonly string[] = []) {
  return spawnSync(process.execPath, [file, ...argv], {
    cwd: place,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '' },
  });
}

describe.each([...actionNames])('%s', (name) => {
  test('stands at the top, says what it says on main, and names files that are there', () => {
    const published = parseActionYml(text(name, 'action.yml'));
    const onMain = parseActionYml(readFileSync(join(root, 'actions', name, 'action.yml'), 'utf8'));
    expect({ ...published, runs: null }).toEqual({ ...onMain, runs: null });
    const { main, post } = published.runs as { readonly main: string; readonly post?: string };
    for (const entry of post === undefined ? [main] : [main, post]) {
      expect([entry, existsSync(join(tree, name, entry))]).toEqual([entry, true]);
    }
  });

  test('starts from there, and asks for its inputs', () => {
    const { runs, inputs } = parseActionYml(text(name, 'action.yml'));
    const required = Object.keys(inputs).find((input) => inputs[input]?.required === true) ?? 'none';
    const { status, stdout } = start(join(tree, name, runs.main));
    expect({ status, stdout }).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(`${required}: given`),
    });
    expect(stdout).toContain(`${name}:`);
  });
});

test('the action at the top is there as on main, and starts, and asks for its inputs', () => {
  expect(text('action.yml')).toBe(readFileSync(join(root, 'action.yml'), 'utf8'));
  const { main, post = '' } = parseActionYml(text('action.yml')).runs;
  expect(existsSync(join(tree, post))).toBe(true);
  const { status, stdout } = start(join(tree, main));
  expect({ status, stdout }).toMatchObject({ status: 1, stdout: expect.stringContaining('smoke-paths') });
  expect(stdout).toContain(`${rootAction}:`);
});

test('the command line starts from there', () => {
  const { bin } = JSON.parse(text('package.json')) as { readonly bin: { readonly c4ang: string } };
  const { status, stdout } = start(join(tree, bin.c4ang), ['--help']);
  expect(status).toBe(0);
  expect(stdout).toContain('rollback');
});

test('the chart that deploy-green looks for beside its program is there', () => {
  expect(files).toContain('charts/service/Chart.yaml');
});

test('nothing of the sources, the lab or the tests', () => {
  expect(
    files.filter((path) => /^(src|lab|test|bench|demo|scripts|actions|node_modules)\/|\.ts$/.test(path)),
  ).toEqual([]);
  expect(JSON.parse(text('package.json'))).not.toHaveProperty('devDependencies');
});

test('below 3 MB, packed', () => {
  const packed = files.reduce((sum, path) => sum + gzipSync(readFileSync(join(tree, path))).length, 0);
  expect(packed).toBeLessThan(3 * 1024 * 1024);
});

test('every relative link leads to a file of the tree', () => {
  const broken = files
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      [...text(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map(([, link = '']) => normalize(join(dirname(path), link)))
        .filter((target) => !existsSync(join(tree, target)))
        .map((target) => `${path} → ${target}`),
    );
  expect(broken).toEqual([]);
});

test('a folder with something else in it is left alone', () => {
  const mine = join(place, 'mine');
  mkdirSync(mine);
  writeFileSync(join(mine, 'notes.txt'), 'mine');
  expect(() => publishTree(root, mine)).toThrow('holds something else');
  expect(existsSync(join(mine, 'notes.txt'))).toBe(true);
});

test('given twice, it is the same tree', () => {
  expect(publishTree(root, tree)).toEqual(files);
});
