import { readFileSync } from 'node:fs';
import { progressTo } from '../host/progress.ts';
import { network } from '../layout.ts';
import { buildImage } from './image.ts';
import { ownProgram } from './programs.ts';
import { pushImage } from './registryPush.ts';

/** Where images are pushed to, and what pods call it. */
export interface Registry {
  readonly url: string;
  readonly name: string;
}

/** The services of the lab that the sample program plays. */
export type SampleRepository = 'order-api' | 'customer-api';

/**
 * Pushes one version of a sample service to the lab's registry. What the version does is baked
 * into the image, so that two versions differ in digest as real ones do.
 * @param env e.g. `{FAIL_SHARE: '0.2'}`; see lab/programs/sample-service
 * @returns `localhost:5000/<repository>@sha256:…`
 */
export async function pushSampleImage(
  repository: SampleRepository,
  version: string,
  env: Readonly<Record<string, string>> = {},
  registry: Registry = { url: network.registryUrl, name: network.registry },
): Promise<string> {
  const program = await ownProgram('sample-service', progressTo());
  const image = buildImage({
    files: [{ path: 'sample-service', mode: 0o755, content: readFileSync(program) }],
    entrypoint: ['/sample-service'],
    env: { APP_NAME: repository, APP_VERSION: version, PORT: '8080', ...env },
    user: '10001:10001',
    ports: [8080],
  });
  const digest = await pushImage(registry.url, repository, version, image);
  return `${registry.name}/${repository}@${digest}`;
}
