import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { runPaths } from '../layout.ts';
import { readSysctls } from './sysctls.ts';
import { bootId, writeAtomically } from './stateFile.ts';

/** Places outside the lab's own folders where its programs write, however they are configured. */
export const sharedPlaces = [
  '/run/containerd',
  '/run/xtables.lock',
  '/run/netns',
  '/var/lib/kubelet',
  '/var/lib/cni',
  '/var/log/containers',
  '/var/log/pods',
  '/opt/cni',
  '/etc/cni',
] as const;

const schema = z.object({
  bootId: z.string(),
  sysctls: z.record(z.string(), z.string()),
  /** Output of iptables-save before the first start. */
  rules: z.string(),
  /** Those of the shared places that were not there. */
  absent: z.array(z.string()),
});

/** What the machine was like before the lab: `down` brings it back to this. */
export type Baseline = z.infer<typeof schema>;

export function readBaseline(): Baseline | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(runPaths.baseline, 'utf8')));
    return parsed.success && parsed.data.bootId === bootId() ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function writeBaseline(rules: string): void {
  const baseline: Baseline = {
    bootId: bootId(),
    sysctls: readSysctls(),
    rules,
    absent: sharedPlaces.filter((place) => !existsSync(place)),
  };
  writeAtomically(runPaths.baseline, `${JSON.stringify(baseline, null, 2)}\n`);
}
