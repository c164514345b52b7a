import type { ScanFinding } from './report.ts';

/** One finding for people: `CVE-2026-1 (critical) in libx 1.0, usr/lib: a hole. Fixed in 1.1.` */
export const sentence = ({
  kind,
  id,
  package: name,
  installed,
  fixed,
  severity,
  title,
  target,
}: ScanFinding): string => {
  const what = kind === 'vulnerability' ? `${name} ${installed}`.trim() : name;
  const mend =
    kind !== 'vulnerability'
      ? ''
      : fixed === undefined
        ? ' There is no fixed version yet.'
        : ` Fixed in ${fixed}.`;
  return `${id} (${severity}) in ${what}, ${target}: ${title ?? kind}.${mend}`;
};
