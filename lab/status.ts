import { CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { existsSync } from 'node:fs';
import { isAlive } from './host/identity.ts';
import { residentBytes } from './host/memory.ts';
import { currentOwner } from './host/owner.ts';
import { podProcesses } from './host/podProcesses.ts';
import { readState } from './host/stateFile.ts';
import { here, network, type Layout } from './layout.ts';
import { statOf } from './host/identity.ts';
import { markedProcesses } from './host/marked.ts';

/** One line of the table that `lab status` prints. */
export interface StatusRow {
  readonly part: string;
  readonly state: string;
  readonly memory: string;
  readonly detail: string;
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`;

function podRow(pod: V1Pod): StatusRow {
  const containers = pod.status?.containerStatuses ?? [];
  const ready = containers.length > 0 && containers.every((container) => container.ready);
  const waiting = containers
    .map((container) => container.state?.waiting?.reason)
    .find((reason) => reason !== undefined);
  return {
    part: `${pod.metadata?.namespace ?? ''}/${pod.metadata?.name ?? ''}`,
    state: ready ? 'ready' : (waiting ?? pod.status?.phase ?? 'unknown'),
    memory: '',
    detail: pod.status?.podIP ?? '',
  };
}

async function podRows(layout: Layout): Promise<StatusRow[]> {
  const config = new KubeConfig();
  config.loadFromFile(layout.kubeconfig);
  const { items } = await config.makeApiClient(CoreV1Api).listPodForAllNamespaces();
  return items.map(podRow);
}

/** Every part, pod and address of the lab; empty when none is up. */
export async function status(layout: Layout = here): Promise<StatusRow[]> {
  if (currentOwner()?.state !== layout.state || !existsSync(layout.kubeconfig)) return [];
  const { parts } = readState(layout.stateFile);
  const processes = Object.entries(parts).map(([part, record]) => ({
    part,
    state: isAlive(record) ? 'running' : 'STOPPED',
    memory: isAlive(record) ? megabytes(residentBytes(record.pid)) : '',
    detail: `process ${String(record.pid)}, since ${record.startedAt}`,
  }));
  const pods = await podRows(layout).catch((error: unknown) => [
    {
      part: 'pods',
      state: 'UNKNOWN',
      memory: '',
      detail: `the API server does not answer: ${String(error)}`,
    },
  ]);
  const shims = markedProcesses(layout.state).filter(({ pid }) =>
    statOf(pid)?.command.startsWith('containerd-shim'),
  );
  const sum = (pids: readonly { pid: number }[]): number =>
    pids.reduce((total, { pid }) => total + residentBytes(pid), 0);
  const all = [...markedProcesses(layout.state), ...podProcesses()];
  return [
    ...processes,
    { part: 'shims', state: String(shims.length), memory: megabytes(sum(shims)), detail: '' },
    {
      part: 'in pods',
      state: String(podProcesses().length),
      memory: megabytes(sum(podProcesses())),
      detail: '',
    },
    {
      part: 'whole lab',
      state: '',
      memory: megabytes(sum(all)),
      detail: 'proportional set size of all processes',
    },
    ...pods,
    { part: 'kubeconfig', state: '', memory: '', detail: layout.kubeconfig },
    { part: 'prometheus', state: '', memory: '', detail: network.prometheus },
    { part: 'registry', state: '', memory: '', detail: network.registry },
  ];
}

export function asTable(rows: readonly StatusRow[]): string {
  const columns = ['part', 'state', 'memory', 'detail'] as const;
  const width = (column: (typeof columns)[number]): number =>
    Math.max(column.length, ...rows.map((row) => row[column].length));
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => (cells[index] ?? '').padEnd(width(column)))
      .join('  ')
      .trimEnd();
  return [
    line(columns.map((column) => column.toUpperCase())),
    ...rows.map((row) => line(columns.map((c) => row[c]))),
  ].join('\n');
}
