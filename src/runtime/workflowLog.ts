import type { Log } from './log.ts';

export interface Sink {
  write(text: string): unknown;
}

/**
 * The log of a workflow step: plain lines, and GitHub's workflow commands for warnings, errors and groups.
 * At a terminal the same in plain text. Source: GitHub docs, "Workflow commands for GitHub Actions".
 */
export function workflowLog(sink: Sink, inGitHub: boolean): Log & { error(message: string): void } {
  const command = (name: string, text: string): void => {
    sink.write(inGitHub ? `::${name}::${escapeData(text)}\n` : `${name}: ${text}\n`);
  };
  return {
    info: (line) => {
      sink.write(`${harmless(line)}\n`);
    },
    warning: (line) => {
      command('warning', line);
    },
    error: (message) => {
      command('error', message);
    },
    group: (title, lines) => {
      const body = lines.map((line) => `${inGitHub ? '' : '  '}${harmless(line)}\n`).join('');
      sink.write(inGitHub ? `::group::${escapeData(title)}\n${body}::endgroup::\n` : `${title}\n${body}`);
    },
  };
}

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** A line that comes from a cluster or a program must not be taken for a workflow command. */
const harmless = (line: string): string => line.replace(/^(\s*)::/gm, '$1: :').replaceAll('##[', '# #[');
