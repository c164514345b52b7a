import { ConnectionError } from '../../runtime/errors.ts';
import type { HttpAnswer, PodAddress, PodProxy } from '../api/kubeApi.ts';

/** Asks a pod, from inside the cluster and past every route, how it is. */
export interface PodHealth {
  /** What is wrong, in one line; null when every path answers 2xx and, where it speaks of a status, `UP`. */
  check(pod: PodAddress, port: number, paths: readonly string[]): Promise<string | null>;
}

export const proxiedHealth = (podProxy: PodProxy): PodHealth => ({
  async check(pod, port, paths) {
    for (const path of paths) {
      const wrong = await podProxy.get(pod, port, path).then(judge, (error: unknown) => {
        // A pod that does not answer is ill; a missing right or an unreachable cluster is another matter.
        if (error instanceof ConnectionError) return error.message;
        throw error;
      });
      if (wrong !== null) return `${pod.name} ${path}: ${wrong}`;
    }
    return null;
  },
});

/** Source: Spring Boot Actuator, "Health Information": {"status": "UP", "components": {"db": {"status": "UP"}}}. */
export function judge({ status, body }: HttpAnswer): string | null {
  const report = parseHealth(body);
  const down = Object.entries(report.components)
    .filter(([, component]) => component.status !== undefined && component.status !== 'UP')
    .map(([name, component]) => `${name} ${component.status ?? ''}`);
  const because = down.length === 0 ? '' : ` (${down.join(', ')})`;
  if (status < 200 || status > 299) return `status ${String(status)}${because}`;
  if (report.status !== undefined && report.status !== 'UP') return `says ${report.status}${because}`;
  return null;
}

interface Health {
  readonly status: string | undefined;
  readonly components: Readonly<Record<string, { readonly status?: string }>>;
}

/** A body that is no JSON says nothing; its status code has spoken. */
function parseHealth(body: string): Health {
  try {
    const raw = JSON.parse(body) as { status?: unknown; components?: unknown } | null;
    const components = typeof raw?.components === 'object' && raw.components !== null ? raw.components : {};
    return {
      status: typeof raw?.status === 'string' ? raw.status : undefined,
      components: components as Health['components'],
    };
  } catch {
    return { status: undefined, components: {} };
  }
}
