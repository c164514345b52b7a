import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderPicture } from '../demo/picture.ts';
import { parseTimeline } from '../demo/timeline.ts';
import { withTables } from './action-tables.ts';
import { withErrors } from './error-list.ts';
import { withMeasured } from './measured.ts';
import { rbacManifest } from './rbac.ts';
import { withWorkflowTables } from './workflow-tables.ts';

/** One file of the documentation that is made from something else in the checkout, wholly or between markers. */
export interface MadeDoc {
  /** Path in the checkout. */
  readonly path: string;
  readonly text: string;
}

/** Everything that `npm run docs` writes, as it should be. */
export function madeDocs(root: string): readonly MadeDoc[] {
  const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');
  const readmes = readdirSync(join(root, 'actions')).map((name) => ({
    path: join('actions', name, 'README.md'),
    text: withTables(read('actions', name, 'README.md'), read('actions', name, 'action.yml')),
  }));
  return [
    ...readmes,
    { path: 'docs/one-step.md', text: withTables(read('docs', 'one-step.md'), read('action.yml')) },
    {
      path: 'docs/workflows.md',
      text: withWorkflowTables(read('docs', 'workflows.md'), (file) => read('.github', 'workflows', file)),
    },
    { path: 'docs/runbook.md', text: withErrors(read('docs', 'runbook.md'), root) },
    {
      path: 'docs/comparison.md',
      text: withMeasured(
        read('docs', 'comparison.md'),
        parseTimeline(read('docs', 'release.json')),
        existsSync(join(root, 'docs', 'switch.json')) ? read('docs', 'switch.json') : null,
      ),
    },
    { path: 'docs/release.svg', text: renderPicture(parseTimeline(read('docs', 'release.json'))) },
    { path: 'docs/rbac.yaml', text: rbacManifest(read('docs', 'security.md')) },
  ];
}
