import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { mediaTypes } from '../domain/image/manifest.ts';
import { isObject, listAt, objectAt, textAt } from '../domain/json.ts';
import { PreconditionError } from '../runtime/errors.ts';
import type { Exec } from '../tools/exec.ts';
import type { OciImage } from './ociLayout.ts';

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** What `docker save` writes beside the layers. Source: Docker image specification 1.2, "Combined Image JSON". */
interface Saved {
  readonly config: string;
  readonly layers: readonly string[];
}

const unpackMs = 600_000;

/**
 * An OCI layout of what `docker save` wrote. The same image gives the same digest, whenever and wherever: the config
 * stays as it is, byte for byte, layers are compressed without names and times, and each is held to what the config
 * says about it.
 * @param layout a folder that is not there yet
 */
export async function fromDockerSave(
  exec: Exec,
  archive: string,
  layout: string,
  signal: AbortSignal,
): Promise<OciImage> {
  const unpacked = `${layout}.saved`;
  await mkdir(unpacked, { recursive: true });
  await mkdir(join(layout, 'blobs', 'sha256'), { recursive: true });
  try {
    const tar = ['tar', '--extract', '--no-same-owner', '--file', archive, '--directory', unpacked];
    const { exitCode, stderr } = await exec.run(tar, { timeoutMs: unpackMs, signal });
    if (exitCode !== 0) throw unusable(`tar ended with ${String(exitCode)}: ${stderr.trim()}`);
    const saved = readSaved(await readFile(join(unpacked, 'manifest.json'), 'utf8'));
    const config = await readFile(await inside(unpacked, saved.config));
    const diffIds = listAt(objectAt(asObject(config.toString('utf8')), 'rootfs'), 'diff_ids');
    if (diffIds.length !== saved.layers.length) {
      throw unusable(
        `its config has ${String(diffIds.length)} layers, the archive ${String(saved.layers.length)}`,
      );
    }
    const files = await Promise.all(saved.layers.map((layer) => inside(unpacked, layer)));
    const layers = await Promise.all(
      files.map((file, at) =>
        compress(file, String(diffIds[at]), join(layout, `layer-${String(at)}`), signal),
      ),
    );
    for (const [at, { digest }] of layers.entries()) {
      await rename(join(layout, `layer-${String(at)}`), blobFile(layout, digest));
    }
    const manifest = await put(layout, mediaTypes.manifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: await put(layout, mediaTypes.config, config),
      layers,
    });
    await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [manifest] };
    await writeFile(join(layout, 'index.json'), JSON.stringify(index));
    return { layout, digest: manifest.digest };
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}

function readSaved(text: string): Saved {
  const list: unknown = JSON.parse(text);
  const only: unknown = Array.isArray(list) && list.length === 1 ? list[0] : null;
  if (!isObject(only)) throw unusable('its manifest.json does not name one image');
  const config = textAt(only, 'Config');
  const layers = listAt(only, 'Layers').filter((layer) => typeof layer === 'string');
  if (config === null || layers.length === 0)
    throw unusable('its manifest.json names no config or no layers');
  return { config, layers };
}

function asObject(text: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(text);
  if (!isObject(parsed)) throw unusable('its config is no object');
  return parsed;
}

/** Layers that are the same are links in older archives: they may not lead out of it. */
async function inside(folder: string, name: string): Promise<string> {
  const [root, file] = await Promise.all([
    realpath(folder),
    realpath(join(folder, name)).catch(() => {
      throw unusable(`${name} is missing`);
    }),
  ]);
  if (!file.startsWith(`${root}${sep}`)) throw unusable(`${name} lies outside of the archive`);
  return file;
}

/** Writes the layer compressed; one that is compressed already stays as it is. */
async function compress(file: string, diffId: string, target: string, signal: AbortSignal): Promise<Blob> {
  const content = measure();
  const stored = measure();
  if (await isGzipped(file)) {
    await pipeline(createReadStream(file), stored.pass, createWriteStream(target), { signal });
    await pipeline(createReadStream(file), createGunzip(), content.pass, drain(), { signal });
  } else {
    await pipeline(
      createReadStream(file),
      content.pass,
      createGzip({ level: 6 }),
      stored.pass,
      createWriteStream(target),
      { signal },
    );
  }
  if (content.digest() !== diffId)
    throw unusable(`a layer is ${content.digest()}, its config says ${diffId}`);
  return { mediaType: mediaTypes.gzippedLayer, digest: stored.digest(), size: stored.size() };
}

async function isGzipped(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function measure(): { readonly pass: Transform; digest(): string; size(): number } {
  const hash = createHash('sha256');
  let bytes = 0;
  let hex: string | null = null;
  const pass = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { pass, digest: () => `sha256:${(hex ??= hash.digest('hex'))}`, size: () => bytes };
}

const drain = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

async function put(layout: string, mediaType: string, value: Buffer | object): Promise<Blob> {
  const content = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  await writeFile(blobFile(layout, digest), content);
  return { mediaType, digest, size: content.length };
}

const blobFile = (layout: string, digest: string): string => join(layout, 'blobs', ...digest.split(':'));

const unusable = (why: string): PreconditionError =>
  new PreconditionError(
    `what docker save wrote cannot be used: ${why}`,
    'Run the step again. When it stays: take buildx (docker/setup-buildx-action), which writes the layout itself.',
  );
