import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fileState } from '../../src/runtime/state.ts';

test('what the main step saves is in the file at once, and a value cannot set another name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'c4ang-state-'));
  try {
    const file = join(folder, 'state');
    const state = fileState({ GITHUB_STATE: file });
    state.save('release', 'rel-1');
    expect(readFileSync(file, 'utf8')).toBe('release=rel-1\n');
    expect(() => state.save('release', 'rel-1\nended=true')).toThrow('more than one line');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the post step finds it again; outside of GitHub nothing is kept', () => {
  expect(fileState({ STATE_release: 'rel-1' }).saved('release')).toBe('rel-1');
  expect(fileState({ STATE_release: '' }).saved('release')).toBeNull();
  expect(() => fileState({}).save('release', 'rel-1')).not.toThrow();
});
