import type { KubeApi } from '../cluster/api/kubeApi.ts';
import { virtualServices } from '../cluster/api/resources.ts';
import type { ServiceRouting } from '../domain/routing/routing.ts';
import { ConflictError } from '../runtime/errors.ts';

/** Who fenced it last, and when: for whoever meets the conflict. */
export const fenceAnnotation = 'c4ang.com/fenced';
const attempts = 5;

/**
 * Makes every write fail that was planned on what was read before: each VirtualService gets a new resourceVersion, by
 * an annotation. A write that was under way lands before this, and is seen by the next reading, or never.
 */
export async function fence(api: KubeApi, routing: ServiceRouting, note: string): Promise<void> {
  await Promise.all(
    routing.virtualServices.map(async ({ namespace, name }) => {
      for (let attempt = 1; ; attempt += 1) {
        const object = await api.get(virtualServices, namespace, name);
        if (object === null) return;
        const { metadata } = object;
        try {
          await api.jsonPatch(virtualServices, namespace, name, [
            { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion ?? '' },
            {
              op: 'add',
              path: '/metadata/annotations',
              value: { ...metadata.annotations, [fenceAnnotation]: note },
            },
          ]);
          return;
        } catch (error) {
          if (!(error instanceof ConflictError) || attempt === attempts) throw error;
        }
      }
    }),
  );
}
