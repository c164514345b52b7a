import { ConflictError, ConnectionError, PermissionError, PreconditionError } from '../../runtime/errors.ts';
import type { RemedyError } from '../../runtime/errors.ts';
import { ruleToAdd } from '../../runtime/rbacRule.ts';
import { errorCode, errorMessage, isTimeout } from './http.ts';
import type { HttpAnswer, Resource } from './kubeApi.ts';

/** What was asked of the API server, in the words of RBAC. */
export interface Asked {
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete';
  readonly group: string;
  /** Plural, with its subresource: `pods/portforward`. */
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
}

export const asked = (
  verb: Asked['verb'],
  resource: Resource,
  namespace: string | null,
  name: string | null,
): Asked => ({ verb, group: resource.group, resource: resource.plural, namespace, name });

const place = ({ verb, resource, namespace, name }: Asked): string =>
  `${verb} ${resource}${name === null ? '' : ` ${name}`}${namespace === null ? '' : ` in namespace ${namespace}`}`;

/** An answer that is no success, as an error by remedy. Source: Kubernetes API conventions, "Status". */
export function refused(what: Asked, answer: HttpAnswer, server: string): RemedyError {
  const message = statusMessage(answer);
  const said = `${place(what)}: ${message}`;
  switch (answer.status) {
    case 401:
      return new ConnectionError(
        `${server} does not accept who we say we are (401): the token or certificate has expired or is not known there`,
        'Sign in again (aws eks update-kubeconfig, or renew the kubeconfig), and check that the identity has an access entry in the cluster.',
      );
    case 403:
      return forbidden(what, said, message);
    case 409:
      return new ConflictError(said, 'Someone else changed it meanwhile. Run the step again: it reads anew.');
    case 422:
      return unprocessable(said, message);
    case 404:
      return notFound(what, answer, said);
  }
  if (answer.status === 429 || answer.status >= 500) {
    return new ConnectionError(
      `${said} (${String(answer.status)} from ${server}, after retries)`,
      "Look at the API server's health, then run the step again.",
    );
  }
  return new PreconditionError(
    `the API server refused to ${said} (${String(answer.status)})`,
    'See what it says.',
  );
}

/** Access control says "cannot <verb> resource"; admission (webhooks, quotas) answers 403 as well. */
function forbidden(what: Asked, said: string, message: string): RemedyError {
  if (!/cannot \w+ resource/.test(message) && !/^Forbidden$/i.test(message)) {
    return new PreconditionError(
      said,
      'An admission policy or a quota of the cluster refused it: see what it says.',
    );
  }
  // A WebSocket is opened by GET, which newer API servers authorize as create too (Kubernetes 1.35).
  const isStream = what.resource === 'pods/portforward' || what.resource === 'pods/exec';
  const verbs = isStream ? ['get', 'create'] : [what.verb];
  return new PermissionError(`not allowed to ${said}`, ruleToAdd({ ...what, verbs }));
}

/** A failed `test` of a JSON patch is answered with this sentence and no more; a bad object is "… is invalid: …". */
function unprocessable(said: string, message: string): RemedyError {
  return message.startsWith('the server rejected our request due to an error in our request')
    ? new ConflictError(
        `${said} (a value that the change relies on is no longer there)`,
        'Someone else changed it meanwhile. Run the step again: it reads anew.',
      )
    : new PreconditionError(said, 'The object is not valid: see what the API server says.');
}

function notFound(what: Asked, answer: HttpAnswer, said: string): RemedyError {
  if (isUnknownKind(answer)) {
    const remedy = what.group.endsWith('istio.io')
      ? 'Install Istio 1.22 or newer there, or check that this is the right cluster.'
      : 'Check that this is the right cluster.';
    return new PreconditionError(`the cluster does not know ${what.resource} of ${what.group}`, remedy);
  }
  return new PreconditionError(said, 'Check the names in the inputs service and namespace.');
}

/** An object that is missing is answered with a Status; a kind that is missing with plain text. */
export const isUnknownKind = (answer: HttpAnswer): boolean =>
  answer.status === 404 && statusOf(answer) === null;

/** The API server's own answer, as opposed to one that it passes on from a pod; null when it is none. */
export function statusOf(answer: HttpAnswer): { readonly message: string } | null {
  try {
    const parsed: unknown = JSON.parse(answer.body);
    if (typeof parsed !== 'object' || parsed === null) return null;
    const { kind, apiVersion, message } = parsed as Record<string, unknown>;
    if (kind !== 'Status' || apiVersion !== 'v1') return null;
    return { message: typeof message === 'string' ? message : '' };
  } catch {
    return null;
  }
}

const statusMessage = (answer: HttpAnswer): string =>
  statusOf(answer)?.message ?? (answer.body.trim().slice(0, 500) || `status ${String(answer.status)}`);

/** Nothing came back at all. */
export function unreachable(what: Asked, error: unknown, server: string, timeoutMs: number): RemedyError {
  const code = errorCode(error);
  const message = isTimeout(error) ? `no answer within ${String(timeoutMs / 1000)} s` : errorMessage(error);
  const remedy = /CERT|SELF_SIGNED|UNABLE_TO/.test(code)
    ? "The server's certificate is not one that the kubeconfig trusts: check certificate-authority-data."
    : 'Check the address, that the cluster runs, and that this machine may reach it (VPN, security groups, private endpoint).';
  return new ConnectionError(
    `the cluster at ${server} cannot be reached to ${place(what)}: ${message}`,
    remedy,
    {
      cause: error,
    },
  );
}
