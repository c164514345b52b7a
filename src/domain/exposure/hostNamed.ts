import { fqdn } from '../routing/host.ts';
import type { ServiceName } from '../routing/host.ts';

/** A text that a workload is configured with. */
export interface Setting {
  /** What it is called there: the name of the variable, or the flag before it; empty without one. */
  readonly key: string;
  readonly value: string;
}

/**
 * The host by which a setting names the service, as it is written there; null when it does not. A whole host name
 * only, never a part of one. `service.namespace.svc` can be nothing else; `service.namespace` counts where a host
 * may stand; the bare name only from the service's own namespace, and only where nothing but a host stands: it is
 * also what applications, topics and folders are called.
 * @param from namespace of the workload: short names are completed with it
 */
export function hostNamed({ key, value }: Setting, service: ServiceName, from: string): string | null {
  // A list of hosts that a web proxy is not asked for calls nobody.
  if (/^no_proxy$/i.test(key)) return null;
  const text = value.toLowerCase();
  for (const found of text.matchAll(/[\w.-]+/g)) {
    const host = found[0].replace(/\.$/, '');
    const kind = kindOf(host, service, from);
    if (kind === null) continue;
    const before = standsAfter(text.slice(0, found.index));
    const after = standsBefore(text.slice(found.index + found[0].length));
    if (isHost(kind, before, after, isHostKey(key))) return host;
  }
  return null;
}

type Kind = 'full' | 'namespaced' | 'bare';

function kindOf(host: string, name: ServiceName, from: string): Kind | null {
  const { service, namespace } = name;
  if (host === fqdn(name) || host === `${service}.${namespace}.svc`) return 'full';
  if (host === `${service}.${namespace}`) return 'namespaced';
  return host === service && from === namespace ? 'bare' : null;
}

type Before = 'authority' | 'delimiter' | 'inside';
type After = 'port' | 'path' | 'end' | 'inside';

const isDelimiter = (character: string | undefined): boolean =>
  character === undefined || /[\s"'`=,;()[\]{}|<>]/.test(character);

function standsAfter(text: string): Before {
  if (text.endsWith('//') || text.endsWith('@')) return 'authority';
  return isDelimiter(text.at(-1)) ? 'delimiter' : 'inside';
}

/** A port may be a variable that is filled in later. An image's tag is none, unless it is a bare number. */
function standsBefore(text: string): After {
  if (/^:(\d{1,5}(?![\w.-])|[$%{])/.test(text)) return 'port';
  if (/^[/?#]/.test(text)) return 'path';
  return isDelimiter(text[0]) ? 'end' : 'inside';
}

function isHost(kind: Kind, before: Before, after: After, hostKey: boolean): boolean {
  if (kind === 'full' || before === 'authority') return true;
  if (before === 'inside' || after === 'inside') return false;
  return after !== 'end' || kind === 'namespaced' || hostKey;
}

/** Settings that are called after what they hold: ORDER_HOST, --upstream, orderApiUrl. */
const hostWords = /host|url|uri|addr|endpoint|upstream|backend|server|target|origin/i;
/** What something is called in traces, registries and queues is no host: SERVER_NAME, TARGET_APP, targetName. */
const nameKey = (key: string): boolean =>
  /(^|[_.-])(app|name|topic|queue|group|id)$/i.test(key) || /(?<!host)Name$/.test(key);

const isHostKey = (key: string): boolean => hostWords.test(key) && !nameKey(key);
