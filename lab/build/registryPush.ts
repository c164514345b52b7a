import type { Blob, Image } from './image.ts';

async function expectOk(response: Response, doing: string): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`registry: ${doing}: ${String(response.status)} ${(await response.text()).slice(0, 300)}`);
}

/** OCI distribution-spec v1: a blob goes up whole, in two requests. */
async function pushBlob(repository: string, blob: Blob): Promise<void> {
  const present = await fetch(`${repository}/blobs/${blob.digest}`, { method: 'HEAD' });
  if (present.ok) return;
  const begun = await expectOk(
    await fetch(`${repository}/blobs/uploads/`, { method: 'POST' }),
    'begin an upload',
  );
  const target = new URL(begun.headers.get('location') ?? '', begun.url);
  target.searchParams.set('digest', blob.digest);
  const put = await fetch(target, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(blob.content),
  });
  await expectOk(put, `upload ${blob.digest}`);
}

/**
 * Pushes an image to a registry without credentials.
 * @param registryUrl e.g. `http://127.0.0.1:5000`
 * @returns the manifest's digest, `sha256:…`
 */
export async function pushImage(
  registryUrl: string,
  name: string,
  tag: string,
  image: Image,
): Promise<string> {
  const repository = `${registryUrl}/v2/${name}`;
  await Promise.all([pushBlob(repository, image.layer), pushBlob(repository, image.config)]);
  const put = await fetch(`${repository}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': image.manifest.mediaType },
    body: new Uint8Array(image.manifest.content),
  });
  await expectOk(put, `push ${name}:${tag}`);
  return image.manifest.digest;
}
