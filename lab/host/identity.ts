import { readFileSync } from 'node:fs';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks between boot and the start of the process. */
  readonly startTicks: number;
}

export interface ProcessStat extends ProcessIdentity {
  readonly command: string;
  /** One letter, proc(5): R, S, D, Z (a zombie: ended, not yet waited for) … */
  readonly state: string;
  readonly parentPid: number;
}

/**
 * Reads a line of /proc/PID/stat. The command is in parentheses and may itself hold spaces
 * and parentheses, so the fields are counted from the last one (proc(5)).
 */
export function parseStat(line: string): ProcessStat | undefined {
  const open = line.indexOf('(');
  const close = line.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  const pid = Number(line.slice(0, open).trim());
  const fields = line
    .slice(close + 1)
    .trim()
    .split(/\s+/);
  const state = fields[0];
  const parentPid = Number(fields[1]);
  const startTicks = Number(fields[19]);
  if (state === undefined || !Number.isInteger(pid) || !Number.isInteger(startTicks)) return undefined;
  return { pid, startTicks, state, parentPid, command: line.slice(open + 1, close) };
}

export function statOf(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The path under which a process was started (argv[0]); undefined when it is gone. */
export function programOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').split('\0')[0];
  } catch {
    return undefined;
  }
}

/** Whether exactly this process, not a later one with its number, still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const stat = statOf(identity.pid);
  return stat?.startTicks === identity.startTicks && stat.state !== 'Z' && stat.state !== 'X';
}
