import { stringify } from 'yaml';
import { ToolError } from '../runtime/errors.ts';
import type { Exec, ExecResult } from './exec.ts';
import { statusArgv, templateArgv, uninstallArgv, upgradeArgv, versionArgv } from './helmArgv.ts';
import type { HelmRelease, HelmUpgrade } from './helmArgv.ts';
import { checkVersion, parseStatus, remedyFor, saysNotFound, tail } from './helmOutput.ts';
import type { HelmStatus } from './helmOutput.ts';

type Values = Readonly<Record<string, unknown>>;

/** Helm as far as a slot's workload needs it. Every method throws ToolError with argv, exit code and stderr's end. */
export interface Helm {
  /** @throws PreconditionError when Helm is missing or too old */
  version(): Promise<string>;
  /** The manifests as YAML documents, rendered without the cluster. */
  template(upgrade: HelmUpgrade, values: Values): Promise<string>;
  /** Installs or upgrades, and waits until the workload is ready. */
  upgrade(upgrade: HelmUpgrade, values: Values, signal: AbortSignal): Promise<void>;
  status(release: HelmRelease): Promise<HelmStatus | null>;
  /** false when there was no such release. */
  uninstall(release: HelmRelease, timeoutMs: number): Promise<boolean>;
}

export interface HelmAccess {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const shortMs = 30_000;
/** Helm ends by itself at its own deadline and says why; ours is for a Helm that does not. */
const marginMs = 15_000;

export function helmProgram(exec: Exec, access: HelmAccess): Helm {
  const run = async (
    argv: readonly string[],
    options: { readonly timeoutMs: number; readonly stdin?: string; readonly signal?: AbortSignal },
  ): Promise<ExecResult & { readonly argv: readonly string[] }> => {
    const whole = ['helm', ...argv];
    return { argv: whole, ...(await exec.run(whole, { ...options, env: access.env })) };
  };
  const onCluster = (argv: readonly string[]): readonly string[] => [...argv, ...access.argv];

  return {
    async version() {
      return checkVersion(succeeded(await run(versionArgv(), { timeoutMs: shortMs })).stdout);
    },
    async template(upgrade, values) {
      const result = await run(templateArgv(upgrade), { timeoutMs: shortMs, stdin: stringify(values) });
      return succeeded(result).stdout;
    },
    async upgrade(upgrade, values, signal) {
      const timeoutMs = upgrade.timeoutMs + marginMs;
      const argv = onCluster(upgradeArgv(upgrade));
      succeeded(await run(argv, { timeoutMs, stdin: stringify(values), signal }));
    },
    async status(release) {
      const result = await run(onCluster(statusArgv(release)), { timeoutMs: shortMs });
      if (result.exitCode !== 0 && saysNotFound(result.stderr)) return null;
      return parseStatus(succeeded(result).stdout);
    },
    async uninstall(release, timeoutMs) {
      const argv = onCluster(uninstallArgv(release, timeoutMs));
      const result = await run(argv, { timeoutMs: timeoutMs + marginMs });
      if (result.exitCode !== 0 && saysNotFound(result.stderr)) return false;
      succeeded(result);
      return true;
    },
  };
}

function succeeded<T extends ExecResult & { readonly argv: readonly string[] }>(result: T): T {
  if (result.exitCode === 0) return result;
  throw new ToolError(result.argv, result.exitCode, tail(result.stderr), remedyFor(result.stderr));
}
