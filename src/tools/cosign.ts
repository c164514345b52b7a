import type { SbomFile } from '../domain/image/sbom.ts';
import type { Signer } from '../domain/image/signing.ts';
import { isObject, objectAt, textAt } from '../domain/json.ts';
import { ToolError } from '../runtime/errors.ts';
import { denialIn, statementToAdd } from '../runtime/iamStatement.ts';
import type { Exec } from './exec.ts';
import { tail } from './helmOutput.ts';

/** Signs what is in a registry, by its digest, in the format of cosign 3: a Sigstore bundle as a referrer. */
export interface Cosign {
  readonly signer: Signer;
  /**
   * What this signer has said of an image already, by type: signStatement, sbomStatements. Nothing that does not hold.
   * @param image `repository@sha256:…`
   */
  said(image: string): Promise<readonly string[]>;
  /** @throws ToolError */
  sign(image: string): Promise<void>;
  /** Says, signed, what is in the image. @throws ToolError */
  attest(image: string, sbom: SbomFile): Promise<void>;
}

export interface CosignOptions {
  readonly program: string;
  readonly signer: Signer;
  /** For `--key`, to sign: an address of KMS, or `env://` and a name; null without a key. */
  readonly key: string | null;
  /** File of the public half; null without a key. */
  readonly publicKey: string | null;
  /** Files that name no service at all; null: Sigstore's public ones. */
  readonly noServices: { readonly signingConfig: string; readonly trustedRoot: string } | null;
  /** The secrets of one run that signs, got anew for each: tokens last minutes. */
  readonly secrets: () => Promise<Readonly<Record<string, string>>>;
  /** Makes the registry's login known to the next run. */
  readonly signIn: () => Promise<void>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const by = ({ key, noServices }: Pick<CosignOptions, 'key' | 'noServices'>): readonly string[] => [
  // It has nobody to ask at a terminal.
  '--yes',
  ...(key === null ? [] : ['--key', key]),
  ...(noServices === null
    ? []
    : ['--signing-config', noServices.signingConfig, '--trusted-root', noServices.trustedRoot]),
];

export const signArgv = (
  image: string,
  options: Pick<CosignOptions, 'key' | 'noServices'>,
): readonly string[] => ['sign', ...by(options), image];

const predicates = { spdx: 'spdxjson', cyclonedx: 'cyclonedx' } as const;

export const attestArgv = (
  image: string,
  { format, path }: Pick<SbomFile, 'format' | 'path'>,
  options: Pick<CosignOptions, 'key' | 'noServices'>,
): readonly string[] => ['attest', ...by(options), '--type', predicates[format], '--predicate', path, image];

export const verifyArgv = (
  image: string,
  { signer, publicKey }: Pick<CosignOptions, 'signer' | 'publicKey'>,
): readonly string[] => [
  'verify',
  '--output',
  'json',
  ...(signer.kind === 'keyless'
    ? ['--certificate-identity', signer.identity, '--certificate-oidc-issuer', signer.issuer]
    : ['--key', publicKey ?? '', ...(signer.isLogged ? [] : ['--insecure-ignore-tlog'])]),
  image,
];

export const publicKeyArgv = (key: string): readonly string[] => ['public-key', '--key', key];

/** @param exec in an environment without credentials, and in a home of its own */
export function cosignProgram(exec: Exec, options: CosignOptions): Cosign {
  const { program, signer, signIn, secrets } = options;
  return {
    signer,
    said: async (image) => {
      await signIn();
      const argv = [program, ...verifyArgv(image, options)];
      const { timeoutMs, signal } = options;
      const { exitCode, stdout } = await exec.run(argv, { timeoutMs, signal });
      // It ends in the same way when nothing is signed and when it cannot know: then it is signed once more.
      return exitCode === 0 ? statementsIn(stdout) : [];
    },
    sign: async (image) => {
      await signIn();
      await runCosign(exec, [program, ...signArgv(image, options)], await secrets(), options);
    },
    attest: async (image, sbom) => {
      await signIn();
      await runCosign(exec, [program, ...attestArgv(image, sbom, options)], await secrets(), options);
    },
  };
}

/** @returns stdout @throws ToolError */
export async function runCosign(
  exec: Exec,
  argv: readonly string[],
  secrets: Readonly<Record<string, string>>,
  { timeoutMs, signal }: Pick<CosignOptions, 'timeoutMs' | 'signal'>,
): Promise<string> {
  const { exitCode, stdout, stderr } = await exec.run(argv, { timeoutMs, signal, env: secrets });
  if (exitCode !== 0) throw new ToolError(argv, exitCode, tail(stderr), remedyFor(stderr, exitCode));
  return stdout;
}

/** What cosign asks of a key in KMS. */
export const kmsActions = ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Sign'] as const;

/** Each signature that holds: `{"critical": {"image": …, "type": "https://sigstore.dev/cosign/sign/v1"}, …}`. */
function statementsIn(stdout: string): readonly string[] {
  try {
    const found: unknown = JSON.parse(stdout);
    return (Array.isArray(found) ? found : [])
      .filter(isObject)
      .map((one) => textAt(objectAt(one, 'critical'), 'type') ?? '');
  } catch {
    return [];
  }
}

function remedyFor(stderr: string, exitCode: number | null): string {
  if (exitCode === null) return 'It took longer than it may: raise the input push-timeout.';
  const denial = denialIn(stderr);
  if (denial?.action.startsWith('kms:') === true) {
    return statementToAdd({ actions: kmsActions, resource: denial.resource ?? 'the ARN of the key' });
  }
  if (/decrypt|password|PEM|pem type/i.test(stderr)) {
    return "See that the input signing-password is that of the key, and that signing-key is the whole text of cosign's key file.";
  }
  if (/UNAUTHORIZED|DENIED|403 Forbidden|401 Unauthorized/i.test(stderr)) {
    return 'Let this login push to the repository: a signature is stored beside the image, as an artifact.';
  }
  if (/sigstore\.dev|fulcio|rekor|\bTUF\b|timestamp authority/i.test(stderr)) {
    return "Let the runner reach Sigstore's public services (tuf-repo-cdn, fulcio, rekor and timestamp .sigstore.dev), or sign with a key and without them: sign: key, signing-log: none.";
  }
  return 'See what cosign says.';
}
