import { lintLevels } from '../domain/image/dockerfileLint.ts';
import type { LintFinding } from '../domain/image/dockerfileLint.ts';
import { isObject, numberAt, textAt } from '../domain/json.ts';
import { PreconditionError, ToolError } from '../runtime/errors.ts';
import type { Exec } from './exec.ts';

/** Reads a Dockerfile for what is wrong or unwise in it. */
export interface Hadolint {
  /**
   * @param config null: hadolint's own rules, and what .hadolint.yaml says in the folder that it runs in
   * @throws ToolError when there is no report; PreconditionError when hadolint or its configuration is unusable
   */
  lint(dockerfile: string, config: string | null, signal: AbortSignal): Promise<readonly LintFinding[]>;
}

/** 0.1 s for most; a shell script in a RUN may take longer. */
const timeoutMs = 60_000;

export const hadolintArgv = (dockerfile: string, config: string | null): readonly string[] => [
  // Its exit code is the same for findings and for a missing file, so findings are not to set it.
  '--no-fail',
  '--format',
  'json',
  ...(config === null ? [] : ['--config', config]),
  dockerfile,
];

/** @param exec without credentials in its environment */
export function hadolintProgram(exec: Exec, program = 'hadolint'): Hadolint {
  return {
    async lint(dockerfile, config, signal) {
      const argv = [program, ...hadolintArgv(dockerfile, config)];
      const { exitCode, stdout, stderr } = await exec.run(argv, { timeoutMs, signal });
      // It goes on without the configuration then, and would judge by rules that nobody chose.
      if (stderr.includes('Error parsing your config file')) {
        throw new PreconditionError(
          `hadolint cannot read its configuration${config === null ? '' : ` ${config}`}\n${firstLines(stderr)}`,
          'Correct the file: its keys are ignored, override, trustedRegistries, failure-threshold and label-schema.',
        );
      }
      const findings = exitCode === 0 ? parseHadolint(stdout) : undefined;
      if (findings === undefined) {
        throw new ToolError(argv, exitCode, firstLines(stderr), 'See what hadolint says. Nothing was built.');
      }
      return findings;
    },
  };
}

/** undefined when it is not hadolint's JSON. Source: hadolint 2.12–2.15, `--format json`. */
export function parseHadolint(stdout: string): readonly LintFinding[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(stdout);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const findings = parsed.map(parseFinding);
  return findings.every((finding) => finding !== undefined) ? findings : undefined;
}

function parseFinding(value: unknown): LintFinding | undefined {
  if (!isObject(value)) return undefined;
  const level = lintLevels.find((one) => one === value['level']);
  const [code, message, line] = [textAt(value, 'code'), textAt(value, 'message'), numberAt(value, 'line')];
  if (level === undefined || code === null || message === null || line === null) return undefined;
  return { code, level, line, column: numberAt(value, 'column') ?? 1, message };
}

/** What comes after is Haskell's backtrace, or an example. */
const firstLines = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 3)
    .join('\n');
