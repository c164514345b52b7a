import { existsSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { here } from '../layout.ts';
import { loadUsage, parseLoadArguments } from './arguments.ts';
import type { LoadArguments } from './arguments.ts';
import { LoadError } from './error.ts';
import { LoadReport } from './report.ts';
import type { LoadRow } from './row.ts';
import { startLoad } from './start.ts';
import { summaryLines, tableHead, tableLine } from './table.ts';

/** A second is printed this long after its end, when its last rows are in. */
const settleMs = 700;

/**
 * `lab load`: a table by second, path and version, or JSON lines with --json. Ctrl-C ends it gently.
 * @returns the exit code: 0 when the load ran to its end, whatever the services answered; 1 when it could
 * not run, which is then said on stderr
 */
export async function runLoadCommand(argv: readonly string[]): Promise<number> {
  try {
    const wanted = parseLoadArguments(argv);
    if (wanted !== 'help') return await runLoad(wanted);
    say([loadUsage]);
    return 0;
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function runLoad(wanted: LoadArguments): Promise<number> {
  const printer = new SecondsPrinter(wanted.json);
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const run = await startLoad(loadConfig(wanted), {
    ...wanted,
    signal: interrupted.signal,
    onRow: (row) => printer.take(row),
  });
  const ticking = setInterval(() => printer.print(Date.now() - settleMs), 250);
  const report = await run.ended;
  clearInterval(ticking);
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  printer.print(Infinity);
  const total = { type: 'total', ...report.count(), badSpan: report.badSpan(), paths: report.countByPath() };
  say(
    wanted.json
      ? [JSON.stringify({ ...total, interruptions: report.interruptions })]
      : ['', ...summaryLines(report)],
  );
  return report.interruptions.length === 0 ? 0 : 1;
}

/** The lab's cluster, or an existing one by its context in the usual kubeconfig. */
export function loadConfig({ context }: Pick<LoadArguments, 'context'>): KubeConfig {
  const config = new KubeConfig();
  if (context === null) {
    if (!existsSync(here.kubeconfig)) {
      throw new LoadError(
        'The lab is not up: start it with `npm run lab -- up`, or name a cluster with --context',
      );
    }
    config.loadFromFile(here.kubeconfig);
    return config;
  }
  config.loadFromDefault();
  if (config.getContextObject(context) === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw new LoadError(
      `--context ${context}: the kubeconfig has no such context; it has: ${known.join(', ')}`,
    );
  }
  config.setCurrentContext(context);
  return config;
}

/** Prints each second once, when it is over. */
class SecondsPrinter {
  readonly #json: boolean;
  #pending: LoadRow[] = [];
  #headDone = false;

  constructor(json: boolean) {
    this.#json = json;
  }

  take(row: LoadRow): void {
    this.#pending.push(row);
  }

  /** @param untilMs seconds that ended before this instant are due */
  print(untilMs: number): void {
    const isDue = (row: LoadRow): boolean => row.sliceMs - (row.sliceMs % 1000) + 1000 <= untilMs;
    const due = this.#pending.filter(isDue);
    if (due.length === 0) return;
    this.#pending = this.#pending.filter((row) => !isDue(row));
    const seconds = new LoadReport(due).perSecond();
    if (this.#json) {
      say(seconds.map((second) => JSON.stringify({ type: 'second', ...second })));
      return;
    }
    if (!this.#headDone) say([tableHead()]);
    this.#headDone = true;
    say(seconds.map(tableLine));
  }
}

function say(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
