import { sharedInTurn } from '../../runtime/sharedInTurn.ts';
import type { KubeApi, KubeObject, Resource } from './kubeApi.ts';

/**
 * The same API, asked once for what several ask at the same moment: checks that run side by side all begin with the
 * pods of the cluster, and each list of them is the largest answer that a switch gets.
 */
export function readOnce(api: KubeApi): KubeApi {
  const got = sharedInTurn<KubeObject | null>();
  const listed = sharedInTurn<readonly KubeObject[]>();
  return {
    get: (resource, namespace, name) =>
      got(`${kindOf(resource)} ${namespace}/${name}`, () => api.get(resource, namespace, name)),
    list: (resource, options) =>
      listed(`${kindOf(resource)} ${JSON.stringify(options)}`, () => api.list(resource, options)),
    create: (resource, object) => api.create(resource, object),
    update: (resource, object) => api.update(resource, object),
    jsonPatch: (resource, namespace, name, patch, options) =>
      api.jsonPatch(resource, namespace, name, patch, options),
    delete: (resource, namespace, name) => api.delete(resource, namespace, name),
  };
}

const kindOf = ({ group, plural }: Resource): string => `${plural}.${group}`;
