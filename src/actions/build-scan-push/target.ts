import { ecrRegistry } from '../../domain/image/ecrHost.ts';
import type { RegistryCredentials } from '../../registry/credentials.ts';
import { dockerConfigCredentials } from '../../registry/dockerConfig.ts';
import { givenLogin } from '../../registry/givenLogin.ts';
import type { Ecr } from '../../registry/ecr/ecr.ts';
import { openEcr } from '../../registry/ecr/openEcr.ts';
import { openRegistry } from '../../registry/openRegistry.ts';
import type { Registry } from '../../registry/registry.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { proxySettings } from '../../runtime/envProxy.ts';
import { InputError } from '../../runtime/errors.ts';
import type { InputProblem } from '../../runtime/errors.ts';
import type { Exec } from '../../tools/exec.ts';
import type { Inputs } from './inputs.ts';

/** Where the image goes. */
export interface Target {
  readonly registry: Registry;
  readonly credentials: RegistryCredentials;
  /** null: another registry than a private one of ECR. */
  readonly ecr: Ecr | null;
}

/**
 * The repository, signed in to with what is there: the login of the inputs, the AWS identity for ECR, else what
 * `docker login` has left. Nothing is asked yet.
 * @throws InputError for half a login, and for what only ECR can do
 */
export function openTarget(
  inputs: Inputs,
  { env, clock, signal, log }: Pick<ActionContext, 'env' | 'clock' | 'signal' | 'log'>,
  exec: Exec,
): Target {
  const { repository, 'registry-username': username, 'registry-password': password } = inputs;
  const host = ecrRegistry(repository.registry);
  refuseWhatDoesNotFit(inputs, host !== null);
  const ecr =
    host === null
      ? null
      : openEcr({
          registry: host,
          name: repository.name,
          clock,
          signal,
          log,
          proxy: proxySettings(env),
        });
  const given =
    username === null || password === null
      ? null
      : givenLogin(username, password, 'the inputs registry-username and registry-password');
  const credentials =
    given ??
    ecr?.credentials ??
    dockerConfigCredentials({ registry: repository.registry, env, exec, signal });
  const timeoutMs = inputs['push-timeout'];
  return {
    ecr,
    credentials,
    registry: openRegistry({ repository, credentials, clock, signal, log, timeoutMs }),
  };
}

function refuseWhatDoesNotFit(inputs: Inputs, isEcr: boolean): void {
  const problems: InputProblem[] = [];
  const hasUser = inputs['registry-username'] !== null;
  if (hasUser !== (inputs['registry-password'] !== null)) {
    problems.push({
      input: hasUser ? 'registry-password' : 'registry-username',
      given: '',
      allowed: 'user name and password, both or none of them',
      example: 'a secret',
    });
  }
  for (const input of ['create-repository', 'ecr-scan'] as const) {
    if (inputs[input] && !isEcr) {
      problems.push({
        input,
        given: 'true',
        allowed: `false: ${inputs.repository.registry} is no private registry of ECR`,
        example: 'false',
      });
    }
  }
  if (problems.length > 0) throw new InputError(problems);
}
