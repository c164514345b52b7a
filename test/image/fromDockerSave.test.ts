import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { fromDockerSave } from '../../src/image/fromDockerSave.ts';
import { blobPath, openLayout } from '../../src/image/ociLayout.ts';
import { verifyLayout } from '../../src/image/verifyLayout.ts';
import { processExec } from '../../src/tools/exec.ts';

const signal = new AbortController().signal;
const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

interface Parts {
  /** As they lie in the archive, by their name there. */
  readonly files: Readonly<Record<string, Buffer | { readonly linkTo: string }>>;
  readonly layers: readonly string[];
  readonly diffIds: readonly string[];
}

/** An archive as `docker save` writes it: manifest.json, the config, the layers. */
async function save({
  files,
  layers,
  diffIds,
}: Parts): Promise<{ archive: string; layout: string; config: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'save-'));
  const content = join(folder, 'content');
  mkdirSync(content);
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: { of: 'order-api' } },
    rootfs: { type: 'layers', diff_ids: diffIds.map((id) => `sha256:${id}`) },
  });
  const configName = `${sha256(config)}.json`;
  const manifest = [{ Config: configName, RepoTags: ['c4ang-build:1'], Layers: layers }];
  const all = {
    ...files,
    [configName]: Buffer.from(config),
    'manifest.json': Buffer.from(JSON.stringify(manifest)),
  };
  for (const [name, file] of Object.entries(all)) {
    mkdirSync(join(content, name, '..'), { recursive: true });
    if (Buffer.isBuffer(file)) writeFileSync(join(content, name), file);
    else symlinkSync(file.linkTo, join(content, name));
  }
  const archive = join(folder, 'image.tar');
  const tar = ['tar', '--create', '--file', archive, '--directory', content, '.'];
  expect(await processExec.run(tar, { timeoutMs: 10_000 })).toMatchObject({ exitCode: 0 });
  return { archive, layout: join(folder, 'layout'), config };
}

const layer = Buffer.from('a layer, as tar'.repeat(1000));
const other = Buffer.from('another layer'.repeat(1000));

const whole: Parts = {
  files: { 'a/layer.tar': layer, 'b/layer.tar': other, 'c/layer.tar': { linkTo: '../a/layer.tar' } },
  layers: ['a/layer.tar', 'b/layer.tar', 'c/layer.tar'],
  diffIds: [layer, other, layer].map(sha256),
};

test('what docker saved becomes a layout that is whole, layers compressed, the config byte for byte', async () => {
  const { archive, layout, config } = await save(whole);
  const image = await fromDockerSave(processExec, archive, layout, signal);
  expect(await openLayout(layout)).toEqual(image);
  const facts = await verifyLayout(image);
  expect(facts.platforms).toMatchObject([{ platform: 'linux/amd64', labels: { of: 'order-api' } }]);
  const layers = facts.platforms[0]?.layers ?? [];
  expect(layers.map(({ digest }) => sha256(gunzipSync(readFileSync(blobPath(image, digest)))))).toEqual(
    whole.diffIds,
  );
  expect(readFileSync(blobPath(image, `sha256:${sha256(config)}`), 'utf8')).toBe(config);
  expect(existsSync(`${layout}.saved`)).toBe(false);
});

test('the same image has the same digest every time', async () => {
  const digests = await Promise.all(
    [1, 2].map(async () => {
      const { archive, layout } = await save(whole);
      return (await fromDockerSave(processExec, archive, layout, signal)).digest;
    }),
  );
  expect(new Set(digests).size).toBe(1);
});

test('layers that are compressed already stay as they are', async () => {
  const compressed = gzipSync(layer, { level: 1 });
  const parts = { files: { 'a/layer.tar': compressed }, layers: ['a/layer.tar'], diffIds: [sha256(layer)] };
  const { archive, layout } = await save(parts);
  const { platforms } = await verifyLayout(await fromDockerSave(processExec, archive, layout, signal));
  expect(platforms[0]?.layers.map(({ digest }) => digest)).toEqual([`sha256:${sha256(compressed)}`]);
});

test.each<[why: string, parts: Partial<Parts>]>([
  ['its config says', { diffIds: [layer, layer, layer].map(sha256) }],
  ['has 1 layers, the archive 3', { diffIds: [sha256(layer)] }],
  ['d/layer.tar is missing', { layers: ['a/layer.tar', 'b/layer.tar', 'd/layer.tar'] }],
  [
    'c/layer.tar lies outside',
    { files: { ...whole.files, 'c/layer.tar': { linkTo: '../../../../../etc/hostname' } } },
  ],
])('an archive is refused: %s', async (why, parts) => {
  const { archive, layout } = await save({ ...whole, ...parts });
  await expect(fromDockerSave(processExec, archive, layout, signal)).rejects.toThrow(why);
  expect(existsSync(`${layout}.saved`)).toBe(false);
});

test.each(['changed', 'shorter', 'gone'])('a layout with a blob that is %s is refused', async (how) => {
  const { archive, layout } = await save(whole);
  const image = await fromDockerSave(processExec, archive, layout, signal);
  const facts = await verifyLayout(image);
  const blob = blobPath(image, facts.platforms[0]?.layers[0]?.digest ?? '');
  const content = readFileSync(blob);
  if (how === 'changed') writeFileSync(blob, Buffer.from(content).fill(0, 20));
  else if (how === 'shorter') writeFileSync(blob, content.subarray(1));
  else await processExec.run(['rm', blob], { timeoutMs: 5_000 });
  await expect(verifyLayout(image)).rejects.toThrow('is not whole');
});
