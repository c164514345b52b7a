import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { madeDocs } from '../../scripts/made-docs.ts';
import { anchorsOf, relativeLinks } from '../../scripts/markdown-links.ts';

const root = join(import.meta.dirname, '..', '..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');

const folders = ['docs', 'actions', 'charts', 'lab', '.github', 'bench', 'demo'];
const pages = [
  ...readdirSync(root),
  ...folders.flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
          join(folder, path),
        )
      : [],
  ),
].filter((path) => path.endsWith('.md'));

test('what is made from something else is as npm run docs makes it (type it, and commit what it wrote)', () => {
  for (const { path, text: wanted } of madeDocs(root)) {
    expect({ path, text: existsSync(join(root, path)) ? text(path) : null }).toEqual({ path, text: wanted });
  }
});

test('every relative link leads to a file, and every anchor to a heading of it', () => {
  const broken = pages.flatMap((page) =>
    relativeLinks(text(page))
      .filter(({ path, anchor }) => {
        const target = path === '' ? page : normalize(join(dirname(page), decodeURI(path)));
        if (!existsSync(join(root, target))) return true;
        return anchor !== '' && !(target.endsWith('.md') && anchorsOf(text(target)).has(anchor));
      })
      .map(({ path, anchor }) => `${page} → ${path}${anchor === '' ? '' : `#${anchor}`}`),
  );
  expect(broken).toEqual([]);
});

test('the front page has every action', () => {
  const missing = readdirSync(join(root, 'actions')).filter(
    (name) => !text('README.md').includes(`[${name}](actions/${name})`),
  );
  expect(missing).toEqual([]);
});

test('anchors are made as GitHub makes them', () => {
  const markdown =
    '# At 3 a.m.\n## `plan`, and what\n## Twice\n### Twice\n## [a link](x.md)\n```sh\n# no heading\n```\n';
  expect([...anchorsOf(markdown)]).toEqual(['at-3-am', 'plan-and-what', 'twice', 'twice-1', 'a-link']);
});

test('the manifest of rights holds each Role of docs/security.md, and binds it', () => {
  const objects = parseAllDocuments(text('docs/rbac.yaml')).map((document) => document.toJS() as Granted);
  const roles = objects.filter(({ kind }) => kind.endsWith('Role')).map(({ metadata }) => metadata.name);
  const documented = [...text('docs/security.md').matchAll(/^ {2}name: (c4ang-\S+)$/gm)].map(
    ([, name]) => name,
  );
  expect(roles).toEqual(documented.filter((name) => name !== 'c4ang-ask-proxies-by-exec'));
  const bound = objects.flatMap(({ roleRef }) => (roleRef === undefined ? [] : [roleRef.name]));
  expect([...new Set(bound)]).toEqual(roles);
  // A stream reaches every port of a pod: never for a whole cluster.
  const everywhere = objects.filter(({ kind }) => kind === 'ClusterRoleBinding');
  expect(everywhere.map(({ metadata }) => metadata.name)).toEqual(['c4ang-read']);
});

interface Granted {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly roleRef?: { readonly name: string };
}
