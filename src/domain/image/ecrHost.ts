/** A private registry of ECR, read from its host. */
export interface EcrRegistry {
  readonly account: string;
  readonly region: string;
  readonly partition:
    'aws' | 'aws-cn' | 'aws-us-gov' | 'aws-iso' | 'aws-iso-b' | 'aws-iso-e' | 'aws-iso-f' | 'aws-eusc';
}

/**
 * `<account>.dkr.ecr[-fips].<region>.<suffix>`, and the dual-stack `<account>.dkr-ecr[-fips].<region>.on.<suffix>`.
 * Source: Amazon ECR API reference, "Amazon ECR endpoints and quotas".
 */
const pattern =
  /^(\d{12})\.(?:dkr\.ecr|dkr-ecr)(?:-fips)?\.([a-z]{2,4}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.aws|on\.amazonwebservices\.(?:com\.cn|eu)|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;

export function ecrRegistry(host: string): EcrRegistry | null {
  const [, account, region] = pattern.exec(host) ?? [];
  return account === undefined || region === undefined
    ? null
    : { account, region, partition: partitionOf(region) };
}

/** Whatever is signed in to by AWS, but has neither region nor scan: images for everybody. */
export const isEcrPublic = (host: string): boolean =>
  /^(?:public\.ecr\.aws|ecr-public\.aws\.com)$/.test(host);

const partitions = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
] as const;

const partitionOf = (region: string): EcrRegistry['partition'] =>
  partitions.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';

/** What an IAM policy names. */
export const repositoryArn = ({ account, region, partition }: EcrRegistry, name: string): string =>
  `arn:${partition}:ecr:${region}:${account}:repository/${name}`;
