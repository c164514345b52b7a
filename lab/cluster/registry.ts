import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomically } from '../host/stateFile.ts';
import { network } from '../layout.ts';
import type { Part, PartContext } from './part.ts';
import { answersHttp } from './probe.ts';

/** The container registry on localhost:5000, where images get digests as in a real one. */
export function registry({ layout, artifacts }: PartContext): Part {
  const file = join(layout.config, 'registry.yaml');
  const config = stringify({
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(layout.data, 'registry') },
      delete: { enabled: true },
      cache: { blobdescriptor: 'inmemory' },
    },
    http: { addr: new URL(network.registryUrl).host, secret: 'one registry needs no shared secret' },
  });
  writeAtomically(file, config);
  return {
    name: 'registry',
    after: [],
    file: join(artifacts.debian, 'bin/docker-registry'),
    args: ['serve', file],
    env: { OTEL_TRACES_EXPORTER: 'none' },
    config,
    ready: () => answersHttp(`${network.registryUrl}/v2/`),
    readyTimeoutMs: 30_000,
  };
}
