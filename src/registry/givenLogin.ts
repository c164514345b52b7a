import type { RegistryCredentials } from './credentials.ts';

/** The same login each time: from the inputs of a step. */
export const givenLogin = (username: string, password: string, source: string): RegistryCredentials => ({
  source,
  login: () => Promise.resolve({ username, password }),
});
