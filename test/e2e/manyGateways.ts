import type { Script } from './apiProxy.ts';

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

const marker = '-simulated-';

const isGateway = ({ metadata }: Pod): boolean => metadata.labels?.['istio'] === 'ingressgateway';

/** Shows so many gateway pods, where the lab has two: each is asked through its own port-forward to a real Envoy. */
export function manyGateways(count: number): Script {
  return {
    pathOf: (path) => path.replace(/-simulated-\d+/, ''),
    rewrite({ method, path }, content) {
      // Any list of pods over all namespaces: by the gateways' labels, or whole.
      if (method !== 'GET' || !/^\/api\/v1\/pods(\?|$)/.test(path)) return content;
      const list = JSON.parse(content.toString('utf8')) as { readonly items: readonly Pod[] };
      const gateways = list.items.filter(isGateway);
      if (gateways.length === 0) return content;
      const simulated = Array.from({ length: count }, (_, index) => {
        const pod = gateways[index % gateways.length];
        if (pod === undefined) throw new Error('the lab has no gateway');
        const { metadata } = pod;
        const suffix = `${marker}${String(index)}`;
        return {
          ...pod,
          metadata: { ...metadata, name: metadata.name + suffix, uid: metadata.uid + suffix },
        };
      });
      const others = list.items.filter((pod) => !isGateway(pod));
      return Buffer.from(JSON.stringify({ ...list, items: [...simulated, ...others] }));
    },
  };
}
