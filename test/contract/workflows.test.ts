import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseActionYml } from '../../scripts/action-tables.ts';
import { publishTree, reusableWorkflows } from '../../scripts/published-tree.ts';

const root = join(import.meta.dirname, '..', '..');
const ownAction = /^c4ang\/actions\/([a-z-]+)@v1$/;

interface Input {
  readonly description?: string;
  readonly type?: string;
  readonly default?: string | number | boolean;
}

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly 'timeout-minutes'?: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: {
    readonly workflow_call: {
      readonly inputs: Readonly<Record<string, Input>>;
      readonly secrets?: Readonly<Record<string, { readonly description?: string }>>;
    };
    readonly workflow_dispatch?: { readonly inputs: Readonly<Record<string, Input>> };
  };
  readonly permissions: object;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly jobs: Readonly<Record<string, Job>>;
}

const textOf = (file: string): string => readFileSync(join(root, '.github', 'workflows', file), 'utf8');
const read = (file: string): Workflow => parse(textOf(file)) as Workflow;

const stepsOf = ({ jobs }: Workflow): readonly Step[] => Object.values(jobs).flatMap(({ steps }) => steps);

const actionOf = ({ uses = '' }: Step) => {
  const [, name] = ownAction.exec(uses) ?? [];
  return name === undefined
    ? null
    : parseActionYml(readFileSync(join(root, 'actions', name, 'action.yml'), 'utf8'));
};

describe.each([...reusableWorkflows])('%s', (file) => {
  const workflow = read(file);
  const { inputs, secrets = {} } = workflow.on.workflow_call;

  test('has a description for every input and secret, and a type for every input', () => {
    expect(Object.entries(inputs).filter(([, { type, description }]) => !type || !description)).toEqual([]);
    expect(Object.entries(secrets).filter(([, { description }]) => !description)).toEqual([]);
  });

  test('asks the same when it is started by hand as when it is called', () => {
    const { workflow_dispatch: byHand } = workflow.on;
    if (byHand !== undefined) expect(byHand.inputs).toEqual(inputs);
  });

  test('gives no right that a job does not name, and says what each is for', () => {
    expect(workflow.permissions).toEqual({});
    for (const [job, { permissions }] of Object.entries(workflow.jobs)) {
      expect([job, permissions]).not.toEqual([job, undefined]);
    }
    const granted = textOf(file)
      .split('\n')
      .filter((line) => /^ {6}[a-z-]+: (read|write)\b/.test(line));
    expect(granted.filter((line) => !/ # \w/.test(line))).toEqual([]);
  });

  test('has a timeout on every job', () => {
    const without = Object.entries(workflow.jobs).filter(([, job]) => job['timeout-minutes'] === undefined);
    expect(without.map(([job]) => job)).toEqual([]);
  });

  test("names this project's actions by the moving tag, and others by their commit", () => {
    const foreign = stepsOf(workflow).filter(({ uses }) => uses !== undefined && !ownAction.test(uses));
    for (const { uses = '' } of foreign) expect(uses).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/);
    const lines = textOf(file)
      .split('\n')
      .filter((line) => /uses: .*@[0-9a-f]{40}/.test(line));
    expect(lines.filter((line) => !/ # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  test('hands each action only what it takes, and all that it must have', () => {
    for (const step of stepsOf(workflow)) {
      const action = actionOf(step);
      if (action === null) continue;
      const given = Object.keys(step.with ?? {});
      const required = Object.entries(action.inputs).flatMap(([name, input]) =>
        input.required === true ? [name] : [],
      );
      expect([step.uses, given.filter((name) => !(name in action.inputs))]).toEqual([step.uses, []]);
      expect([step.uses, required.filter((name) => !given.includes(name))]).toEqual([step.uses, []]);
    }
  });

  test('passes on the defaults of the actions, where it says one of its own for the same input', () => {
    const ownDefaults = new Set(['on-inconclusive', 'unfinished-release']);
    for (const step of stepsOf(workflow)) {
      const action = actionOf(step);
      for (const [name, value] of Object.entries(step.with ?? {})) {
        const [, input = ''] = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(String(value)) ?? [];
        const said = inputs[input]?.default;
        const theirs = action?.inputs[name]?.default;
        if (said === undefined || said === '' || theirs === undefined || ownDefaults.has(name)) continue;
        expect([step.uses, name, String(said)]).toEqual([step.uses, name, theirs]);
      }
    }
  });

  test('reads no output that an action does not have', () => {
    for (const [job, { steps, outputs = {} }] of Object.entries(workflow.jobs)) {
      const used = JSON.stringify([steps, outputs]).matchAll(/steps\.([a-z-]+)\.outputs\.([a-z-]+)/g);
      for (const [, id, output = ''] of used) {
        const step = steps.find((one) => one.id === id);
        expect([job, id, step?.id]).toEqual([job, id, id]);
        const action = step === undefined ? null : actionOf(step);
        if (action !== null) expect(Object.keys(action.outputs)).toContain(output);
      }
    }
  });

  test('never cuts off what changes a cluster', () => {
    const touches = stepsOf(workflow).some((step) => actionOf(step) !== null);
    if (touches) expect(workflow.concurrency?.['cancel-in-progress'] ?? false).toBe(false);
  });
});

test('what is built and scanned is in a job that has nothing to sign in with, and only that job has a Dockerfile', () => {
  const { jobs } = read('blue-green.yml');
  const steps = Object.entries(jobs).flatMap(([job, { steps }]) => steps.map((step) => ({ job, ...step })));
  const images = steps.filter(({ uses }) => uses === 'c4ang/actions/build-scan-push@v1');
  const isPush = (step: Step): boolean => 'layout' in (step.with ?? {});
  expect(images.map((step) => [step.job, isPush(step)])).toEqual([
    ['build', false],
    ['push', true],
  ]);
  const { build, push } = jobs;
  expect(build?.permissions).toEqual({ contents: 'read' });
  const secretsOf = (job: Job | undefined): readonly string[] => [
    ...new Set([...JSON.stringify(job).matchAll(/secrets\.([A-Z_]+)/g)].map(([, name = '']) => name)),
  ];
  expect(secretsOf(build)).toEqual(['BUILD_SECRETS', 'SNYK_TOKEN']);
  expect(JSON.stringify(build)).not.toContain('configure-aws-credentials');
  // Nor does the repository, or what the build made of it, have a say where there is something to sign in with.
  expect(push?.permissions).toEqual({ 'id-token': 'write' });
  expect(JSON.stringify(push)).not.toMatch(/actions\/checkout|"run":/);
  // Which digest passed comes from the job, and not with the artifact.
  expect(images.find(isPush)?.with).toMatchObject({
    digest: '${{ needs.build.outputs.digest }}',
    verdict: '${{ needs.build.outputs.verdict }}',
    'sbom-digest': '${{ needs.build.outputs.sbom-digest }}',
  });
});

test('a rollback waits for nobody', () => {
  expect(read('rollback.yml').concurrency).toBeUndefined();
});

describe('in the published tree', () => {
  const place = mkdtempSync(join(tmpdir(), 'c4ang-workflows-'));
  const tree = join(place, 'tree');
  beforeAll(() => {
    publishTree(root, tree);
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  test.each([...reusableWorkflows])('%s names exactly this version, and actions that are there', (file) => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    const text = readFileSync(join(tree, '.github', 'workflows', file), 'utf8');
    const named = [...text.matchAll(/uses: c4ang\/actions\/(\S+)@(\S+)$/gm)];
    for (const [, name = '', at] of named) {
      const target = name.endsWith('.yml') ? name : join(name, 'action.yml');
      expect([name, at, existsSync(join(tree, target))]).toEqual([name, `v${version}`, true]);
    }
    for (const [, at] of text.matchAll(/repository: c4ang\/actions\n\s+ref: (\S+)/g)) {
      expect(at).toBe(`v${version}`);
    }
    expect(stepsOf(parse(text) as Workflow).length).toBe(stepsOf(read(file)).length);
  });

  test('no workflow that builds or tests this project is among them', () => {
    expect(existsSync(join(tree, '.github', 'workflows', 'ci.yml'))).toBe(false);
  });
});
