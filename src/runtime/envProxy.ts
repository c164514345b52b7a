import * as http from 'node:http';
import type { Log } from './log.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** In the form that Node takes. */
export interface ProxySettings {
  readonly http_proxy?: string;
  readonly https_proxy?: string;
  readonly no_proxy: string;
}

/** What is on this machine is never behind a proxy: curl and Go take that for granted, Node wants it said. */
const here = 'localhost,127.0.0.1,::1,[::1]';

/**
 * HTTP_PROXY, HTTPS_PROXY and NO_PROXY, where lower case comes first, as with curl.
 * @returns null without a proxy
 */
export function proxySettings(env: Env): ProxySettings | null {
  const read = (name: string): string =>
    [env[name], env[name.toUpperCase()]].find((value) => value !== undefined && value !== '') ?? '';
  const [plain, secure, except] = [read('http_proxy'), read('https_proxy'), read('no_proxy')];
  if (plain === '' && secure === '') return null;
  return {
    ...(plain === '' ? {} : { http_proxy: plain }),
    ...(secure === '' ? {} : { https_proxy: secure }),
    no_proxy: except === '' ? here : `${except},${here}`,
  };
}

/** Node has it since 24.14, and the runner brings the Node. Source: Node.js docs, "Built-in proxy support". */
const setGlobalProxy =
  (http as { readonly setGlobalProxyFromEnv?: typeof http.setGlobalProxyFromEnv }).setGlobalProxyFromEnv ??
  null;

/**
 * Lets `fetch` go by the proxy that the environment names; by itself it does not.
 * @returns what puts that back
 */
export function useEnvProxy(
  env: Env,
  log: Pick<Log, 'info' | 'warning'>,
  set: typeof setGlobalProxy = setGlobalProxy,
): () => void {
  const settings = proxySettings(env);
  if (settings === null) return () => undefined;
  const named = [settings.https_proxy, settings.http_proxy].filter((one) => one !== undefined).map(hostOf);
  const by = [...new Set(named)].join(' and ');
  if (set !== null) {
    log.info(`going by the proxy ${by}, except to ${settings.no_proxy}`);
    return set({ ...settings });
  }
  // Then Node has read them when it started.
  if (env['NODE_USE_ENV_PROXY'] !== '1') {
    log.warning(
      `the proxy ${by} is not used: Node ${process.version} learns of it only when it starts. Set NODE_USE_ENV_PROXY: '1' in the job's env, or take a newer runner`,
    );
  }
  return () => undefined;
}

/** Without the password that may be in it. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '(no address)');
