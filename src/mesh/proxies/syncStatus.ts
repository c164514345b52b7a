import { isObject, textAt } from '../../domain/json.ts';
import type { PodAddress } from '../../cluster/api/kubeApi.ts';

/** What one istiod says of the routes of one proxy that is connected to it. */
export interface SyncStatus {
  readonly pod: PodAddress;
  /** The push of the routes that it was last sent; null when it was sent none, or when the istiod does not number them. */
  readonly sent: number | null;
  /** The push of the routes that it has last taken. */
  readonly acked: number | null;
}

/** Which proxy has taken what; each istiod knows those that are connected to it. */
export const syncPath = '/debug/syncz';

/**
 * Reads an answer of {@link syncPath}.
 * Source: istio.io/istio, pilot/pkg/xds/debug.go (SyncStatus) and ads.go: a nonce is the version of the push
 * (`<time>/<number>`, the number counts up in one istiod) and a UUID.
 * @throws SyntaxError when it is not what an istiod answers
 */
export function parseSyncStatus(body: string): readonly SyncStatus[] {
  const answer: unknown = JSON.parse(body);
  if (!Array.isArray(answer)) throw new SyntaxError('the answer is not a list');
  return answer.filter(isObject).flatMap((status) => {
    const pod = podOf(textAt(status, 'proxy') ?? '');
    if (pod === null) return [];
    return [
      { pod, sent: pushOf(textAt(status, 'route_sent')), acked: pushOf(textAt(status, 'route_acked')) },
    ];
  });
}

/** A proxy's id is `<pod>.<namespace>`; only the former may have dots. */
function podOf(id: string): PodAddress | null {
  const at = id.lastIndexOf('.');
  return at <= 0 || at === id.length - 1 ? null : { name: id.slice(0, at), namespace: id.slice(at + 1) };
}

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The UUID follows the number with nothing in between: both may have the same digits there. */
export function pushOf(nonce: string | null): number | null {
  const found = nonce === null || !uuid.test(nonce) ? null : /\/(\d+)$/.exec(nonce.slice(0, -36));
  return found === null ? null : Number(found[1]);
}
