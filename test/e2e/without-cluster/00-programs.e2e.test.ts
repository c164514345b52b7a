import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { envoyProgram } from '../../../lab/build/envoy.ts';
import { progressTo } from '../../../lab/host/progress.ts';

// The lab's own Go programs, tested as Go programs are. They run here rather than with `npm test`, because that one
// needs no Go; the control plane's tests get the lab's Envoy, so that a real one refuses what would be wrong.

const folder = join(import.meta.dirname, '..', '..', '..', 'lab', 'programs');
const minutes = 60_000;

const isTested = (program: string): boolean =>
  readdirSync(join(folder, program), { recursive: true, encoding: 'utf8' }).some((file) =>
    file.endsWith('_test.go'),
  );

describe("the lab's programs", () => {
  test.each(readdirSync(folder).filter(isTested))(
    '%s',
    async (program) => {
      const env = { ...process.env, CGO_ENABLED: '0', ENVOY: await envoyProgram(progressTo()) };
      // With the flags that the lab builds with, so that the compiler's cache serves both.
      const { status, stdout, stderr } = spawnSync('go', ['test', '-trimpath', '-ldflags=-s -w', './...'], {
        cwd: join(folder, program),
        env,
        encoding: 'utf8',
        timeout: 10 * minutes,
      });
      expect(status === 0 ? '' : `${stdout}\n${stderr}`).toBe('');
    },
    10 * minutes,
  );
});
