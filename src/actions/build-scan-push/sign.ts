import { shortDigest } from '../../domain/digest.ts';
import type { ImageFacts } from '../../domain/image/facts.ts';
import { byDigest } from '../../domain/image/reference.ts';
import type { SbomFile, SbomFormat } from '../../domain/image/sbom.ts';
import {
  keyRule,
  parseSigningKey,
  sbomStatements,
  signCommand,
  signerText,
  signStatement,
} from '../../domain/image/signing.ts';
import type { Signer, SigningWay } from '../../domain/image/signing.ts';
import { InputError } from '../../runtime/errors.ts';
import type { InputProblem } from '../../runtime/errors.ts';
import type { Cosign } from '../../tools/cosign.ts';
import { unfinished } from './attach.ts';
import type { Inputs } from './inputs.ts';
import type { Collaborators } from './run.ts';

/** @returns null: not asked for @throws InputError */
export function signingWay(inputs: Inputs): SigningWay | null {
  const { sign, 'signing-key': keyText, 'signing-password': password, 'signing-log': log } = inputs;
  const problems: InputProblem[] = [];
  const refuse = (input: string, allowed: string, example: string, given = '(not shown)'): void =>
    void problems.push({ input, given, allowed, example });
  if (sign !== 'key') {
    if (keyText !== null) refuse('signing-key', `nothing with sign: ${sign}`, 'sign: key');
    if (password !== null) refuse('signing-password', `nothing with sign: ${sign}`, 'sign: key');
    // A certificate of ten minutes is worth nothing without something that says when it was used.
    if (sign === 'keyless' && log === 'none') {
      refuse('signing-log', 'public with sign: keyless', 'public', log);
    }
  }
  const key = sign === 'key' && keyText !== null ? parseSigningKey(keyText) : null;
  if (sign === 'key' && key === null) {
    refuse('signing-key', keyRule, 'awskms:///alias/images', keyText === null ? '' : '(not shown)');
  }
  if (key?.kind === 'kms' && password !== null) {
    refuse('signing-password', 'nothing with a key in KMS, which has none', 'nothing');
  }
  if (problems.length > 0) throw new InputError(problems);
  if (sign === 'keyless') return { kind: 'keyless' };
  return key === null ? null : { kind: 'key', key, password: password ?? '', isLogged: log === 'public' };
}

export interface Signature {
  readonly signer: Signer;
  readonly image: string;
  /** By an earlier run. */
  readonly wasThere: boolean;
}

/**
 * What this signer has said of the image that is there already.
 * @returns nothing when nobody signs
 */
export const saidBefore = async (
  cosign: Cosign | null,
  { repository }: Inputs,
  { digest }: ImageFacts,
  { watch }: Pick<Collaborators, 'watch'>,
): Promise<readonly string[]> =>
  cosign === null ? [] : watch.time('verify signature', () => cosign.said(byDigest(repository, digest)));

const isSaidOfEach = (said: readonly string[], format: SbomFormat, platforms: number): boolean =>
  said.filter((one) => one === sbomStatements[format]).length >= platforms;

/**
 * Whether the SBOM that is attached to the image will do. One that nobody has signed may be anybody's who can push:
 * it is never signed afterwards, but made anew.
 */
export const sbomWillDo = (
  cosign: Cosign | null,
  { sbom }: Inputs,
  { platforms }: ImageFacts,
  said: readonly string[],
): boolean => cosign === null || sbom === 'none' || isSaidOfEach(said, sbom, platforms.length);

/**
 * Signs the digest, and says signed what is in it. What this signer has said already it does not say again.
 * The signature comes first: cosign takes any signed statement of an image for a signature.
 * @param sboms for the digest, made by this run or handed over with their digests
 * @param said before this run
 * @returns null when it is not asked for
 * @throws VerificationError: the image is in the registry then, unsigned, and not an output of this step
 */
export async function signImage(
  cosign: Cosign | null,
  { repository }: Inputs,
  { digest }: ImageFacts,
  sboms: readonly SbomFile[],
  said: readonly string[],
  { watch, log }: Pick<Collaborators, 'watch' | 'log'>,
): Promise<Signature | null> {
  if (cosign === null) return null;
  const image = byDigest(repository, digest);
  const { signer } = cosign;
  const who = signerText(signer);
  const wasThere = said.includes(signStatement);
  if (wasThere) log.info(`${shortDigest(digest)} was signed already, by ${who}`);
  else {
    await unfinished(
      `${shortDigest(digest)} is in the registry, unsigned`,
      () => watch.time('sign', () => cosign.sign(image)),
      `Or by hand: ${signCommand(signer, image)}`,
    );
    log.info(`${shortDigest(digest)} signed by ${who}`);
  }
  const unsaid = sboms.filter(({ format }) => !isSaidOfEach(said, format, sboms.length));
  for (const sbom of unsaid) {
    await unfinished(`${shortDigest(digest)} is in the registry, signed, and its SBOM is not`, () =>
      watch.time('sign SBOM', () => cosign.attest(image, sbom)),
    );
    log.info(`SBOM (${sbom.format}, ${sbom.platform}) signed by ${who}`);
  }
  return { signer, image, wasThere };
}
