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

/** Envoy's program and the C library that its image needs. */
function envoyDownloads(progress: Progress): Promise<[string, string]> {
  return Promise.all([envoyProgram(progress), debianTree('libc', versions.debian.envoyLibraries, progress)]);
}

async function images(progress: Progress): Promise<LabImage[]> {
  const made = [
    programImage(pauseReference, await ownProgram('pause', progress)),
    programImage(`lab.local/coredns:${versions.coredns.version}`, await corednsProgram(progress)),
    programImage('lab.local/load-agent:dev', await ownProgram('load-agent', progress)),
    envoyImage(...(await envoyDownloads(progress)), await ownProgram('pilot-agent', progress)),
  ];
  await ownProgram('sample-service', progress);
  return Promise.all(made);
}

export const pauseReference = `lab.local/pause:${versions.pause.version}`;

/**
 * Downloads and builds what is missing. The API server first: it compiles what most of the other programs
 * share, and two builds at the same time would both compile it. Then two at a time.
 */
export async function prepareArtifacts(progress: Progress): Promise<Artifacts> {
  const firstBuilt = Promise.withResolvers<string>();
  const kubernetesFolder = kubernetesPrograms(progress, firstBuilt.resolve);
  const [debian, kubernetes, others] = await Promise.all([
    debianTree('programs', versions.debian.programs, progress),
    kubernetesFolder,
    (async () => {
      await Promise.all([envoyDownloads(progress), Promise.race([firstBuilt.promise, kubernetesFolder])]);
      const pki = await ownProgram('pki', progress);
      const controlPlane = await ownProgram('control-plane', progress);
      return { pki, controlPlane, images: await images(progress) };
    })(),
  ]);
  return { debian: join(debian, 'usr'), kubernetes, ...others };
}
