import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { here } from '../lab/layout.ts';
import { round } from './stats.ts';

/** Writes .lab/bench/<name>.json. @returns its path */
export function writeResult(name: string, result: object): string {
  const folder = join(here.state, 'bench');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  const machine = {
    cpus: cpus().length,
    memoryGiB: round(totalmem() / 2 ** 30, 1),
    loadAverage: round(loadavg()[0] ?? NaN),
    node: process.version,
    autogroup: autogroup(),
  };
  writeFileSync(path, `${JSON.stringify({ at: new Date().toISOString(), machine, ...result }, null, 2)}\n`);
  return path;
}

const autogroupFile = '/proc/sys/kernel/sched_autogroup_enabled';

/** Whether Linux shares its cores out by session (its default) or by thread; null where that is not known. */
const autogroup = (): boolean | null =>
  existsSync(autogroupFile) ? readFileSync(autogroupFile, 'utf8').trim() === '1' : null;

/** One target, and what was measured against it. */
export interface Target {
  readonly what: string;
  readonly measured: number;
  readonly atMost: number;
}

export const isMet = ({ measured, atMost }: Target): boolean => measured <= atMost;

export const targetLine = (target: Target): string =>
  `${isMet(target) ? '✓' : '✗'} ${target.what}: ${String(round(target.measured))} (at most ${String(target.atMost)})`;
