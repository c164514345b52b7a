import { ConnectionError, PermissionError, PreconditionError, RemedyError } from '../../runtime/errors.ts';
import { denialIn, statementToAdd } from '../../runtime/iamStatement.ts';

/** What was asked of ECR, in the words of IAM. */
export interface AskedOfEcr {
  /** `ecr:CreateRepository`. */
  readonly action: string;
  /** An ARN, or `*` for what belongs to no repository. */
  readonly resource: string;
  readonly region: string;
}

const expired = [
  'ExpiredTokenException',
  'ExpiredToken',
  'UnrecognizedClientException',
  'InvalidSignatureException',
];

/** By its fields, not by its class: the SDK is loaded late. */
export const errorName = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';

/** What the SDK threw, as an error by remedy. */
export function explain(error: unknown, asked: AskedOfEcr): Error {
  if (error instanceof RemedyError) return error;
  const { action, resource, region } = asked;
  const name = errorName(error);
  const said =
    error instanceof Error
      ? error.message
      : String((error as { readonly message?: unknown }).message ?? error);
  const options = { cause: error };
  if (name === 'AccessDeniedException' || name === 'AccessDenied') {
    const denial = denialIn(said);
    return new PermissionError(
      `not allowed to ${action} on ${resource}: ${said}`,
      statementToAdd({ actions: [denial?.action ?? action], resource: denial?.resource ?? resource }),
      options,
    );
  }
  if (name === 'CredentialsProviderError') {
    return new PreconditionError(
      `there are no AWS credentials to ask ECR with: ${said}`,
      'Sign in first: aws-actions/configure-aws-credentials with role-to-assume, and permissions: id-token: write.',
      options,
    );
  }
  if (expired.includes(name)) {
    return new ConnectionError(
      `AWS does not accept the credentials for ECR (${name}): ${said}`,
      'Sign in to AWS again; for a build that takes hours, ask for a longer session (role-duration-seconds).',
      options,
    );
  }
  if (name === 'InvalidParameterException' || name === 'KmsException' || name === 'ValidationException') {
    return new PreconditionError(
      `ECR refuses ${action} on ${resource}: ${said}`,
      'See what ECR says.',
      options,
    );
  }
  return new ConnectionError(
    `ECR in ${region} cannot be asked (${action}): ${said}`,
    'Check the region in the registry host, and that this machine reaches the AWS API.',
    options,
  );
}
