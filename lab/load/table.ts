import type { LoadReport, SecondCount } from './report.ts';

const widths = [8, 13, 44, 9, 6, 7, 8, 8, 8] as const;
const titles = ['time', 'service', 'path', 'version', 'req', 'failed', 'P50 ms', 'P95 ms', 'P99 ms'];

/** The table's head, one line. */
export function tableHead(): string {
  return columns(titles);
}

/** One second of one path and version, one line. Failures are named after the numbers. */
export function tableLine(second: SecondCount): string {
  const time = new Date(second.secondMs).toISOString().slice(11, 19);
  const line = columns([
    time,
    second.service,
    second.path,
    second.version ?? '-',
    String(second.requests),
    String(second.failed),
    latency(second.p50Ms),
    latency(second.p95Ms),
    latency(second.p99Ms),
  ]);
  const notes = Object.entries(second.failures).map(([kind, count]) => `${String(count)} × ${kind}`);
  if (second.skipped > 0) notes.push(`${String(second.skipped)} not sent: the agent was at its limit`);
  return notes.length === 0 ? line : `${line}  ${notes.join(', ')}`;
}

/** What the whole load came to, for each path and version. */
export function summaryLines(report: LoadReport): string[] {
  const { requests, failed } = report.count();
  const span = report.badSpan();
  const lines = report
    .countByPath()
    .map((path) => `  ${path.service} ${path.version ?? '(no version)'} by ${path.path}: ${counted(path)}`);
  const head = `${String(requests)} requests, ${String(failed)} failed`;
  const bad = span === null ? '' : `, first to last bad answer ${String(span.lastMs - span.firstMs)} ms`;
  return [`${head}${bad}`, ...lines, ...report.interruptions.map((text) => `  ended early: ${text}`)];
}

function counted({ requests, failed }: { requests: number; failed: number }): string {
  return `${String(requests)} requests, ${String(failed)} failed`;
}

function latency(ms: number | null): string {
  return ms === null ? '-' : ms.toFixed(ms < 10 ? 1 : 0);
}

/** Text stands left, numbers right. */
function columns(cells: readonly string[]): string {
  return cells
    .map((cell, index) => {
      const width = widths[index] ?? 0;
      return index < 4 ? cell.padEnd(width) : cell.padStart(width);
    })
    .join(' ')
    .trimEnd();
}
