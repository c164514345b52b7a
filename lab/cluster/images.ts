import { join } from 'node:path';
import type { KubernetesObject, V1Deployment } from '@kubernetes/client-node';
import type { LabImage } from '../build/images.ts';
import { exec } from '../host/exec.ts';
import { runPaths } from '../layout.ts';
import type { PartContext } from './part.ts';

/** The images that containerd has: reference → digest. `ctr images ls` prints a table. */
export function parseImageList(table: string): Map<string, string> {
  const rows = table
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/));
  return new Map(
    rows.flatMap(([reference, , digest]) =>
      reference === undefined || digest === undefined ? [] : [[reference, digest]],
    ),
  );
}

/** Imports the images that containerd lacks or has with another content. */
export async function importImages({ artifacts, env }: PartContext): Promise<void> {
  const ctr = (...args: string[]): Promise<{ stdout: string }> =>
    exec(
      join(artifacts.debian, 'bin/ctr'),
      ['--address', runPaths.containerdSocket, '--namespace', 'k8s.io', 'images', ...args],
      { env },
    );
  const present = parseImageList((await ctr('ls')).stdout);
  const isMissing = (image: LabImage): boolean => present.get(image.reference) !== image.digest;
  await Promise.all(artifacts.images.filter(isMissing).map(({ archive }) => ctr('import', archive)));
}

const digestAnnotation = 'lab.c4ang.com/image-digests';

/**
 * Notes in each Deployment's pod template which builds of the lab's images it runs, so that pods are
 * replaced when one is built anew under the same name (lab.local/load-agent:dev).
 */
export function stampImages(
  objects: readonly KubernetesObject[],
  images: readonly LabImage[],
): KubernetesObject[] {
  const digests = new Map(images.map(({ reference, digest }) => [reference, digest.slice(0, 19)]));
  return objects.map((object) => {
    if (object.kind !== 'Deployment') return object;
    const stamped = structuredClone(object) as V1Deployment;
    const template = stamped.spec?.template;
    if (template?.metadata === undefined) return object;
    const used = (template.spec?.containers ?? []).flatMap(({ image }) => digests.get(image ?? '') ?? []);
    template.metadata.annotations = { ...template.metadata.annotations, [digestAnnotation]: used.join(' ') };
    return stamped;
  });
}
