import { join } from 'node:path';
import type { Progress } from '../host/progress.ts';
import { versions } from '../versions.ts';
import { debianTree } from './debian.ts';
import { envoyProgram } from './envoy.ts';
import { envoyImage, programImage, type LabImage } from './images.ts';
import { corednsProgram, kubernetesPrograms, ownProgram } from './programs.ts';

/** Everything a lab is started from, all of it in the cache. */
export interface Artifacts {
  /** Debian's packages, unpacked: usr/bin, usr/sbin, usr/lib. */
  readonly debian: string;
  readonly kubernetes: string;
  readonly pki: string;
  readonly controlPlane: string;
  readonly images: readonly LabImage[];
}

async function images(progress: Progress): Promise<LabImage[]> {
  const pause = ownProgram('pause', progress);
  const envoy = Promise.all([
    envoyProgram(progress),
    debianTree('libc', versions.debian.envoyLibraries, progress),
  ]);
  const made = [
    programImage(pauseReference, await pause),
    programImage(`lab.local/coredns:${versions.coredns.version}`, await corednsProgram(progress)),
    programImage('lab.local/load-agent:dev', await ownProgram('load-agent', progress)),
    envoyImage(...(await envoy)),
  ];
  await ownProgram('sample-service', progress);
  return Promise.all(made);
}

export const pauseReference = `lab.local/pause:${versions.pause.version}`;

/**
 * Downloads and builds what is missing. Two builds at a time: Kubernetes, and everything else;
 * more would compile the same packages twice.
 */
export async function prepareArtifacts(progress: Progress): Promise<Artifacts> {
  const [debian, kubernetes, others] = await Promise.all([
    debianTree('programs', versions.debian.programs, progress),
    kubernetesPrograms(progress),
    (async () => {
      const pki = await ownProgram('pki', progress);
      const controlPlane = await ownProgram('control-plane', progress);
      return { pki, controlPlane, images: await images(progress) };
    })(),
  ]);
  return { debian: join(debian, 'usr'), kubernetes, ...others };
}
