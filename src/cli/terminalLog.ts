import type { Paint } from '../domain/status/text.ts';
import type { Log } from '../runtime/log.ts';
import type { Sink } from '../runtime/workflowLog.ts';

/** The log at a terminal: what is told on one stream, what goes wrong on another. */
export function terminalLog(told: Sink, wrong: Sink, paint: Paint): Log & { error(message: string): void } {
  const marked = (line: string): string => {
    if (line.startsWith('✓')) return `${paint.good('✓')}${line.slice(1)}`;
    if (line.startsWith('✗')) return `${paint.bad('✗')}${line.slice(1)}`;
    return line.startsWith('Serving now:') ? paint.strong(line) : line;
  };
  return {
    info: (line) => {
      told.write(`${marked(line)}\n`);
    },
    warning: (line) => {
      wrong.write(`${paint.bad('warning:')} ${line}\n`);
    },
    error: (message) => {
      wrong.write(`${paint.bad('error:')} ${message}\n`);
    },
    group: (title, lines) => {
      told.write(`${marked(title)}\n${lines.map((line) => `  ${paint.faint(line)}\n`).join('')}`);
    },
  };
}
