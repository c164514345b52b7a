import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exec } from '../../lab/host/exec.ts';
import { root } from './harness.ts';

const minutes = 60_000;
const context = process.env['E2E_CONTEXT'] ?? '';

test(
  'the demo tells its story as promised, to people and as JSON',
  async () => {
    const report = join(root, '.lab', 'demo', 'report.json');
    rmSync(report, { force: true });
    const elsewhere = ['--context', context, '--registry', process.env['E2E_REGISTRY'] ?? ''];
    const { stdout } = await exec(
      process.execPath,
      [join(root, 'demo', 'cli.ts'), ...(context === '' ? [] : elsewhere)],
      { cwd: root, timeoutMs: 5 * minutes },
    );
    expect(stdout).toContain('Serving now: v1.3.0 in blue');
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      releases: [
        { version: 'v1.1.0', slot: 'green', outcome: 'live', failedRequests: 0, firstBadToLastBadMs: null },
        { version: 'v1.2.0', slot: 'blue', outcome: 'rolled-back' },
        { version: 'v1.3.0', slot: 'blue', outcome: 'live', failedRequests: 0, firstBadToLastBadMs: null },
      ],
      serving: { slot: 'blue', version: 'v1.3.0' },
    });
  },
  6 * minutes,
);
