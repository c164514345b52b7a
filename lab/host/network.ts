import { network } from '../layout.ts';
import { exec } from './exec.ts';

interface Link {
  readonly ifname: string;
  readonly master?: string;
}

async function ip(...args: string[]): Promise<string> {
  return (await exec('ip', args)).stdout;
}

export async function linkNames(): Promise<string[]> {
  const links = JSON.parse(await ip('-json', 'link', 'show')) as Link[];
  return links.map((link) => link.ifname);
}

/**
 * Makes the pods' bridge, with the node's address on it and the route of the services' range.
 * That route keeps a packet to a service on this machine even when kube-proxy lacks its rule.
 * @returns whether the bridge had to be made: then pods from before are cut off from it.
 */
export async function ensureBridge(): Promise<boolean> {
  const missing = !(await linkNames()).includes(network.bridge);
  if (missing) await ip('link', 'add', network.bridge, 'type', 'bridge');
  await ip('link', 'set', network.bridge, 'up');
  const prefix = network.podRange.split('/')[1] ?? '24';
  await ip('address', 'replace', `${network.node}/${prefix}`, 'dev', network.bridge);
  await ip('route', 'replace', network.serviceRange, 'dev', network.bridge);
  return missing;
}

/** Removes the bridge; the pods' veths go with their network namespaces, leftovers here. */
export async function removeBridge(): Promise<void> {
  const links = JSON.parse(await ip('-json', 'link', 'show')) as Link[];
  for (const link of links) {
    if (link.master === network.bridge)
      await exec('ip', ['link', 'delete', link.ifname]).catch(() => undefined);
  }
  if (links.some((link) => link.ifname === network.bridge)) await ip('link', 'delete', network.bridge);
}
