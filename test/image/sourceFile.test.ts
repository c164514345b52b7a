import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { sourceFile } from '../../src/image/sourceFile.ts';

const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'workspace-')));
const folder = join(workspace, 'service');
mkdirSync(join(folder, 'config'), { recursive: true });
writeFileSync(join(folder, 'config/key.pem'), '');
symlinkSync('/etc/hostname', join(folder, 'hostname'));

test.each([
  ['/app/config/key.pem', 'anywhere', 'service/config/key.pem'],
  ['config/key.pem', 'exactly', 'service/config/key.pem'],
  ['/app/config/key.pem', 'exactly', null],
  ['/app/key.pem', 'anywhere', null],
  // Neither a folder, nor what a link leads to outside, nor the way up.
  ['/app/config', 'anywhere', null],
  ['/etc/hostname', 'anywhere', null],
  ['config/../../service/config/key.pem', 'exactly', null],
  ['', 'anywhere', null],
] as const)('%j, %s: %j', async (path, where, file) => {
  expect(await sourceFile(workspace, folder, path, where)).toBe(file);
});
