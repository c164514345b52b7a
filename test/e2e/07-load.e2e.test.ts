import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exec } from '../../lab/host/exec.ts';
import { close, lab, root } from './harness.ts';

const minutes = 60_000;
const context = process.env['E2E_CONTEXT'] ?? '';

beforeAll(() => lab.resetService('order-api'), 2 * minutes);
afterAll(close);

async function labLoad(...more: readonly string[]): Promise<string> {
  const elsewhere = context === '' ? [] : ['--context', context];
  const argv = [
    join(root, 'lab', 'cli.ts'),
    'load',
    '--rate',
    '90',
    '--duration',
    '3s',
    ...more,
    ...elsewhere,
  ];
  return (await exec(process.execPath, argv, { timeoutMs: minutes })).stdout;
}

test(
  'lab load reports by second, path and version, from outside and from inside the mesh',
  async () => {
    const lines = (await labLoad('--json'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const total = lines.at(-1) as {
      type: string;
      requests: number;
      failed: number;
      paths: { path: string }[];
    };
    expect(total).toMatchObject({ type: 'total', failed: 0, interruptions: [] });
    // A request or two may be lost to rounding where the rate is shared out.
    expect(total.requests).toBeGreaterThanOrEqual(265);
    expect(total.paths.map(({ path }) => path.split('/')[0])).toEqual(['gateway', 'gateway', 'mesh']);
    for (const second of lines.slice(0, -1)) {
      expect(second).toMatchObject({ type: 'second', service: 'order-api', version: 'v1.0.0', skipped: 0 });
      expect(Number(second['p99Ms'])).toBeGreaterThanOrEqual(Number(second['p50Ms']));
    }
  },
  minutes,
);

test(
  'lab load prints a table for people',
  async () => {
    const text = await labLoad();
    expect(text).toMatch(/^time\s+service\s+path\s+version\s+req\s+failed\s+P50 ms\s+P95 ms\s+P99 ms$/m);
    expect(text).toMatch(/order-api\s+gateway\/\S+\s+v1\.0\.0\s+\d+\s+0\s/);
    expect(text).toMatch(/^\d+ requests, 0 failed$/m);
  },
  minutes,
);
