// Writes the tables of inputs and outputs in actions/*/README.md from action.yml, between their markers.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTables } from './action-tables.ts';

const folder = join(import.meta.dirname, '..', 'actions');
for (const name of readdirSync(folder)) {
  const readme = join(folder, name, 'README.md');
  const before = readFileSync(readme, 'utf8');
  const after = withTables(before, readFileSync(join(folder, name, 'action.yml'), 'utf8'));
  if (after !== before) writeFileSync(readme, after);
  console.log(`${after === before ? 'unchanged' : 'written'}  actions/${name}/README.md`);
}
