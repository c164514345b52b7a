import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versions } from '../versions.ts';
import { cached, hashOf } from './cache.ts';
import { buildImage, imageArchive, type ImageSpec } from './image.ts';
import type { TarEntry } from './tar.ts';

/** An image that the lab imports into containerd. */
export interface LabImage {
  readonly reference: string;
  /** An OCI layout archive. */
  readonly archive: string;
  /** Digest of its manifest, `sha256:…`. */
  readonly digest: string;
}

const nobody = '65532:65532';
const executable = (path: string, from: string): TarEntry => ({
  path,
  mode: 0o755,
  content: readFileSync(from),
});

async function archive(reference: string, from: readonly string[], spec: () => ImageSpec): Promise<LabImage> {
  // The sources lie in the cache under names that change with their content.
  const key = hashOf(reference, ...from, 'layout 2').slice(0, 12);
  const name = reference.replaceAll(/[^a-z0-9.]+/g, '-');
  const folder = await cached(`image-${name}-${key}`, (draft) => {
    const image = buildImage(spec());
    writeFileSync(join(draft, 'image.tar'), imageArchive(image, reference));
    writeFileSync(join(draft, 'digest'), image.manifest.digest);
    return Promise.resolve();
  });
  const digest = readFileSync(join(folder, 'digest'), 'utf8');
  return { reference, archive: join(folder, 'image.tar'), digest };
}

/** An image with one static program, e.g. lab.local/pause:3. */
export function programImage(reference: string, program: string): Promise<LabImage> {
  return archive(reference, [program], () => ({
    files: [executable('program', program)],
    entrypoint: ['/program'],
    user: nobody,
  }));
}

/**
 * Envoy is dynamic: its image brings Debian's C library and starts it by that library's loader. Beside it pilot-agent,
 * where Istio's image has it.
 */
export function envoyImage(program: string, libcTree: string, pilotAgent: string): Promise<LabImage> {
  const libraries = [
    'ld-linux-x86-64.so.2',
    'libc.so.6',
    'libdl.so.2',
    'libm.so.6',
    'libpthread.so.0',
    'librt.so.1',
  ];
  const folder = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu']
    .map((path) => join(libcTree, path))
    .find((path) => existsSync(join(path, 'libc.so.6')));
  if (folder === undefined)
    throw new Error(`no C library in ${libcTree}: ${readdirSync(libcTree).join(', ')}`);
  return archive(`lab.local/envoy:${versions.envoy.version}`, [program, folder, pilotAgent], () => ({
    files: [
      { path: 'lib', mode: 0o755 },
      { path: 'tmp', mode: 0o1777 },
      ...libraries.map((name) => executable(`lib/${name}`, join(folder, name))),
      executable('envoy', program),
      ...['usr', 'usr/local', 'usr/local/bin'].map((path) => ({ path, mode: 0o755 })),
      executable('usr/local/bin/pilot-agent', pilotAgent),
    ],
    env: { PATH: '/usr/local/bin' },
    entrypoint: ['/lib/ld-linux-x86-64.so.2', '--library-path', '/lib', '/envoy'],
    user: nobody,
  }));
}
