// After `changeset version`: what stood under "Unreleased" belongs to the version that it has just written.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withReleased } from './released-changes.ts';

const file = join(import.meta.dirname, '..', 'CHANGELOG.md');
writeFileSync(file, withReleased(readFileSync(file, 'utf8')));
