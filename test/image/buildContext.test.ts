import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findContext } from '../../src/image/buildContext.ts';
import type { GivenContext } from '../../src/image/buildContext.ts';

function workspace(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'workspace-')));
  mkdirSync(join(folder, 'services/order-api'), { recursive: true });
  writeFileSync(join(folder, 'services/order-api/Dockerfile'), 'FROM scratch\n');
  symlinkSync('/etc', join(folder, 'etc'));
  return folder;
}

const find = (given: Partial<GivenContext>) =>
  findContext({
    workspace: workspace(),
    context: '.',
    dockerfile: null,
    hadolintConfig: null,
    snykFolder: null,
    ...given,
  });

test('the Dockerfile of the context is taken, and named as the repository has it', async () => {
  const found = await find({ context: './services/order-api' });
  expect(found.dockerfileInWorkspace).toBe('services/order-api/Dockerfile');
  expect(found.dockerfileText).toBe('FROM scratch\n');
  expect(found.hadolintConfig).toBeNull();
});

test('a Dockerfile elsewhere in the workspace works, and hadolint is configured by the workspace', async () => {
  const folder = workspace();
  writeFileSync(join(folder, '.hadolint.yaml'), 'ignored: [DL3006]\n');
  const found = await find({ workspace: folder, dockerfile: 'services/order-api/Dockerfile' });
  expect(found).toMatchObject({ folder, hadolintConfig: join(folder, '.hadolint.yaml') });
});

test.each<[given: Partial<GivenContext>, why: string]>([
  [{ context: 'services/gone' }, 'there is no'],
  [{ context: '..' }, 'outside'],
  [{ context: 'etc' }, 'it is /etc, outside'],
  [{ context: '/etc' }, 'outside'],
  [{ context: 'services' }, 'services/Dockerfile'],
  [{ dockerfile: 'etc/hostname' }, 'outside'],
  [{ dockerfile: 'services' }, 'is no file'],
  [{ context: 'services/order-api', hadolintConfig: '/etc/hostname' }, 'hadolint-config'],
  [{ context: 'services/order-api', snykFolder: '..' }, 'snyk-folder: given ".."'],
  [{ context: 'services/order-api', snykFolder: '/etc' }, 'outside'],
  // A link that the repository brings along.
  [{ context: 'services/order-api', snykFolder: 'etc' }, 'it is /etc, outside'],
  [{ context: 'services/order-api', snykFolder: 'services/order-api/Dockerfile' }, 'is no folder'],
])('%j is refused', async (given, why) => {
  await expect(find(given)).rejects.toThrow(why);
});

test('dependencies are those of the context, or of another folder of the workspace', async () => {
  const folder = workspace();
  const context = 'services/order-api';
  expect((await find({ workspace: folder, context })).dependencies).toBe(join(folder, context));
  expect((await find({ workspace: folder, context, snykFolder: 'services' })).dependencies).toBe(
    join(folder, 'services'),
  );
});

test('everything that is wrong is told at once', async () => {
  await expect(find({ context: 'nowhere', dockerfile: '/etc/hostname' })).rejects.toThrow('2 wrong inputs');
});
