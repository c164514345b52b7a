import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** What users get besides the actions: nothing that only whoever builds them needs. */
const shipped = [
  'action.yml',
  'dist',
  'charts',
  'docs',
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'LICENSE',
] as const;

/** Workflows that users call. The others here build, test and release this project. */
export const reusableWorkflows = [
  'blue-green.yml',
  'cleanup-blue.yml',
  'pr-check.yml',
  'rollback.yml',
  'status.yml',
] as const;

const repository = 'https://github.com/c4ang/actions';

/**
 * Writes the tree that a release tags: `<name>/action.yml` at the top, because users write
 * `c4ang/actions/<name>@v1`, beside dist/, the chart and the reusable workflows; no sources, lab or tests.
 * @param root the checkout; its dist/ must be built
 * @param out a folder that is new, or holds an earlier tree
 * @returns every file, as a path in the tree
 */
export function publishTree(root: string, out: string): readonly string[] {
  const actions = readdirSync(join(root, 'actions'));
  refuseForeign(out, [...shipped, ...actions, 'package.json', '.github']);
  rmSync(out, { recursive: true, force: true });
  for (const path of shipped) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    cpSync(join(root, path), join(out, path), { recursive: true });
  }
  for (const name of actions) {
    cpSync(join(root, 'actions', name), join(out, name), { recursive: true });
    const action = join(out, name, 'action.yml');
    writeFileSync(action, readFileSync(action, 'utf8').replaceAll('../../dist/', '../dist/'));
  }
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { readonly version: string };
  const workflows = join('.github', 'workflows');
  mkdirSync(join(out, workflows), { recursive: true });
  for (const file of reusableWorkflows) {
    const text = readFileSync(join(root, workflows, file), 'utf8');
    writeFileSync(join(out, workflows, file), atVersion(text, version));
  }
  writeFileSync(join(out, 'package.json'), packageJson(manifest));
  const files = filesBelow(out);
  for (const file of files.filter((path) => path.endsWith('.md'))) {
    const text = readFileSync(join(out, file), 'utf8');
    writeFileSync(join(out, file), withLinks(text, file, out));
  }
  return files;
}

/** Removing what somebody else put there would be a bad surprise. What a build that was cut off left is no surprise. */
function refuseForeign(out: string, known: readonly string[]): void {
  const others = existsSync(out) ? readdirSync(out).filter((name) => !known.includes(name)) : [];
  if (others.length === 0) return;
  throw new Error(
    `${out} holds something else than a published tree (${others.slice(0, 3).join(', ')}): name a folder that is new or empty`,
  );
}

/** A workflow runs the actions it was published with, whatever the moving tag says by then. */
const atVersion = (workflow: string, version: string): string =>
  workflow
    .replaceAll(/(uses: c4ang\/actions(?:\/[^@\s]+)?)@v1$/gm, `$1@v${version}`)
    .replaceAll(/(repository: c4ang\/actions\n\s+ref:) v1$/gm, `$1 v${version}`);

/** Enough for `npx github:c4ang/actions status …`: nothing to install, nothing to run on the way. */
function packageJson(text: string): string {
  const { name, version, description, license, type, bin, engines } = JSON.parse(text) as Record<
    string,
    unknown
  >;
  return `${JSON.stringify({ name, version, description, license, type, bin, engines }, null, 2)}\n`;
}

/** Relative links lead to where a file is in the tree; to the repository, where the tree does not have it. */
function withLinks(markdown: string, file: string, out: string): string {
  return markdown.replaceAll(
    /\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)]*)?\)/g,
    (_, link: string, anchor = '') => {
      const isAction = !file.includes('/') ? null : posix.dirname(file);
      // actions/<name>/README.md says ../<other>, which stays right; the top says actions/<name>.
      const wanted = posix.normalize(posix.join(isAction ?? '.', link)).replace(/^actions\//, '');
      if (existsSync(join(out, wanted))) {
        return `](${posix.relative(posix.dirname(file), wanted) || '.'}${String(anchor)})`;
      }
      return `](${repository}/blob/main/${wanted}${String(anchor)})`;
    },
  );
}

export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => lstatSync(join(folder, path)).isFile())
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}
