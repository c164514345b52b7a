import { createHash, createPublicKey } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Signer, SigningWay } from '../domain/image/signing.ts';
import type { RegistryCredentials } from '../registry/credentials.ts';
import { writeDockerConfig } from '../registry/dockerConfig.ts';
import { PreconditionError } from '../runtime/errors.ts';
import { cosignProgram, publicKeyArgv, runCosign } from './cosign.ts';
import type { Cosign, CosignOptions } from './cosign.ts';
import type { Exec } from './exec.ts';
import { idToken } from './idToken.ts';
import type { AskForToken } from './idToken.ts';
import { openTool } from './openScanner.ts';
import type { ToolsOf } from './openScanner.ts';

export interface CosignPlace extends Omit<ToolsOf, 'fetch' | 'runsIn'> {
  readonly fetch: ToolsOf['fetch'] & AskForToken['fetch'];
  /** Host of the registry, and who we are there. */
  readonly registry: string;
  readonly credentials: RegistryCredentials;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sigstore's own audience: Fulcio takes no other. */
const audience = 'sigstore';
/** Where cosign finds the key's text. */
const keyVariable = 'SIGNING_KEY';

/**
 * Cosign, ready: the program is there, and the signer has shown that it can sign (there is a token; the password opens
 * the key; KMS gives out its public half). Asked before anything is built, since afterwards an unsigned image would be
 * in the registry.
 * @throws PreconditionError, ToolError, ConnectionError
 */
export async function openCosign(way: SigningWay, place: CosignPlace): Promise<Cosign> {
  const { registry, credentials, folder, timeoutMs, signal } = place;
  // First: without it a hundred megabytes need not be fetched.
  const known = way.kind === 'keyless' ? keylessSigner(await idToken(audience, place)) : null;
  const { exec, program } = await openTool('cosign', place);
  const key =
    way.kind === 'keyless' ? null : way.key.kind === 'kms' ? way.key.address : `env://${keyVariable}`;
  const secrets = (): ReturnType<CosignOptions['secrets']> => secretsFor(way, place);
  const limits = { timeoutMs, signal };
  const own =
    key === null ? null : await publicKeyOf(exec, [program, ...publicKeyArgv(key)], await secrets(), limits);
  const publicKey = own === null ? null : join(folder, 'cosign.pub');
  if (own !== null && publicKey !== null) await writeFile(publicKey, own);
  return cosignProgram(exec, {
    ...limits,
    program,
    signer: known ?? keySigner(way, own ?? ''),
    key,
    publicKey,
    noServices: way.kind === 'key' && !way.isLogged ? await noServices(folder) : null,
    secrets,
    signIn: async () => {
      const config = join(folder, 'home', 'docker');
      await mkdir(config, { recursive: true, mode: 0o700 });
      await writeDockerConfig(config, registry, await credentials.login());
    },
  });
}

/**
 * What cosign gets beside the login of the registry, and no more: one token that is good for Sigstore alone, or the key
 * and its password; AWS's credentials for a key in KMS, and for nothing else.
 */
async function secretsFor(way: SigningWay, place: CosignPlace): Promise<Readonly<Record<string, string>>> {
  if (way.kind === 'keyless') {
    const { token } = await idToken(audience, place);
    return { SIGSTORE_ID_TOKEN: token };
  }
  // The password is always there: without it cosign asks at a terminal that there is not.
  const password = { COSIGN_PASSWORD: way.password };
  if (way.key.kind === 'file') return { ...password, [keyVariable]: way.key.pem };
  const ofAws = Object.entries(place.env).flatMap(([name, value]) =>
    name.startsWith('AWS_') && value !== undefined ? [[name, value] as const] : [],
  );
  return { ...password, ...Object.fromEntries(ofAws) };
}

/** Fulcio puts it into the certificate like this. Source: fulcio, config/identity/config.yaml, github-workflow. */
function keylessSigner({ issuer, workflow }: Awaited<ReturnType<typeof idToken>>): Signer {
  if (!/^https:\/\/token\.actions\.githubusercontent\.com(?:\/|$)/.test(issuer)) {
    throw new PreconditionError(
      `Sigstore's public services do not know the issuer ${issuer}`,
      'Without github.com sign with a key: sign: key, signing-log: none.',
    );
  }
  return { kind: 'keyless', identity: `https://github.com/${workflow}`, issuer };
}

function keySigner(way: SigningWay, publicKey: string): Signer {
  if (way.kind !== 'key') throw new Error('a signer without a key is keyless');
  const { key, isLogged } = way;
  if (key.kind === 'kms') return { kind: 'key', key: key.address, isLogged };
  const der = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
  const fingerprint = createHash('sha256').update(der).digest('hex').slice(0, 16);
  return { kind: 'key', key: `the key ${fingerprint} (SHA-256 of its public half)`, isLogged };
}

async function publicKeyOf(
  exec: Exec,
  argv: readonly string[],
  secrets: Readonly<Record<string, string>>,
  limits: Pick<CosignOptions, 'timeoutMs' | 'signal'>,
): Promise<string> {
  const text = await runCosign(exec, argv, secrets, limits);
  if (text.includes('-----BEGIN PUBLIC KEY-----')) return text;
  throw new PreconditionError(
    `${argv.join(' ')} gave no public key`,
    'Take cosign 3 off the runner if it is not the real one; the pinned one is fetched then.',
  );
}

/** Neither a transparency log nor a time stamp, and no trust in one: cosign asks nobody. */
async function noServices(folder: string): Promise<CosignOptions['noServices']> {
  const files = {
    signingConfig: join(folder, 'signing-config.json'),
    trustedRoot: join(folder, 'trusted-root.json'),
  };
  const mediaType = (name: string): string =>
    JSON.stringify({ mediaType: `application/vnd.dev.sigstore.${name}` });
  await writeFile(files.signingConfig, mediaType('signingconfig.v0.2+json'));
  await writeFile(files.trustedRoot, mediaType('trustedroot+json;version=0.1'));
  return files;
}
