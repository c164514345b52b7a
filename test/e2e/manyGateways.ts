import type { Script } from './apiProxy.ts';

interface PodList {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly uid: string } }[];
}

const marker = '-simulated-';

/** Shows so many gateway pods, where the lab has two: each is asked through its own port-forward to a real Envoy. */
export function manyGateways(count: number): Script {
  return {
    pathOf: (path) => path.replace(/-simulated-\d+/, ''),
    rewrite({ method, path }, content) {
      const isGatewayList =
        method === 'GET' &&
        path.startsWith('/api/v1/pods?') &&
        decodeURIComponent(path).includes('ingressgateway');
      if (!isGatewayList) return content;
      const list = JSON.parse(content.toString('utf8')) as PodList;
      const items = Array.from({ length: count }, (_, index) => {
        const pod = list.items[index % list.items.length];
        if (pod === undefined) throw new Error('the lab has no gateway');
        const { metadata } = pod;
        const suffix = `${marker}${String(index)}`;
        return {
          ...pod,
          metadata: { ...metadata, name: metadata.name + suffix, uid: metadata.uid + suffix },
        };
      });
      return Buffer.from(JSON.stringify({ ...list, items }));
    },
  };
}
