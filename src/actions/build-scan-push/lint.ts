import { formatLint, judgeLint } from '../../domain/image/dockerfileLint.ts';
import type { LintFinding, LintLevel } from '../../domain/image/dockerfileLint.ts';
import type { BuildContext } from '../../image/buildContext.ts';
import { annotationsShown } from '../../runtime/annotations.ts';
import type { Annotation, Annotations } from '../../runtime/annotations.ts';
import { VerificationError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Hadolint } from '../../tools/hadolint.ts';

interface Tools {
  readonly hadolint: Hadolint;
  readonly annotations: Annotations;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Reads the Dockerfile before anything is built from it, and remarks on its lines.
 * @returns how many remarks there are
 * @throws VerificationError when one is at the threshold or above
 */
export async function lint(
  { dockerfile, dockerfileInWorkspace: file, hadolintConfig }: BuildContext,
  threshold: LintLevel | 'none',
  { hadolint, annotations, log, signal }: Tools,
): Promise<number> {
  const findings = await hadolint.lint(dockerfile, hadolintConfig, signal);
  const { blocking, noted } = judgeLint(findings, threshold);
  for (const finding of [...blocking, ...noted].slice(0, 3 * annotationsShown)) {
    annotations.add(remark(file, finding));
  }
  const lines = [...blocking, ...noted].map((finding) => formatLint(file, finding));
  const counts = `${String(findings.length)} remarks on ${file}, ${String(blocking.length)} at ${threshold} or above`;
  if (lines.length > 0) log.group(`Hadolint: ${counts}`, lines);
  else log.info(`Hadolint: nothing to remark on ${file}`);
  if (blocking.length > 0) {
    throw new VerificationError(
      `the Dockerfile does not pass Hadolint: ${counts}\n${lines.slice(0, blocking.length).join('\n')}`,
      `Mend the lines, or accept one rule with "# hadolint ignore=${blocking[0]?.code ?? 'DL3008'}" above its line, or set hadolint-threshold. Nothing was built.`,
    );
  }
  return findings.length;
}

const levels: Readonly<Record<LintLevel, Annotation['level']>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
  style: 'notice',
};

const remark = (file: string, { code, level, line, column, message }: LintFinding): Annotation => ({
  level: levels[level],
  file,
  line,
  column,
  title: `Hadolint ${code}`,
  message,
});
