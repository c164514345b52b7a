import { network } from '../layout.ts';
import { podDevices } from './cniResults.ts';
import { exec } from './exec.ts';

interface Link {
  readonly ifname: string;
  readonly master?: string;
}

async function allLinks(): Promise<Link[]> {
  return JSON.parse(await ip('-json', 'link', 'show')) as Link[];
}

async function ip(...args: string[]): Promise<string> {
  return (await exec('ip', args)).stdout;
}

export async function linkNames(): Promise<string[]> {
  const links = await allLinks();
  return links.map((link) => link.ifname);
}

/**
 * Makes the pods' bridge, with the node's address on it and the route of the services' range.
 * That route keeps a packet to a service on this machine even when kube-proxy lacks its rule.
 */
export async function ensureBridge(): Promise<void> {
  const missing = !(await linkNames()).includes(network.bridge);
  if (missing) await ip('link', 'add', network.bridge, 'type', 'bridge');
  await ip('link', 'set', network.bridge, 'up');
  const prefix = network.podRange.split('/')[1] ?? '24';
  await ip('address', 'replace', `${network.node}/${prefix}`, 'dev', network.bridge);
  await ip('route', 'replace', network.serviceRange, 'dev', network.bridge);
}

/** Whether pods hang on no bridge: theirs was deleted, and a new one does not know them. */
export async function arePodsCutOff(): Promise<boolean> {
  const devices = new Set(podDevices());
  return (await allLinks()).some(({ ifname, master }) => devices.has(ifname) && master !== network.bridge);
}

/** Removes the bridge and what is left of the pods' cables; most of them went with the pods. */
export async function removeBridge(): Promise<void> {
  const links = await allLinks();
  const devices = new Set(podDevices());
  for (const link of links) {
    if (link.master === network.bridge || devices.has(link.ifname))
      await exec('ip', ['link', 'delete', link.ifname]).catch(() => undefined);
  }
  if (links.some((link) => link.ifname === network.bridge)) await ip('link', 'delete', network.bridge);
}
