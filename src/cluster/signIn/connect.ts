import type { Clock } from '../../runtime/clock.ts';
import { ApiServer } from '../api/apiServer.ts';
import { refuseTwoClusters } from './clusterInputs.ts';
import type { ClusterInputs } from './clusterInputs.ts';
import { userCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import type { KubeApi, PodHttp, PodProxy } from '../api/kubeApi.ts';
import { findAccess } from './kubeconfig.ts';
import type { KubeAccess } from './kubeconfig.ts';
import { pilotAgentHttp } from '../pods/pilotAgentHttp.ts';
import type { AdminByExec } from '../pods/pilotAgentHttp.ts';
import { portForwardHttp } from '../pods/podHttp.ts';
import { apiServerPodProxy } from '../pods/podProxy.ts';
import { restApi } from '../api/restApi.ts';
import type { ProgramAccess } from './programAccess.ts';
import { temporaryKubeconfig } from './temporaryKubeconfig.ts';

/** A cluster that we speak to. Nothing is asked of it until the first call. */
export interface Connection {
  /** For people: which cluster, as whom it was found. */
  readonly title: string;
  readonly api: KubeApi;
  readonly podHttp: PodHttp;
  readonly adminByExec: AdminByExec;
  readonly podProxy: PodProxy;
  programAccess(): Promise<ProgramAccess>;
  /** Ends every socket: a process that forgets this does not exit. */
  close(): void;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * @throws InputError for a cluster named in two ways; PreconditionError for a kubeconfig that does not serve;
 * for EKS also ConnectionError and PermissionError (eks:DescribeCluster)
 */
export async function connect(inputs: ClusterInputs, clock: Clock, env: Env): Promise<Connection> {
  refuseTwoClusters(inputs);
  if (inputs.cluster === null) {
    const access = findAccess(inputs.kubeconfig, inputs.context, env);
    return connection(access, userCredentials(access.user), clock, () => Promise.resolve(sameFile(access)));
  }
  // Loaded here, so that a step that does not sign in to EKS does not load the AWS SDK.
  const { eksAccess } = await import('./eks/access.ts');
  const { access, credentials } = await eksAccess(inputs.cluster, inputs['aws-region'], clock);
  return connection(access, credentials, clock, () => temporaryKubeconfig(access.cluster, credentials, env));
}

function connection(
  access: KubeAccess,
  credentials: Credentials,
  clock: Clock,
  programAccess: () => Promise<ProgramAccess>,
): Connection {
  const server = new ApiServer(access.cluster, credentials);
  const podHttp = portForwardHttp(server);
  const adminByExec = pilotAgentHttp(server);
  return {
    title: `${access.title} (${server.server})`,
    api: restApi(server, clock),
    podHttp,
    adminByExec,
    podProxy: apiServerPodProxy(server, clock),
    programAccess,
    close() {
      podHttp.close();
      adminByExec.close();
      server.close();
    },
  };
}

/** The program reads the very kubeconfig that we read. */
function sameFile({ file }: KubeAccess): ProgramAccess {
  return {
    argv: file === null ? [] : ['--kube-context', file.context],
    env: file === null ? {} : { KUBECONFIG: file.paths },
    remove: () => undefined,
  };
}
