import type { ScanFinding, ScanReport } from '../../domain/scan/report.ts';
import { sentence } from '../../domain/scan/sentence.ts';
import type { BuildContext } from '../../image/buildContext.ts';
import { sourceFile } from '../../image/sourceFile.ts';
import { annotationsShown } from '../../runtime/annotations.ts';
import type { Annotations } from '../../runtime/annotations.ts';

interface Tools {
  readonly context: BuildContext;
  readonly annotations: Annotations;
}

/**
 * Remarks on the files of the repository that what closes the gate comes from, as far as that is known: a secret's
 * file, the Dockerfile for how the image is configured, a manifest of dependencies. A package of the base image comes
 * from no file here; the summary has it.
 */
export async function remarkOnFiles(
  { scanner }: ScanReport,
  blocking: readonly ScanFinding[],
  { context, annotations }: Tools,
): Promise<void> {
  const place = scanner === 'snyk' ? ofManifest : ofImage;
  let left = annotationsShown;
  for (const finding of blocking) {
    if (left === 0) return;
    const found = await place(finding, context);
    if (found === null) continue;
    left -= 1;
    const title = `${scanner} ${finding.id}`;
    annotations.add({ level: 'error', column: 1, ...found, title, message: sentence(finding) });
  }
}

interface Place {
  readonly file: string;
  readonly line: number;
}

async function ofImage(
  { kind, target, line }: ScanFinding,
  { workspace, folder, dockerfileInWorkspace }: BuildContext,
): Promise<Place | null> {
  if (kind === 'misconfiguration') return { file: dockerfileInWorkspace, line: 1 };
  if (kind !== 'secret') return null;
  const file = await sourceFile(workspace, folder, target, 'anywhere');
  // Its line is of a file that RUN has written, or that lies in the base image.
  return file === null ? { file: dockerfileInWorkspace, line: 1 } : { file, line: line ?? 1 };
}

async function ofManifest(
  { target }: ScanFinding,
  { workspace, dependencies }: BuildContext,
): Promise<Place | null> {
  const file = await sourceFile(workspace, dependencies, target, 'exactly');
  return file === null ? null : { file, line: 1 };
}
