import { expect, test } from '@jest/globals';
import { PreconditionError, ToolError } from '../../src/runtime/errors.ts';
import { helmProgram } from '../../src/tools/helm.ts';
import type { HelmUpgrade } from '../../src/tools/helmArgv.ts';
import { FakeExec } from '../fakes/exec.ts';

const access = { argv: ['--kube-context', 'lab'], env: { KUBECONFIG: '/tmp/k' } };
const release = { name: 'order-api-green', namespace: 'ecommerce' };
const upgrade: HelmUpgrade = {
  ...release,
  chart: 'charts/service',
  valuesFile: 'values.yaml',
  timeoutMs: 300_000,
  takeOwnership: false,
  serverSide: true,
};
const signal = new AbortController().signal;

test('an upgrade is this argv and no other; our values come by stdin, after the file, and win', async () => {
  const exec = new FakeExec({});
  await helmProgram(exec, access).upgrade(upgrade, { slot: 'green' }, signal);
  expect(exec.ran.map(({ argv }) => argv.join(' '))).toEqual([
    'helm upgrade --install order-api-green charts/service --namespace ecommerce --values values.yaml --values - --wait --timeout 300s --history-max 5 --kube-context lab',
  ]);
  expect(exec.ran[0]?.options).toMatchObject({
    stdin: 'slot: green\n',
    env: { KUBECONFIG: '/tmp/k' },
    signal,
  });
});

test.each([
  ['Helm 3', false, '--take-ownership'],
  ['Helm 4', true, '--take-ownership --force-conflicts'],
])('%s takes over what it did not make', async (_what, serverSide, flags) => {
  const exec = new FakeExec({});
  await helmProgram(exec, access).upgrade({ ...upgrade, takeOwnership: true, serverSide }, {}, signal);
  expect(exec.ran[0]?.argv.join(' ')).toContain(`--history-max 5 ${flags} --kube-context`);
});

test('rendering asks no cluster', async () => {
  const exec = new FakeExec({ stdout: 'kind: Deployment\n' });
  expect(await helmProgram(exec, access).template({ ...upgrade, valuesFile: null }, {})).toBe(
    'kind: Deployment\n',
  );
  expect(exec.ran[0]?.argv.join(' ')).toBe(
    'helm template order-api-green charts/service --namespace ecommerce --values -',
  );
});

test.each(['v3.17.0', 'v3.22.0+gabc', 'v4.0.0', 'v4.3.0'])('%s works', async (stdout) => {
  expect(await helmProgram(new FakeExec({ stdout }), access).version()).toBe(stdout);
});

test.each(['v3.16.4', 'v2.17.0', 'v5.0.0', 'nonsense'])(
  '%s is refused, with those that work',
  async (stdout) => {
    const failure = await helmProgram(new FakeExec({ stdout }), access)
      .version()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PreconditionError);
    expect(failure).toMatchObject({ remedy: expect.stringContaining('Helm 3.17 or newer, or any Helm 4') });
  },
);

test('a status is read; a release that is not there is null', async () => {
  const stdout = JSON.stringify({
    name: 'order-api-green',
    version: 3,
    info: { status: 'pending-upgrade', last_deployed: '2026-11-21T00:00:00Z' },
  });
  const exec = new FakeExec({ stdout }, { exitCode: 1, stderr: 'Error: release: not found' });
  const helm = helmProgram(exec, access);
  expect(await helm.status(release)).toEqual({
    status: 'pending-upgrade',
    revision: 3,
    lastDeployed: '2026-11-21T00:00:00Z',
  });
  expect(await helm.status(release)).toBeNull();
});

test('a failure has argv, exit code, the end of stderr and a remedy of its own', async () => {
  const stderr = `level=INFO msg=noise\nI1121 noise\n\nError: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress`;
  const failure = await helmProgram(new FakeExec({ exitCode: 1, stderr }), access)
    .upgrade(upgrade, {}, signal)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ToolError);
  expect(failure).toMatchObject({
    exitCode: 1,
    message: expect.stringMatching(/^helm upgrade .* ended with exit code 1\nError: UPGRADE FAILED: [^\n]*$/),
    remedy: expect.stringContaining('Another helm works on this release'),
  });
});

test('an uninstall of what is not there is false', async () => {
  const exec = new FakeExec(
    {},
    { exitCode: 1, stderr: 'Error: uninstall: Release not loaded: x: release: not found' },
  );
  const helm = helmProgram(exec, access);
  expect(await helm.uninstall(release, 60_000)).toBe(true);
  expect(await helm.uninstall(release, 60_000)).toBe(false);
  expect(exec.ran[0]?.argv.join(' ')).toBe(
    'helm uninstall order-api-green --namespace ecommerce --wait --timeout 60s --kube-context lab',
  );
});
