import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { pythonTool } from '../../../lab/build/pythonTool.ts';
import { actionlintProgram } from '../../../lab/build/workflowTools.ts';

// Every workflow of this project, and every one that its documentation shows, goes through actionlint (with
// shellcheck) and zizmor. What they are told to overlook stands in .github/actionlint.yaml and .github/zizmor.yml,
// each with its reason.

const minutes = 60_000;
const root = join(import.meta.dirname, '..', '..', '..');
const place = mkdtempSync(join(tmpdir(), 'c4ang-lint-'));
let tools: { readonly actionlint: string; readonly shellcheck: string; readonly zizmor: string };

beforeAll(async () => {
  const [actionlint, shellcheck, zizmor] = await Promise.all([
    actionlintProgram(),
    pythonTool('shellcheck'),
    pythonTool('zizmor'),
  ]);
  tools = { actionlint, shellcheck, zizmor };
}, 10 * minutes);
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** A repository with these workflows, and with this project's actions as if they were its own. */
function repository(name: string, workflows: ReadonlyMap<string, string>): string {
  const folder = join(place, name);
  mkdirSync(join(folder, '.git'), { recursive: true });
  mkdirSync(join(folder, '.github'), { recursive: true });
  cpSync(join(root, '.github'), join(folder, '.github'), { recursive: true });
  for (const part of ['actions', 'dist', 'action.yml'].filter((one) => existsSync(join(root, one)))) {
    symlinkSync(join(root, part), join(folder, part));
  }
  for (const [file, text] of workflows) writeFileSync(join(folder, '.github', 'workflows', file), text);
  return folder;
}

function run(program: string, argv: readonly string[], cwd: string): string {
  const PATH = `${dirname(tools.shellcheck)}:${process.env['PATH'] ?? ''}`;
  const { status, stdout, stderr } = spawnSync(program, argv, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  return status === 0 ? '' : `${stdout}\n${stderr}`;
}

const lint = (folder: string): string => run(tools.actionlint, ['-no-color'], folder);
const audit = (folder: string): string =>
  run(
    tools.zizmor,
    [
      ...['--offline', '--no-progress', '--quiet', '--color', 'never', '--config', '.github/zizmor.yml'],
      '.github/workflows',
    ],
    folder,
  );

const ownWorkflows = join(root, '.github', 'workflows');
const own = new Map(
  readdirSync(ownWorkflows).map((file) => [file, readFileSync(join(ownWorkflows, file), 'utf8')]),
);

/** actionlint knows the inputs of what lies in the same repository, and nothing of what lies elsewhere. */
const asLocal = (text: string): string =>
  text
    .replaceAll(/uses: c4ang\/actions\/(\.github\/workflows\/[^@\s]+)@\S+/g, 'uses: ./$1')
    .replaceAll(/uses: c4ang\/actions\/([a-z-]+)@\S+/g, 'uses: ./actions/$1')
    .replaceAll(/uses: c4ang\/actions@\S+/g, 'uses: ./');

const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs')).map((file) => join('docs', file)),
  ...readdirSync(join(root, 'actions')).map((name) => join('actions', name, 'README.md')),
].filter((file) => file.endsWith('.md'));

/** A whole workflow, or steps of one: then a job is put around them, so that they can be checked. */
function asWorkflow(block: string): string | null {
  if (/^on:/m.test(block) && /^jobs:/m.test(block)) return block;
  if (/^jobs:/m.test(block)) return `on: push\npermissions: {}\n${block}`;
  if (!/^ *(- )?(uses|run): /m.test(block) || /^\S+: *$/m.test(block)) return null;
  const needs = [...block.matchAll(/needs\.([a-z-]+)\.outputs\.([a-z-]+)/g)];
  const before = Object.fromEntries(needs.map(([, job = '', output = '']) => [job, jobWith(output)]));
  const shown = {
    ...jobOf(parse(block) as unknown),
    ...(needs.length === 0 ? {} : { needs: Object.keys(before) }),
  };
  return stringify({ on: 'push', permissions: {}, jobs: { ...before, shown } });
}

const jobOf = (steps: unknown): object => ({ 'runs-on': 'ubuntu-24.04', 'timeout-minutes': 5, steps });
const jobWith = (output: string): object => ({
  ...jobOf([{ id: 'it', run: `echo ${output}=x >> "$GITHUB_OUTPUT"` }]),
  outputs: { [output]: `\${{ steps.it.outputs.${output} }}` },
});

/** By the place where they stand: `docs-workflows-md-2.yml`. */
const shown = new Map(
  documents.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].flatMap(
      ([, block = ''], index) => {
        const workflow = asWorkflow(block);
        const name = `${file.replaceAll(/[^A-Za-z0-9]/g, '-')}-${String(index + 1)}.yml`;
        return workflow === null ? [] : [[name, workflow] as const];
      },
    ),
  ),
);

test("no findings in this project's workflows", () => {
  const folder = repository('own', own);
  expect(audit(folder)).toBe('');
  expect(lint(folder)).toBe('');
});

test("this project's workflows hand its actions what they take", () => {
  const local = new Map([...own].map(([file, text]) => [file, asLocal(text)]));
  expect(lint(repository('own-local', local))).toBe('');
});

test('no findings in the workflows that README and docs show', () => {
  expect(shown.size).toBeGreaterThan(5);
  expect(audit(repository('shown', shown))).toBe('');
});

test('what README and docs show gives actions and workflows what they take', () => {
  const local = new Map([...shown].map(([file, text]) => [file, asLocal(text)]));
  expect(lint(repository('shown-local', local))).toBe('');
});

test('a mistake would be found', () => {
  const broken = asLocal(`on: push
permissions: {}
jobs:
  release:
    uses: c4ang/actions/.github/workflows/blue-green.yml@v1
    with:
      servise: order-api
`);
  const found = lint(repository('broken', new Map([['broken.yml', broken]])));
  expect(found).toContain('input "servise" is not defined');
  expect(found).toContain('input "service" is required');
  const unpinned =
    'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/cache@v4\n';
  expect(audit(repository('unpinned', new Map([['unpinned.yml', unpinned]])))).toContain('unpinned-uses');
});
