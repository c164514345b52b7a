export const lintLevels = ['style', 'info', 'warning', 'error'] as const;
export type LintLevel = (typeof lintLevels)[number];

/** One remark of Hadolint. */
export interface LintFinding {
  /** DL3006, SC2086; DL1000 when the Dockerfile cannot be parsed. */
  readonly code: string;
  readonly level: LintLevel;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface LintJudgement {
  /** At the threshold or above, the worst first. */
  readonly blocking: readonly LintFinding[];
  /** The others. */
  readonly noted: readonly LintFinding[];
}

/** @param threshold `none`: nothing blocks, except a Dockerfile that cannot be parsed */
export function judgeLint(findings: readonly LintFinding[], threshold: LintLevel | 'none'): LintJudgement {
  const sorted = findings.toSorted((a, b) => rank(b.level) - rank(a.level) || a.line - b.line);
  const blocks = ({ code, level }: LintFinding): boolean =>
    code === 'DL1000' || (threshold !== 'none' && rank(level) >= rank(threshold));
  return { blocking: sorted.filter(blocks), noted: sorted.filter((one) => !blocks(one)) };
}

const rank = (level: LintLevel): number => lintLevels.indexOf(level);

/** `Dockerfile:3 DL4000 (error): MAINTAINER is deprecated`. */
export const formatLint = (file: string, { code, level, line, message }: LintFinding): string =>
  `${file}:${String(line)} ${code} (${level}): ${message.replaceAll('\n', ' ')}`;
