import { readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { InputError } from '../runtime/errors.ts';
import type { InputProblem } from '../runtime/errors.ts';

/** What is built from: all of it inside of the workspace. */
export interface BuildContext {
  /** The repository's checkout, links resolved. */
  readonly workspace: string;
  /** Absolute, links resolved. */
  readonly folder: string;
  readonly dockerfile: string;
  /** As the repository has it, with slashes: for annotations. */
  readonly dockerfileInWorkspace: string;
  readonly dockerfileText: string;
  /** What hadolint is configured by: as given, else .hadolint.yaml of the workspace; null when there is none. */
  readonly hadolintConfig: string | null;
  /** What it says; null when there is none. */
  readonly hadolintConfigText: string | null;
  /** The folder whose dependencies are looked at: as given, else the context. Absolute, links resolved. */
  readonly dependencies: string;
}

export interface GivenContext {
  readonly workspace: string;
  readonly context: string;
  /** null: the file Dockerfile in the context. */
  readonly dockerfile: string | null;
  readonly hadolintConfig: string | null;
  /** null: the context. */
  readonly snykFolder: string | null;
}

/**
 * The folder and the Dockerfile that are built.
 * @throws InputError when one of them is not there, or lies (or leads, by a link) outside of the workspace
 */
export async function findContext(given: GivenContext): Promise<BuildContext> {
  const { workspace, context, dockerfile, hadolintConfig, snykFolder } = given;
  const root = await realpath(workspace);
  const problems: InputProblem[] = [];
  const find = async (
    input: string,
    asGiven: string,
    path: string,
    kind: 'folder' | 'file',
    example: string,
  ): Promise<string> => {
    const allowed = `a ${kind} in the workspace ${root}`;
    const wrong = (why: string): string => {
      problems.push({ input, given: asGiven, allowed: `${allowed} (${why})`, example });
      return '';
    };
    const real = await realpath(resolve(root, path)).catch(() => null);
    if (real === null)
      return wrong(`there is no ${resolve(root, path)}; is there a checkout before this step?`);
    if (real !== root && !real.startsWith(`${root}${sep}`)) return wrong(`it is ${real}, outside`);
    const found = await stat(real);
    const isRight = kind === 'file' ? found.isFile() : found.isDirectory();
    return isRight ? real : wrong(`${real} is no ${kind}`);
  };
  const folder = await find('context', context, context, 'folder', '.');
  const file = await find(
    'dockerfile',
    dockerfile ?? '',
    dockerfile ?? join(context, 'Dockerfile'),
    'file',
    'services/order-api/Dockerfile',
  );
  const config =
    hadolintConfig === null
      ? await firstFile(root, ['.hadolint.yaml', '.hadolint.yml'])
      : await find('hadolint-config', hadolintConfig, hadolintConfig, 'file', '.hadolint.yaml');
  const dependencies =
    snykFolder === null
      ? folder
      : await find('snyk-folder', snykFolder, snykFolder, 'folder', 'services/order-api');
  if (problems.length > 0) throw new InputError(problems);
  return {
    workspace: root,
    folder,
    dockerfile: file,
    dockerfileInWorkspace: relative(root, file).split(sep).join('/'),
    dockerfileText: await readFile(file, 'utf8'),
    hadolintConfig: config,
    dependencies,
    hadolintConfigText: config === null ? null : await readFile(config, 'utf8'),
  };
}

async function firstFile(folder: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const file = join(folder, name);
    if ((await stat(file).catch(() => null))?.isFile() === true) return file;
  }
  return null;
}
