import type { SbomFormat } from './sbom.ts';

/** A key to sign with: one that never leaves KMS, or cosign's own file, encrypted by a password. */
export type SigningKey =
  { readonly kind: 'kms'; readonly address: string } | { readonly kind: 'file'; readonly pem: string };

/** How a digest is signed. */
export type SigningWay =
  | { readonly kind: 'keyless' }
  | {
      readonly kind: 'key';
      readonly key: SigningKey;
      /** Of the file; empty when it has none. */
      readonly password: string;
      /** Whether Sigstore's public transparency log is told. */
      readonly isLogged: boolean;
    };

/** Who has signed, as a verifier asks for it. */
export type Signer =
  | { readonly kind: 'keyless'; readonly identity: string; readonly issuer: string }
  | { readonly kind: 'key'; readonly key: string; readonly isLogged: boolean };

export const keyRule =
  "a key of AWS KMS (awskms:/// and its alias, id or ARN), or the text of cosign's own key file, encrypted";

/** null: neither. cosign takes no private key that is not encrypted. */
export function parseSigningKey(text: string): SigningKey | null {
  if (/^awskms:\/\/[^/\s]*\/\S+$/.test(text)) return { kind: 'kms', address: text };
  const isKeyFile =
    /^-----BEGIN ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY-----\s[\w+/=\s]+-----END ENCRYPTED \1 PRIVATE KEY-----$/;
  return isKeyFile.test(text) ? { kind: 'file', pem: `${text}\n` } : null;
}

/** What cosign says by a signature, and by an attested SBOM. Source: cosign, specs/BUNDLE_SPEC.md; in-toto's predicates. */
export const signStatement = 'https://sigstore.dev/cosign/sign/v1';
export const sbomStatements: Readonly<Record<SbomFormat, string>> = {
  spdx: 'https://spdx.dev/Document',
  cyclonedx: 'https://cyclonedx.org/bom',
};

/** For people: who. */
export const signerText = (signer: Signer): string =>
  signer.kind === 'keyless' ? signer.identity : signer.key;

/** What anybody types to see whether it is signed. */
export const verifyCommand = (signer: Signer, image: string): string =>
  signer.kind === 'keyless'
    ? `cosign verify --certificate-identity ${signer.identity} --certificate-oidc-issuer ${signer.issuer} ${image}`
    : `cosign verify --key ${keyFile(signer, 'cosign.pub')}${signer.isLogged ? '' : ' --insecure-ignore-tlog'} ${image}`;

/** What somebody types who signs it in the step's place. */
export const signCommand = (signer: Signer, image: string): string =>
  `cosign sign --yes ${signer.kind === 'keyless' ? '' : `--key ${keyFile(signer, 'cosign.key')} `}${image}`;

const keyFile = ({ key }: Signer & { readonly kind: 'key' }, file: string): string =>
  key.startsWith('awskms:') ? key : file;
