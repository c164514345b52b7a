/** Docker's way to say, as a user name: the password is no password, but a token that others are given for. */
export const identityToken = '<token>';

/** Who one signs in as. Never printed. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/** How one gets to a login. A long build outlives some: the registry's client asks again when one is refused. */
export interface RegistryCredentials {
  /** For people: `the inputs registry-username and registry-password`. */
  readonly source: string;
  /** A fresh login; null to go without one. @throws RemedyError */
  login(): Promise<RegistryLogin | null>;
}
