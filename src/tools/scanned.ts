import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ToolError } from '../runtime/errors.ts';
import type { ExecResult } from './exec.ts';

/** What ends in a closed gate: the program, what it said, and what to do. */
export const scanFailed = (
  argv: readonly string[],
  { exitCode, stderr }: Pick<ExecResult, 'exitCode' | 'stderr'>,
  why?: string,
): ToolError =>
  new ToolError(
    argv,
    exitCode,
    [why, tail(stderr)].filter((part) => part !== undefined && part !== '').join('\n'),
    remedyFor(stderr, exitCode),
  );

/** @throws ToolError when the text is no JSON or not of the shape: half a report is none */
export function parsedReport<T>(
  schema: z.ZodType<T>,
  text: string,
  argv: readonly string[],
  result: Pick<ExecResult, 'exitCode' | 'stderr'>,
): T {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw scanFailed(argv, result, `its report is no JSON (${String(text.length)} characters)`);
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const where = first === undefined ? '' : `: ${first.path.join('.')}: ${first.message}`;
  throw scanFailed(argv, result, `its report is not of a shape that is known${where}`);
}

/** Empty when the program wrote none, which no parser takes for a report. */
export function fileOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The first line of a text that may have many. */
export const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';

const tail = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/\b(?:INFO|DEBUG)\b/.test(line))
    .slice(-8)
    .map((line) => line.slice(0, 500))
    .join('\n');

function remedyFor(stderr: string, exitCode: number | null): string {
  if (exitCode === null) {
    return 'It took longer than it may: raise the input scan-timeout, or cache the vulnerability database between runs.';
  }
  if (/TOOMANYREQUESTS|toomanyrequests|429 Too Many|rate limit/i.test(stderr)) {
    return 'The registry of the vulnerability database answers no more for now. Name a mirror that you may pull from (input database-mirrors), or cache the database between runs.';
  }
  if (stderr.includes('no space left on device')) {
    return 'The disk of the runner is full: make room before this step, or take a larger runner.';
  }
  if (/database|\bDB\b/.test(stderr)) {
    return 'The scanner has no vulnerability database, or it could not be loaded: let the runner reach its registry, or name a mirror (input database-mirrors). Without one the gate stays closed.';
  }
  return 'See what it says. Nothing was pushed; without a report the gate stays closed.';
}
