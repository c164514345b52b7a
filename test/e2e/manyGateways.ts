import type { StepResult } from '../../lab/runner/step.ts';
import { startApiProxy } from './apiProxy.ts';
import type { Script } from './apiProxy.ts';
import { lab, step } from './harness.ts';

interface Pod {
  readonly spec?: { readonly containers?: readonly { readonly name: string }[] };
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

const marker = '-simulated-';

const isGateway = ({ metadata }: Pod): boolean => metadata.labels?.['istio'] === 'ingressgateway';

/** A caller's pod, in the mesh. */
const isSidecar = (pod: Pod): boolean =>
  !isGateway(pod) && pod.spec?.containers?.some(({ name }) => name === 'istio-proxy') === true;

/** Shows so many gateway pods, where the lab has two: each is asked through its own port-forward to a real Envoy. */
export const manyGateways = (count: number): Script => many(isGateway, count);

/** Shows so many pods with a sidecar, where the lab has few, in the same way. */
export const manySidecars = (count: number): Script => many(isSidecar, count);

/** Switches while the script shows them. @returns how it went, and how many of the simulated pods were proven */
export async function switchAmong(
  script: Script,
  service: string,
): Promise<{ readonly result: StepResult; readonly proven: number }> {
  const proxy = await startApiProxy(lab.config);
  try {
    proxy.play(script);
    const result = await step('switch-traffic', { service, kubeconfig: proxy.kubeconfig });
    const proxies = JSON.parse(result.outputs['proxies'] ?? '[]') as readonly { readonly proxy: string }[];
    return { result, proven: proxies.filter((one) => one.proxy.includes(marker)).length };
  } finally {
    proxy.close();
  }
}

function many(isOne: (pod: Pod) => boolean, count: number): Script {
  return {
    pathOf: (path) => path.replace(/-simulated-\d+/, ''),
    rewrite({ method, path }, content) {
      // Any list of pods over all namespaces: by the gateways' labels, or whole.
      if (method !== 'GET' || !/^\/api\/v1\/pods(\?|$)/.test(path)) return content;
      const list = JSON.parse(content.toString('utf8')) as { readonly items: readonly Pod[] };
      const found = list.items.filter(isOne);
      if (found.length === 0) return content;
      const simulated = Array.from({ length: count }, (_, index) => {
        const pod = found[index % found.length];
        if (pod === undefined) throw new Error('the lab has no such pod');
        const { metadata } = pod;
        const suffix = `${marker}${String(index)}`;
        return {
          ...pod,
          metadata: { ...metadata, name: metadata.name + suffix, uid: metadata.uid + suffix },
        };
      });
      const others = list.items.filter((pod) => !isOne(pod));
      return Buffer.from(JSON.stringify({ ...list, items: [...simulated, ...others] }));
    },
  };
}
