import { ecrRegistry, isEcrPublic } from '../domain/image/ecrHost.ts';

/** How one signs in to a registry from a workflow, for whoever has not. */
export function howToSignIn(registry: string): string {
  if (isEcrPublic(registry)) {
    return 'Sign in by docker in a step before: aws ecr-public get-login-password --region us-east-1 | docker login --username AWS --password-stdin public.ecr.aws (ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken; there are neither immutable tags nor scans).';
  }
  if (ecrRegistry(registry) !== null) {
    return 'Sign in to AWS in a step before: aws-actions/configure-aws-credentials with role-to-assume, and permissions: id-token: write.';
  }
  return 'Sign in first (docker login, or docker/login-action in a step before), or give user name and password as inputs.';
}
