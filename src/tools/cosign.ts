import { PreconditionError, ToolError } from '../runtime/errors.ts';
import { withoutCredentials } from './environment.ts';
import type { Exec } from './exec.ts';
import { tail } from './helmOutput.ts';
import type { Sbom } from './syft.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Who signs: the workflow itself, by GitHub's OIDC token, or a key. */
export type Signer =
  | { readonly kind: 'keyless' }
  | {
      readonly kind: 'key';
      /** A file, `awskms:///alias/…`, or `env://NAME`. */
      readonly reference: string;
      /** Of the key's file; never in argv. */
      readonly password: string;
    };

export interface CosignOptions {
  readonly signer: Signer;
  /** A file that names other services than Sigstore's public ones (Fulcio, Rekor, timestamps); null for those. */
  readonly signingConfig: string | null;
  /** The folder with the registry's credentials (`config.json`), for DOCKER_CONFIG. */
  readonly dockerConfig: string | null;
  readonly timeoutMs: number;
}

/** Signs what is in the registry already, by its digest. */
export interface Cosign {
  /** @param image `repository@sha256:…` */
  sign(image: string, signal?: AbortSignal): Promise<void>;
  /** Attaches an SBOM to the image, signed. */
  attest(image: string, sbom: Sbom, signal?: AbortSignal): Promise<void>;
}

const by = ({ signer, signingConfig }: CosignOptions): readonly string[] => [
  ...(signer.kind === 'key' ? ['--key', signer.reference] : []),
  ...(signingConfig === null ? [] : ['--signing-config', signingConfig]),
  '--yes',
];

export const signArgv = (image: string, options: CosignOptions): readonly string[] => [
  'sign',
  ...by(options),
  image,
];

const predicateTypes = { 'spdx-json': 'spdxjson', cyclonedx: 'cyclonedx' } as const;

export const attestArgv = (image: string, sbom: Sbom, options: CosignOptions): readonly string[] => [
  'attest',
  ...by(options),
  '--type',
  predicateTypes[sbom.format],
  '--predicate',
  sbom.path,
  image,
];

/** Where GitHub gives a job with `id-token: write` its token. */
const tokenRequest: readonly string[] = ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'];

/**
 * Cosign needs what scanners must not have, and no more of it: the OIDC token's address for keyless signing, AWS's
 * credentials for a key in KMS, one variable for a key in the environment.
 * @throws PreconditionError when GitHub offers this job no token
 */
export function cosignEnvironment(env: Env, signer: Signer): Env {
  const base = withoutCredentials(env);
  if (signer.kind === 'keyless') {
    if (tokenRequest.some((name) => env[name] === undefined)) {
      throw new PreconditionError(
        'this job has no OIDC token to sign with',
        'Add `permissions: { id-token: write }` to the job, or sign with a key (input cosign-key).',
      );
    }
    return { ...base, ...pick(env, (name) => tokenRequest.includes(name) || name === 'GITHUB_ACTIONS') };
  }
  const { reference } = signer;
  if (reference.startsWith('awskms:')) return { ...base, ...pick(env, (name) => name.startsWith('AWS_')) };
  if (reference.startsWith('env://')) {
    return { ...base, ...pick(env, (name) => name === reference.slice('env://'.length)) };
  }
  return base;
}

const pick = (env: Env, wanted: (name: string) => boolean): Env =>
  Object.fromEntries(Object.entries(env).filter(([name]) => wanted(name)));

/** @param exec with cosignEnvironment */
export function cosignProgram(exec: Exec, program: string, options: CosignOptions): Cosign {
  const { signer, dockerConfig, timeoutMs } = options;
  const run = async (argv: readonly string[], signal?: AbortSignal): Promise<void> => {
    const whole = [program, ...argv];
    const result = await exec.run(whole, {
      timeoutMs,
      env: {
        // Always there: without it cosign asks at a terminal that there is not.
        COSIGN_PASSWORD: signer.kind === 'key' ? signer.password : '',
        ...(dockerConfig === null ? {} : { DOCKER_CONFIG: dockerConfig }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    if (result.exitCode !== 0) {
      throw new ToolError(whole, result.exitCode, tail(result.stderr), remedyFor(result.stderr));
    }
  };
  return {
    sign: (image, signal) => run(signArgv(image, options), signal),
    attest: (image, sbom, signal) => run(attestArgv(image, sbom, options), signal),
  };
}

function remedyFor(stderr: string): string {
  if (/UNAUTHORIZED|DENIED|403 Forbidden|401 Unauthorized/i.test(stderr)) {
    return 'The registry does not let this job write signatures: they are pushed beside the image, to the same repository.';
  }
  if (/decrypt|password|incorrect/i.test(stderr)) {
    return 'See that the input cosign-password is that of the key.';
  }
  return 'See what cosign says. The image is in the registry, unsigned: running the step again signs it.';
}
