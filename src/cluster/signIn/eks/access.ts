import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import type { Clock } from '../../../runtime/clock.ts';
import { ConnectionError, PermissionError, PreconditionError, RemedyError } from '../../../runtime/errors.ts';
import type { Credentials } from '../credentials.ts';
import type { KubeAccess } from '../kubeconfig.ts';
import { eksToken } from './token.ts';

/** A token lives for 15 minutes; one this old is not handed out any more. */
const renewAfterMs = 10 * 60_000;

/**
 * Where an EKS cluster is, and how to sign in to it with the AWS identity at hand.
 * @throws PreconditionError (no such cluster, no AWS credentials), PermissionError (eks:DescribeCluster), ConnectionError
 */
export async function eksAccess(
  clusterName: string,
  region: string,
  clock: Clock,
): Promise<{ readonly access: KubeAccess; readonly credentials: Credentials }> {
  const client = new EKSClient({ region, maxAttempts: 3 });
  try {
    const { cluster } = await client.send(new DescribeClusterCommand({ name: clusterName }), {
      abortSignal: AbortSignal.timeout(10_000),
    });
    const server = cluster?.endpoint;
    const caData = cluster?.certificateAuthority?.data;
    if (server === undefined || caData === undefined) {
      throw new PreconditionError(
        `the EKS cluster ${clusterName} in ${region} has no endpoint (status ${cluster?.status ?? 'unknown'})`,
        'Wait until it is ACTIVE: aws eks wait cluster-active.',
      );
    }
    const access: KubeAccess = {
      cluster: { name: clusterName, server: server.replace(/\/$/, ''), caData, skipTLSVerify: false },
      user: { name: 'aws' },
      title: `EKS cluster ${clusterName} in ${region}`,
      file: null,
    };
    const mint = (): Promise<string> =>
      eksToken({
        clusterName,
        region,
        credentials: client.config.credentials,
        sha256: client.config.sha256,
        at: new Date(clock.now()),
      });
    return { access, credentials: bearer(mint, clock) };
  } catch (error) {
    throw explain(error, clusterName, region);
  }
}

function bearer(mint: () => Promise<string>, clock: Clock): Credentials {
  let token: { readonly text: string; readonly mintedMs: number } | null = null;
  return {
    current: async () => {
      if (token === null || clock.monotonic() - token.mintedMs > renewAfterMs) {
        token = { text: await mint(), mintedMs: clock.monotonic() };
      }
      return { headers: { Authorization: `Bearer ${token.text}` }, clientCertificate: null };
    },
  };
}

function explain(error: unknown, clusterName: string, region: string): RemedyError {
  if (error instanceof RemedyError) return error;
  const name = error instanceof Error ? error.name : '';
  const said = error instanceof Error ? error.message : String(error);
  if (name === 'ResourceNotFoundException') {
    return new PreconditionError(
      `there is no EKS cluster ${clusterName} in ${region}`,
      'Check the inputs cluster and aws-region, and that this is the right AWS account.',
    );
  }
  if (name === 'AccessDeniedException') {
    return new PermissionError(
      `not allowed to describe the EKS cluster ${clusterName}: ${said}`,
      `Allow the IAM action eks:DescribeCluster on arn:aws:eks:${region}:<account>:cluster/${clusterName}.`,
    );
  }
  if (name === 'CredentialsProviderError') {
    return new PreconditionError(
      `there are no AWS credentials: ${said}`,
      'Sign in first: aws-actions/configure-aws-credentials with role-to-assume, and permissions: id-token: write.',
    );
  }
  if (['ExpiredTokenException', 'UnrecognizedClientException', 'InvalidSignatureException'].includes(name)) {
    return new ConnectionError(
      `AWS does not accept the credentials (${name}): ${said}`,
      'Sign in to AWS again.',
    );
  }
  return new ConnectionError(
    `EKS in ${region} cannot be asked about cluster ${clusterName}: ${said}`,
    'Check the region and that this machine reaches the AWS API.',
    { cause: error },
  );
}
