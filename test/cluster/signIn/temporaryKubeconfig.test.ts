import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { findAccess } from '../../../src/cluster/signIn/kubeconfig.ts';
import { temporaryKubeconfig } from '../../../src/cluster/signIn/temporaryKubeconfig.ts';
import { removeLeftFolders } from '../../../src/runtime/ownFolders.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c4ang-runner-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const cluster = { name: 'shop', server: 'https://shop', caData: 'Y2E=', skipTLSVerify: false };

test('another program gets the token in a file that is ours alone and goes away, not in argv', async () => {
  const access = await temporaryKubeconfig(
    cluster,
    {
      current: () =>
        Promise.resolve({ headers: { Authorization: 'Bearer secret' }, clientCertificate: null }),
    },
    { RUNNER_TEMP: folder },
  );
  const path = access.env['KUBECONFIG'] ?? '';
  expect(path.startsWith(folder)).toBe(true);
  expect([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(findAccess(path, null, {})).toMatchObject({
    cluster: { server: 'https://shop', caData: 'Y2E=' },
    user: { token: 'secret' },
  });
  expect(JSON.stringify([access.argv, Object.values(access.env)])).not.toContain('secret');
  expect(readFileSync(path, 'utf8')).toContain('secret');
  access.remove();
  expect(existsSync(dirname(path))).toBe(false);
});

/** Writes a kubeconfig, says where, and stays. */
const writer = `
  const { temporaryKubeconfig } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/cluster/signIn/temporaryKubeconfig.ts'))});
  const answer = { headers: { Authorization: 'Bearer secret' }, clientCertificate: null };
  const credentials = { current: () => Promise.resolve(answer) };
  const access = await temporaryKubeconfig(${JSON.stringify(cluster)}, credentials, process.env);
  console.log(access.env.KUBECONFIG);
  setTimeout(() => {}, 60_000);
`;

test('the one of a process that was killed, token and all, is removed by the next step, and not before', async () => {
  const env = { RUNNER_TEMP: folder };
  const lines: string[] = [];
  const log = {
    info: (line: string) => void lines.push(line),
    warning: (line: string) => void lines.push(line),
  };
  const child = spawn(process.execPath, ['--input-type=module', '--eval', writer], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [output] = (await once(child.stdout, 'data')) as [Buffer];
    const path = String(output).trim();
    await removeLeftFolders(env, log);
    expect(readFileSync(path, 'utf8')).toContain('secret');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(path)).toBe(true);
    await removeLeftFolders(env, log);
    expect(existsSync(dirname(path))).toBe(false);
    expect(lines).toEqual([`removed ${dirname(path)}, which a step that was killed had left`]);
  } finally {
    child.kill('SIGKILL');
  }
});
