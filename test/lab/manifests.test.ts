import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { V1Deployment } from '@kubernetes/client-node';
import { inOrder, isRolledOut, parseManifests, readManifests } from '../../lab/apply.ts';
import { stampImages } from '../../lab/cluster/images.ts';
import { versions } from '../../lab/versions.ts';

const folder = join(import.meta.dirname, '../../lab/manifests');
const folders = readdirSync(folder);

describe('the lab’s manifests', () => {
  test.each(folders)('%s: every object has a kind and a name', (name) => {
    for (const { kind, apiVersion, metadata } of readManifests(join(folder, name))) {
      expect([kind, apiVersion, metadata?.name]).not.toContain(undefined);
    }
  });

  test('name the images by the pinned versions', () => {
    const text = folders
      .flatMap((name) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const images = new Set([...text.matchAll(/image: (lab\.local\/\S+)/g)].map(([, image]) => image));
    expect([...images].sort()).toEqual([
      `lab.local/coredns:${versions.coredns.version}`,
      `lab.local/envoy:${versions.envoy.version}`,
      'lab.local/load-agent:dev',
    ]);
  });

  test('are applied kinds and namespaces first', () => {
    const objects = parseManifests(
      ['Deployment', 'ServiceAccount', 'Namespace', 'CustomResourceDefinition']
        .map((kind) => `kind: ${kind}\napiVersion: v1\nmetadata: {name: x}\n`)
        .join('---\n'),
    );
    expect(inOrder(objects).map((group) => group.map(({ kind }) => kind))).toEqual([
      ['Namespace', 'CustomResourceDefinition'],
      ['ServiceAccount'],
      ['Deployment'],
    ]);
  });

  test('that are no YAML are refused, empty documents are not', () => {
    expect(() => parseManifests('a: [')).toThrow();
    expect(parseManifests('---\n---\nkind: X\n')).toEqual([{ kind: 'X' }]);
  });
});

describe('an image built anew under the same name', () => {
  const stampOf = (digest: string): string =>
    JSON.stringify(
      stampImages(readManifests(join(folder, 'platform')), [
        { reference: 'lab.local/load-agent:dev', archive: '', digest },
      ]),
    );

  test('replaces the pods that run it', () => {
    expect(stampOf('sha256:0123456789ab')).toContain('"lab.c4ang.com/image-digests":"sha256:0123456789ab"');
    expect(stampOf('sha256:0123456789ab')).not.toBe(stampOf('sha256:ba9876543210'));
    expect(stampOf('sha256:0123456789ab')).toBe(stampOf('sha256:0123456789ab'));
  });
});

describe('a rollout', () => {
  const deployment = (status: object): V1Deployment =>
    ({ metadata: { generation: 2 }, spec: { replicas: 2 }, status }) as V1Deployment;
  const done = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

  test('has ended when every replica is new and available', () => {
    expect(isRolledOut(deployment(done))).toBe(true);
  });

  test.each([
    ['the controller has not seen the change', { ...done, observedGeneration: 1 }],
    ['a replica is not available', { ...done, availableReplicas: 1 }],
    ['an old replica still runs', { ...done, replicas: 3 }],
    ['nothing is known', {}],
  ])('has not when %s', (_, status) => {
    expect(isRolledOut(deployment(status))).toBe(false);
  });
});
