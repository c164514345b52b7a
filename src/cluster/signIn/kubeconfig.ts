import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
// Not the package's front door: that loads every generated API (600 ms). This file parses, and imports nothing.
import { newClusters, newContexts, newUsers } from '@kubernetes/client-node/dist/config_types.js';
import type { Cluster, Context, User } from '@kubernetes/client-node/dist/config_types.js';
import { parse } from 'yaml';
import { PreconditionError } from '../../runtime/errors.ts';
import { errorMessage } from '../api/http.ts';

/** Where a cluster is and who we are there. */
export interface KubeAccess {
  readonly cluster: Cluster;
  readonly user: User;
  /** For people: `context shop of /home/me/.kube/config`. */
  readonly title: string;
  /** How another program finds the same access; null inside a cluster, where programs find it by themselves. */
  readonly file: { readonly paths: string; readonly context: string } | null;
}

type Env = Readonly<Record<string, string | undefined>>;

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Finds the cluster as kubectl does: the file given, else $KUBECONFIG, else ~/.kube/config, else the pod's own
 * service account. Of files listed in $KUBECONFIG the first entry of a name wins.
 * @throws PreconditionError for a file or context that is not there
 */
export function findAccess(file: string | null, context: string | null, env: Env): KubeAccess {
  const given = file ?? (env['KUBECONFIG'] === '' ? undefined : env['KUBECONFIG']);
  const byDefault = join(env['HOME'] ?? homedir(), '.kube', 'config');
  if (given === undefined && !existsSync(byDefault)) return inCluster(env, byDefault);
  const paths = given ?? byDefault;
  // A path given as an input is one file, whatever characters it has.
  const files = file === null ? paths.split(delimiter).filter((path) => path !== '') : [file];
  return choose(files.map(readKubeconfig), context, paths);
}

interface Kubeconfig {
  readonly clusters: readonly Cluster[];
  readonly contexts: readonly Context[];
  readonly users: readonly User[];
  readonly current: string | null;
}

function readKubeconfig(path: string): Kubeconfig {
  try {
    const raw: unknown = parse(readFileSync(path, 'utf8'));
    const document: Readonly<Record<string, unknown>> =
      typeof raw === 'object' && raw !== null ? { ...raw } : {};
    const current = document['current-context'];
    const absolute = (file: string): string => (isAbsolute(file) ? file : join(dirname(path), file));
    return {
      clusters: newClusters(document['clusters']).map((cluster) => ({
        ...cluster,
        ...(cluster.caFile ? { caFile: absolute(cluster.caFile) } : {}),
      })),
      contexts: newContexts(document['contexts']),
      users: newUsers(document['users']).map((user) => ({
        ...user,
        ...(user.certFile ? { certFile: absolute(user.certFile) } : {}),
        ...(user.keyFile ? { keyFile: absolute(user.keyFile) } : {}),
        ...tokenFile(document['users'], user.name),
      })),
      current: typeof current === 'string' && current !== '' ? current : null,
    };
  } catch (error) {
    throw new PreconditionError(
      `the kubeconfig ${path} cannot be read: ${errorMessage(error)}`,
      'Give the path of a kubeconfig in the input kubeconfig, or the EKS cluster in the input cluster.',
    );
  }
}

/** The library looks for `token-file`; kubectl writes `tokenFile`. */
function tokenFile(users: unknown, name: string): Pick<User, 'authProvider'> | undefined {
  const entries: readonly unknown[] = Array.isArray(users) ? users : [];
  for (const entry of entries) {
    const { name: its, user } = entry as { name?: unknown; user?: { tokenFile?: unknown } | null };
    if (its === name && typeof user?.tokenFile === 'string') return byTokenFile(user.tokenFile);
  }
  return undefined;
}

const byTokenFile = (path: string): Pick<User, 'authProvider'> => ({
  authProvider: { name: 'tokenFile', config: { tokenFile: path } },
});

function choose(configs: readonly Kubeconfig[], wanted: string | null, paths: string): KubeAccess {
  const contexts = configs.flatMap((config) => config.contexts);
  const name = wanted ?? configs.find((config) => config.current !== null)?.current ?? null;
  const context = contexts.find((candidate) => candidate.name === name);
  if (name === null || context === undefined) {
    const names = [...new Set(contexts.map((candidate) => candidate.name))].join(', ');
    throw new PreconditionError(
      name === null
        ? `the kubeconfig ${paths} has no current context`
        : `the kubeconfig ${paths} has no context ${name}`,
      `Set the input context to one that it has: ${names === '' ? '(it has none)' : names}.`,
    );
  }
  const cluster = configs
    .flatMap((config) => config.clusters)
    .find(({ name: its }) => its === context.cluster);
  if (cluster === undefined) {
    throw new PreconditionError(
      `context ${name} of ${paths} names the cluster ${context.cluster}, which is not in it`,
      'Correct the kubeconfig.',
    );
  }
  const user = configs.flatMap((config) => config.users).find(({ name: its }) => its === context.user);
  const title = `context ${name} of ${paths}`;
  return { cluster, user: user ?? { name: 'nobody' }, title, file: { paths, context: name } };
}

function inCluster(env: Env, byDefault: string): KubeAccess {
  const host = env['KUBERNETES_SERVICE_HOST'];
  if (host === undefined || !existsSync(join(serviceAccount, 'token'))) {
    throw new PreconditionError(
      `no cluster is given, and there is neither $KUBECONFIG nor ${byDefault}`,
      'Set the input cluster (the name of an EKS cluster), or the input kubeconfig.',
    );
  }
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    cluster: {
      name: 'in-cluster',
      server: `https://${address}:${env['KUBERNETES_SERVICE_PORT'] ?? '443'}`,
      caFile: join(serviceAccount, 'ca.crt'),
      skipTLSVerify: false,
    },
    user: { name: 'service-account', ...byTokenFile(join(serviceAccount, 'token')) },
    title: "the cluster that this runs in, as the pod's service account",
    file: null,
  };
}
