import { SignatureV4 } from '@smithy/signature-v4';

type Signing = ConstructorParameters<typeof SignatureV4>[0];

export interface TokenRequest {
  readonly clusterName: string;
  readonly region: string;
  readonly credentials: Signing['credentials'];
  readonly sha256: Signing['sha256'];
  readonly at: Date;
}

/**
 * The bearer token that EKS takes: a presigned STS GetCallerIdentity address which names the cluster in a signed
 * header. The cluster calls it and sees who we are. It lives for 15 minutes; the 60 s are what the format demands.
 * Source: aws-iam-authenticator, README "API Authorization from Outside a Cluster".
 */
export async function eksToken({
  clusterName,
  region,
  credentials,
  sha256,
  at,
}: TokenRequest): Promise<string> {
  const hostname = `sts.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256 });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': clusterName },
    },
    {
      expiresIn: 60,
      signingDate: at,
      // As a signed header: hoisted into the query it would not name the cluster to the authenticator.
      unhoistableHeaders: new Set(['x-k8s-aws-id']),
    },
  );
  const query = new URLSearchParams(
    Object.entries(signed.query ?? {}).map(([key, value]) => [key, String(value)] as [string, string]),
  );
  const address = `https://${hostname}/?${query.toString()}`;
  return `k8s-aws-v1.${Buffer.from(address).toString('base64url')}`;
}
