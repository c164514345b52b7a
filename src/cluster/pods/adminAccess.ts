import { PermissionError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { HttpAnswer, HttpRequest, PodAddress, PodHttp } from '../api/kubeApi.ts';
import type { AdminByExec } from './pilotAgentHttp.ts';

/** Where Istio keeps Envoy's admin, on the pod's localhost: all that pilot-agent asks. */
const adminPort = 15000;

/**
 * Port-forward, and where this identity may not do that, exec of pilot-agent for Envoy's admin: the same question and
 * the same answer. Nothing is skipped: denied both, it is said with both rules.
 * @throws PermissionError with either rule to add; ConnectionError
 */
export function adminAccess(forward: PodHttp, exec: AdminByExec, log: Pick<Log, 'warning'>): PodHttp {
  /** Rights are given by namespace: how port-forward was denied in each. */
  const denied = new Map<string, PermissionError>();
  let isSaid = false;

  const byExec = async (
    pod: PodAddress,
    request: HttpRequest,
    denial: PermissionError,
  ): Promise<HttpAnswer> => {
    if (!isSaid) {
      isSaid = true;
      log.warning(
        `port-forward denied: asking through exec (pilot-agent request, in the proxies of namespace ${pod.namespace})`,
      );
    }
    try {
      return await exec.request(pod, request);
    } catch (error) {
      throw error instanceof PermissionError ? eitherOf(denial, error) : error;
    }
  };

  return {
    async request(pod, port, request) {
      const before = port === adminPort ? denied.get(pod.namespace) : undefined;
      if (before !== undefined) return byExec(pod, request, before);
      try {
        return await forward.request(pod, port, request);
      } catch (error) {
        if (port !== adminPort || !(error instanceof PermissionError)) throw error;
        denied.set(pod.namespace, error);
        return byExec(pod, request, error);
      }
    },
    close() {
      forward.close();
    },
  };
}

const eitherOf = (forward: PermissionError, exec: PermissionError): PermissionError =>
  new PermissionError(
    `${forward.message}; and ${exec.message}`,
    `${forward.remedy}\nOr, where port-forward is not to be granted, this one (docs/security.md says what it allows). ${exec.remedy}`,
    { cause: exec },
  );
