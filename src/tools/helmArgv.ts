/** One Helm release: the workload of one slot. */
export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
}

export interface HelmUpgrade extends HelmRelease {
  /** Folder or archive. */
  readonly chart: string;
  /** The user's values; ours come after, by stdin, and win. */
  readonly valuesFile: string | null;
  readonly timeoutMs: number;
  /** Takes over objects that another tool made (Helm 3.17 and newer). */
  readonly takeOwnership: boolean;
  /** Helm 4, which applies on the server: there, fields that another tool set have to be taken too. */
  readonly serverSide: boolean;
}

type Argv = readonly string[];

const inNamespace = (namespace: string): Argv => ['--namespace', namespace];

const values = (valuesFile: string | null): Argv => [
  ...(valuesFile === null ? [] : ['--values', valuesFile]),
  '--values',
  '-',
];

/** Helm takes Go durations; whole seconds are enough. */
const goSeconds = (ms: number): string => `${String(Math.ceil(ms / 1000))}s`;

export const versionArgv = (): Argv => ['version', '--template', '{{.Version}}'];

/** Renders without a cluster: what would be applied, to be looked at first. */
export const templateArgv = ({ name, namespace, chart, valuesFile }: HelmUpgrade): Argv => [
  'template',
  name,
  chart,
  ...inNamespace(namespace),
  ...values(valuesFile),
];

/** Flags that Helm 3 and Helm 4 have in common. No rollback on failure: the candidate stays for diagnosis. */
export const upgradeArgv = (upgrade: HelmUpgrade): Argv => [
  'upgrade',
  '--install',
  upgrade.name,
  upgrade.chart,
  ...inNamespace(upgrade.namespace),
  ...values(upgrade.valuesFile),
  '--wait',
  '--timeout',
  goSeconds(upgrade.timeoutMs),
  '--history-max',
  '5',
  ...(upgrade.takeOwnership ? ['--take-ownership'] : []),
  ...(upgrade.takeOwnership && upgrade.serverSide ? ['--force-conflicts'] : []),
];

export const statusArgv = ({ name, namespace }: HelmRelease): Argv => [
  'status',
  name,
  ...inNamespace(namespace),
  '--output',
  'json',
];

export const uninstallArgv = ({ name, namespace }: HelmRelease, timeoutMs: number): Argv => [
  'uninstall',
  name,
  ...inNamespace(namespace),
  '--wait',
  '--timeout',
  goSeconds(timeoutMs),
];
