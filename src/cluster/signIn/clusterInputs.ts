import { InputError } from '../../runtime/errors.ts';
import { defaulted, optional, required } from '../../runtime/inputs.ts';
import type { Fields } from '../../runtime/inputs.ts';
import {
  awsRegion,
  contextName,
  eksClusterName,
  filePath,
  namespaceName,
  serviceName,
} from '../../runtime/rules.ts';

/** What every action asks for, by its name in action.yml. */
export interface ClusterInputs {
  readonly cluster: string | null;
  readonly 'aws-region': string;
  readonly kubeconfig: string | null;
  readonly context: string | null;
  readonly service: string;
  readonly namespace: string;
}

export const clusterFields: Fields<ClusterInputs> = {
  cluster: optional(eksClusterName),
  'aws-region': defaulted(awsRegion, 'ap-northeast-2'),
  kubeconfig: optional(filePath),
  context: optional(contextName),
  service: required(serviceName),
  namespace: defaulted(namespaceName, 'ecommerce'),
};

/** @throws InputError when the cluster is named in two ways */
export function refuseTwoClusters({ cluster, kubeconfig, context }: ClusterInputs): void {
  if (cluster === null || (kubeconfig === null && context === null)) return;
  throw new InputError([
    {
      input: 'cluster',
      given: cluster,
      allowed: 'either cluster (EKS), or kubeconfig and context, not both',
      example: 'cluster: shop',
    },
  ]);
}
