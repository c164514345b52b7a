import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { runDir } from '../layout.ts';

/** Where the CNI library notes what it made, whatever folders its caller configures. */
const folders = ['/var/lib/cni/results', '/var/lib/cni/cache/results'];

const schema = z.object({
  result: z.object({
    interfaces: z.array(z.object({ name: z.string(), sandbox: z.string().optional() })).default([]),
  }),
});

function ownResults(): string[] {
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => readFileSync(file, 'utf8').includes(`"${runDir}/`));
}

/** The devices on the machine's side of a pod: those of a result that lie in no network namespace. */
export function hostDevices(result: string): string[] {
  const parsed = schema.safeParse(JSON.parse(result));
  const interfaces = parsed.success ? parsed.data.result.interfaces : [];
  return interfaces
    .filter(({ name, sandbox = '' }) => sandbox === '' && name.startsWith('veth'))
    .map(({ name }) => name);
}

/** The machine's ends of the pods' cables, as far as the lab's pods are known. */
export function podDevices(): string[] {
  return ownResults().flatMap((file) => hostDevices(readFileSync(file, 'utf8')));
}

export function removeResults(): void {
  for (const file of ownResults()) rmSync(file);
}
