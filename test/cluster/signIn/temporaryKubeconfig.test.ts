import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findAccess } from '../../../src/cluster/signIn/kubeconfig.ts';
import { temporaryKubeconfig } from '../../../src/cluster/signIn/temporaryKubeconfig.ts';

test('another program gets the token in a file that is ours alone and goes away, not in argv', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'c4ang-runner-'));
  const cluster = { name: 'shop', server: 'https://shop', caData: 'Y2E=', skipTLSVerify: false };
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
  rmSync(folder, { recursive: true });
});
