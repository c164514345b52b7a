import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Kernel settings that the kubelet, kube-proxy and the bridge plugin change. */
const touched = [
  'net/ipv4/ip_forward',
  'net/ipv4/conf/all/route_localnet',
  'net/bridge/bridge-nf-call-iptables',
  'net/netfilter/nf_conntrack_max',
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
] as const;

const fileOf = (name: string): string => `/proc/sys/${name}`;

export function readSysctls(): Record<string, string> {
  return Object.fromEntries(
    touched
      .filter((name) => existsSync(fileOf(name)))
      .map((name) => [name, readFileSync(fileOf(name), 'utf8').trim()]),
  );
}

/** Pods reach one another through services only if bridged packets pass iptables too. */
export function enableForwarding(): void {
  writeFileSync(fileOf('net/ipv4/ip_forward'), '1');
  const bridged = fileOf('net/bridge/bridge-nf-call-iptables');
  if (existsSync(bridged)) writeFileSync(bridged, '1');
}

export function restoreSysctls(before: Readonly<Record<string, string>>): void {
  const now = readSysctls();
  for (const [name, value] of Object.entries(before)) {
    if (now[name] !== undefined && now[name] !== value) writeFileSync(fileOf(name), value);
  }
}
