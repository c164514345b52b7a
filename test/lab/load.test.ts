import { describe, expect, test } from '@jest/globals';
import { parseLoadArguments } from '../../lab/load/arguments.ts';
import { addBuckets, quantileMs } from '../../lab/load/latency.ts';
import { targetsFor } from '../../lab/load/plan.ts';
import type { LoadPath } from '../../lab/load/plan.ts';
import { LoadReport } from '../../lab/load/report.ts';
import { clockOffset, parseAgentLine, toLoadRow } from '../../lab/load/row.ts';
import type { LoadRow } from '../../lab/load/row.ts';
import { summaryLines, tableHead, tableLine } from '../../lab/load/table.ts';

const t0 = 1_795_000_000_000;

function row(change: Partial<LoadRow> = {}): LoadRow {
  const answeredAtMs = change.answeredAtMs ?? [t0 + 5, t0 + 60];
  return {
    sliceMs: t0,
    side: 'outside',
    path: 'gateway/a',
    service: 'order-api',
    version: 'v1.0.0',
    answeredAtMs,
    sentAtMs: answeredAtMs.map((instant) => instant - 3),
    badAtMs: {},
    badSentAtMs: {},
    badIds: [],
    skipped: 0,
    latency: { 20: answeredAtMs.length },
    ...change,
  };
}

describe('a load report', () => {
  const report = new LoadReport([
    row({ answeredAtMs: [t0 + 5, t0 + 60, t0 + 90] }),
    row({ sliceMs: t0 + 100, answeredAtMs: [t0 + 110, t0 + 150], badAtMs: { '503 UH': [t0 + 150] } }),
    row({ sliceMs: t0 + 100, version: 'v1.1.0', answeredAtMs: [t0 + 120, t0 + 199] }),
    row({ side: 'inside', path: 'mesh/c', version: 'v1.1.0', answeredAtMs: [t0 + 42], latency: { 30: 1 } }),
    row({
      sliceMs: t0 + 1000,
      version: null,
      answeredAtMs: [t0 + 1010],
      badAtMs: { 'transport: timeout': [t0 + 1010] },
      skipped: 4,
    }),
  ]);

  test('tells requests by their sending, however late they were answered', () => {
    const late = new LoadReport([
      row({ answeredAtMs: [t0 + 60, t0 + 61, t0 + 62], sentAtMs: [t0 - 900, t0 + 20, t0 + 50] }),
      row({ version: 'v1.1.0', answeredAtMs: [t0 + 30], sentAtMs: [t0 + 25] }),
    ]);
    const sent = late.sent({ version: 'v1.0.0', fromMs: t0, toMs: t0 + 50 });
    expect(sent).toEqual([{ path: 'gateway/a', sentMs: t0 + 20, answeredMs: t0 + 61 }]);
    expect(late.sent()).toHaveLength(4);
  });

  test('counts requests and failures between two instants to the millisecond', () => {
    expect(report.count({ fromMs: t0 + 60, toMs: t0 + 150 })).toEqual({
      requests: 4,
      failed: 0,
      failures: {},
    });
    expect(report.count({ fromMs: t0 + 60, toMs: t0 + 151 })).toEqual({
      requests: 5,
      failed: 1,
      failures: { '503 UH': 1 },
    });
  });

  test('tells how many answers a version gave before an instant, from outside and from inside', () => {
    const before = { version: 'v1.1.0', toMs: t0 + 199 };
    expect(report.count({ ...before, side: 'outside' }).requests).toBe(1);
    expect(report.count({ ...before, side: 'inside' }).requests).toBe(1);
    expect(report.count({ ...before, toMs: t0 + 42 }).requests).toBe(0);
  });

  test('tells the time from the first bad answer to the last', () => {
    expect(report.badSpan()).toEqual({ firstMs: t0 + 150, lastMs: t0 + 1010 });
    expect(report.badSpan({ version: 'v1.1.0' })).toBeNull();
    expect(report.answerSpan({ version: 'v1.1.0' })).toEqual({ firstMs: t0 + 42, lastMs: t0 + 199 });
  });

  test('tells each failed request: its kind, who answered, when it was sent and when it failed', () => {
    const failing = new LoadReport([
      row({
        version: null,
        badAtMs: { 'transport: timeout': [t0 + 90], '503 UO': [t0 + 5, t0 + 60] },
        badSentAtMs: { 'transport: timeout': [t0 - 4910], '503 UO': [t0 + 4, t0 + 58] },
      }),
      row({ path: 'mesh/c', badAtMs: { '500': [t0 + 30] }, badSentAtMs: { '500': [t0 + 10] } }),
    ]);
    const [byProxy, byVersion] = [
      { path: 'gateway/a', version: null },
      { path: 'mesh/c', version: 'v1.0.0' },
    ];
    expect(failing.failed()).toEqual([
      { ...byProxy, kind: '503 UO', sentMs: t0 + 4, answeredMs: t0 + 5 },
      { ...byVersion, kind: '500', sentMs: t0 + 10, answeredMs: t0 + 30 },
      { ...byProxy, kind: '503 UO', sentMs: t0 + 58, answeredMs: t0 + 60 },
      { ...byProxy, kind: 'transport: timeout', sentMs: t0 - 4910, answeredMs: t0 + 90 },
    ]);
    expect(failing.failed({ fromMs: t0 + 30, toMs: t0 + 90 })).toHaveLength(2);
  });

  test('counts by path and version, gateways before the mesh', () => {
    expect(
      report.countByPath().map(({ path, version, requests, failed }) => [path, version, requests, failed]),
    ).toEqual([
      ['gateway/a', null, 1, 1],
      ['gateway/a', 'v1.0.0', 5, 1],
      ['gateway/a', 'v1.1.0', 2, 0],
      ['mesh/c', 'v1.1.0', 1, 0],
    ]);
    expect(report.countByPath({ toMs: t0 + 60 }).map(({ path, requests }) => [path, requests])).toEqual([
      ['gateway/a', 1],
      ['mesh/c', 1],
    ]);
  });

  test('gives one line for each second, path and version, with its quantiles and skipped requests', () => {
    const seconds = report.perSecond();
    expect(
      seconds.map(({ secondMs, path, version, requests }) => [secondMs - t0, path, version, requests]),
    ).toEqual([
      [0, 'gateway/a', 'v1.0.0', 5],
      [0, 'gateway/a', 'v1.1.0', 2],
      [0, 'mesh/c', 'v1.1.0', 1],
      [1000, 'gateway/a', null, 1],
    ]);
    expect(seconds[3]?.skipped).toBe(4);
    expect(report.skipped({ toMs: t0 + 1000 })).toBe(0);
    expect(seconds[0]?.p95Ms).toBeCloseTo(0.1 * 1.1 ** 21);
  });

  test('says nothing where there was no load', () => {
    const empty = new LoadReport([]);
    expect(empty.count()).toEqual({ requests: 0, failed: 0, failures: {} });
    expect([empty.badSpan(), empty.answerSpan(), empty.perSecond()]).toEqual([null, null, []]);
  });

  test('a table line names what failed and what was not sent', () => {
    const [second] = new LoadReport([row({ badAtMs: { '503 NC': [t0 + 5] }, skipped: 2 })]).perSecond();
    expect(second === undefined ? '' : tableLine(second)).toMatch(
      /order-api\s+gateway\/a\s+v1\.0\.0\s+2\s+1\s.*1 × 503 NC, 2 not sent/,
    );
    expect(tableHead()).toMatch(
      /^time\s+service\s+path\s+version\s+req\s+failed\s+P50 ms\s+P95 ms\s+P99 ms$/,
    );
  });

  test('a summary names interruptions', () => {
    const lines = summaryLines(new LoadReport(report.rows, ['load-agent-x: the stream broke off']));
    expect(lines[0]).toBe('9 requests, 2 failed, first to last bad answer 860 ms');
    expect(lines.at(-1)).toBe('  ended early: load-agent-x: the stream broke off');
  });
});

describe('latency buckets', () => {
  test('quantiles come from the buckets of all rows together', () => {
    const buckets = addBuckets([
      { 10: 90, 40: 5 },
      { 40: 4, 60: 1 },
    ]);
    expect(quantileMs(buckets, 0.5)).toBeCloseTo(0.1 * 1.1 ** 11);
    expect(quantileMs(buckets, 0.95)).toBeCloseTo(0.1 * 1.1 ** 41);
    expect(quantileMs(buckets, 1)).toBeCloseTo(0.1 * 1.1 ** 61);
    expect(quantileMs({}, 0.5)).toBeNull();
  });
});

describe('rows from load-agent', () => {
  test('offsets become instants by this machine’s clock', () => {
    const line = parseAgentLine(
      '{"type":"row","sliceMs":1000,"path":"mesh/c","service":"s","version":"","answeredAt":[3,99],"sentAt":[-7,95],"badAt":{"500":[99]},"badSentAt":{"500":[95]},"latency":{"7":2}}',
    );
    if (line.type !== 'row') throw new Error('a row was given');
    expect(toLoadRow(line, 'inside', 500)).toEqual({
      sliceMs: 1500,
      side: 'inside',
      path: 'mesh/c',
      service: 's',
      version: null,
      answeredAtMs: [1503, 1599],
      sentAtMs: [1493, 1595],
      badAtMs: { 500: [1599] },
      badSentAtMs: { 500: [1595] },
      badIds: [],
      skipped: 0,
      latency: { 7: 2 },
    });
  });

  test('a clock that lies between asking and hearing is taken as ours', () => {
    expect(clockOffset(105, 100, 110)).toBe(0);
    expect(clockOffset(40, 100, 110)).toBe(60);
    expect(clockOffset(500, 100, 110)).toBe(-390);
  });

  test('a line that is none of load-agent’s is refused', () => {
    expect(() => parseAgentLine('{"type":"row"}')).toThrow();
  });
});

describe('the requests of a load', () => {
  const gateway: LoadPath = {
    side: 'outside',
    name: 'gateway/a',
    baseUrl: () => 'http://10.244.0.5:8080',
    host: 'api.c4ang.com',
  };
  const mesh: LoadPath = {
    side: 'inside',
    name: 'mesh/c',
    baseUrl: ({ name, namespace, port }) => `http://${name}.${namespace}.svc.cluster.local:${String(port)}`,
    proxy: 'http://127.0.0.1:15080',
  };

  test('every path and service gets the same mix of reads and writes', () => {
    const targets = targetsFor(
      [gateway, mesh],
      [
        { name: 'order-api', namespace: 'ecommerce', port: 80 },
        { name: 'customer-api', namespace: 'ecommerce', port: 8080 },
      ],
    );
    const kinds = targets.map(({ path, service, method }) => `${path} ${service} ${method}`);
    for (const path of ['gateway/a', 'mesh/c']) {
      for (const service of ['order-api', 'customer-api']) {
        expect(kinds.filter((kind) => kind === `${path} ${service} GET`)).toHaveLength(3);
        expect(kinds.filter((kind) => kind === `${path} ${service} POST`)).toHaveLength(1);
      }
    }
    expect(targets[3]).toEqual({
      path: 'mesh/c',
      service: 'customer-api',
      method: 'GET',
      url: 'http://customer-api.ecommerce.svc.cluster.local:8080/api/v1/customers',
      proxy: 'http://127.0.0.1:15080',
    });
    expect(targets[0]?.host).toBe('api.c4ang.com');
  });
});

describe('the arguments of lab load', () => {
  test('have defaults', () => {
    expect(parseLoadArguments([])).toEqual({
      ratePerSecond: 100,
      durationSeconds: 30,
      services: ['order-api'],
      namespace: 'ecommerce',
      json: false,
      context: null,
    });
  });

  test('are read', () => {
    const argv =
      '--rate 250 --duration 5m --service order-api --service customer-api --json --context kind-x';
    expect(parseLoadArguments(argv.split(' '))).toMatchObject({
      ratePerSecond: 250,
      durationSeconds: 300,
      services: ['order-api', 'customer-api'],
      json: true,
      context: 'kind-x',
    });
  });

  test('are refused all at once', () => {
    const refused = (): unknown =>
      parseLoadArguments(['--rate', '9000', '--duration', '2h', '--service', 'Order_API']);
    expect(refused).toThrow(/--rate 9000/);
    expect(refused).toThrow(/--duration 2h/);
    expect(refused).toThrow(/Order_API/);
    expect(parseLoadArguments(['--help'])).toBe('help');
    expect(() => parseLoadArguments(['--speed', '3'])).toThrow(/--speed[\s\S]*npm run lab -- load/);
  });
});
