// Writes what in the documentation is made from something else: the tables of inputs and outputs in
// actions/*/README.md from action.yml, those in docs/workflows.md from the reusable workflows, docs/rbac.yaml from
// docs/security.md, the errors in docs/runbook.md from src/.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeDocs } from './made-docs.ts';

const root = join(import.meta.dirname, '..');
for (const { path, text } of madeDocs(root)) {
  const file = join(root, path);
  const isSame = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (!isSame) writeFileSync(file, text);
  console.log(`${isSame ? 'unchanged' : 'written'}  ${path}`);
}
