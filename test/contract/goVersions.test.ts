import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const lab = join(import.meta.dirname, '..', '..', 'lab');

/** What a module is built from: every version that its go.mod asks for, its replacements applied. */
function versionsOf(folder: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(lab, folder, 'go.mod'), 'utf8');
  const required = [...text.matchAll(/^(?:require )?\s*(\S+\.\S+\/\S+) (v\S+)/gm)];
  const replaced = [...text.matchAll(/^\s*(\S+) => \S+ (v\S+)/gm)];
  return new Map([...required, ...replaced].map(([, module = '', version = '']) => [module, version]));
}

const kubernetes = versionsOf('binaries/kubernetes');

test.each(['binaries/coredns', 'programs/control-plane'])(
  '%s is built from the versions of Kubernetes: otherwise Go compiles client-go once more',
  (folder) => {
    const shared = [...versionsOf(folder)].filter(([module]) => kubernetes.has(module));
    expect(shared.length).toBeGreaterThan(20);
    expect(shared.filter(([module, version]) => kubernetes.get(module) !== version)).toEqual([]);
  },
);
