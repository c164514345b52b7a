import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ecrActions } from '../../src/registry/ecr/client.ts';
import { pushActions } from '../../src/registry/failures.ts';
import { kmsActions } from '../../src/tools/cosign.ts';

const security = readFileSync(join(import.meta.dirname, '../../docs/security.md'), 'utf8');

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: string;
}

function documented(): readonly Statement[] {
  const [, json = ''] = /## AWS: build-scan-push[\s\S]*?```json\n([\s\S]*?)```/.exec(security) ?? [];
  return (JSON.parse(json) as { readonly Statement: readonly Statement[] }).Statement;
}

test('the IAM policy of docs/security.md has exactly the actions of the calls that are made', () => {
  const actions = new Set(documented().flatMap(({ Action }) => Action));
  expect([...actions].sort()).toEqual(
    [...new Set<string>([...ecrActions, ...pushActions, ...kmsActions])].sort(),
  );
});

test('only the sign-in, which belongs to no repository, is granted on everything', () => {
  const wide = documented().filter(({ Resource }) => Resource.includes('*'));
  expect(wide.map(({ Action }) => Action)).toEqual([['ecr:GetAuthorizationToken']]);
});
