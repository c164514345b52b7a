import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buildImage, imageArchive } from '../../lab/build/image.ts';
import { tarArchive } from '../../lab/build/tar.ts';
import { parseImageList } from '../../lab/cluster/images.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c4ang-image-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const program = Buffer.from('#!/bin/true\n'.repeat(100));
const files = [{ path: 'program', mode: 0o755, content: program }];

describe('an image', () => {
  test('holds its files as tar reads them', () => {
    writeFileSync(
      join(folder, 'a.tar'),
      tarArchive([
        { path: 'tmp', mode: 0o1777 },
        ...files,
        { path: 'empty', mode: 0o600, content: Buffer.alloc(0) },
      ]),
    );
    execFileSync('tar', ['--extract', '--preserve-permissions', '--file', 'a.tar'], { cwd: folder });
    expect(readFileSync(join(folder, 'program'))).toEqual(program);
    expect(statSync(join(folder, 'program')).mode & 0o7777).toBe(0o755);
    expect(statSync(join(folder, 'tmp')).mode & 0o7777).toBe(0o1777);
    expect(statSync(join(folder, 'empty')).size).toBe(0);
  });

  test('has the same digest for the same content, another for another version', () => {
    const digest = (version: string): string =>
      buildImage({ files, entrypoint: ['/program'], env: { APP_VERSION: version } }).manifest.digest;
    expect(digest('v1.0.0')).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(digest('v1.0.0')).toBe(digest('v1.0.0'));
    expect(digest('v1.1.0')).not.toBe(digest('v1.0.0'));
  });

  test('is an OCI layout in which every blob lies under its digest', () => {
    const image = buildImage({ files, entrypoint: ['/program'] });
    writeFileSync(join(folder, 'image.tar'), imageArchive(image, 'lab.local/x:1'));
    execFileSync('tar', ['--extract', '--file', 'image.tar'], { cwd: folder });
    const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
      manifests: { digest: string; annotations: Record<string, string> }[];
    };
    expect(index.manifests[0]?.annotations).toEqual({ 'io.containerd.image.name': 'lab.local/x:1' });
    for (const blob of [image.manifest, image.config, image.layer]) {
      expect(readFileSync(join(folder, 'blobs', blob.digest.replace(':', '/')))).toEqual(blob.content);
    }
  });

  test('is found in containerd’s list by reference and digest', () => {
    const table = `REF                TYPE  DIGEST      SIZE     PLATFORMS   LABELS
lab.local/pause:3  oci   sha256:aaa  1.5 MiB  linux/amd64 io.cri-containerd.image=managed
`;
    expect(parseImageList(table)).toEqual(new Map([['lab.local/pause:3', 'sha256:aaa']]));
  });
});
