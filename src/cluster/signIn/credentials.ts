import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import type { User } from '@kubernetes/client-node/dist/config_types.js';
import { ExecAuth } from '@kubernetes/client-node/dist/exec_auth.js';
import { FileAuth } from '@kubernetes/client-node/dist/file_auth.js';
import { ConnectionError, PreconditionError } from '../../runtime/errors.ts';
import { errorMessage } from '../api/http.ts';

/** What one call proves our identity with. Never logged. */
export interface Credential {
  readonly headers: Readonly<Record<string, string>>;
  readonly clientCertificate: { readonly cert: string | Buffer; readonly key: string | Buffer } | null;
}

/** Asked before every call, so that what expires is renewed in time. */
export interface Credentials {
  current(): Promise<Credential>;
}

/**
 * The user of a kubeconfig: certificate, token, token file, name and password, or an exec plugin.
 * @throws PreconditionError for the sign-in built into old clients (auth-provider)
 */
export function userCredentials(user: User): Credentials {
  const plugins = [new ExecAuth(), new FileAuth()];
  const plugin = plugins.find((candidate) => candidate.isAuthProvider(user));
  if (user.authProvider && plugin === undefined) {
    throw new PreconditionError(
      `the kubeconfig's user ${user.name} signs in by auth-provider, which Kubernetes removed in 1.26`,
      'Let the kubeconfig sign in by an exec plugin, a token or a certificate.',
    );
  }
  const fixed = fixedHeaders(user);
  const ownCertificate = certificate(user);
  return {
    current: async () => {
      if (plugin === undefined) return { headers: fixed, clientCertificate: ownCertificate };
      const options: RequestOptions & { headers: Record<string, string> } = { headers: { ...fixed } };
      await plugin.applyAuthentication(user, options).catch((error: unknown) => {
        throw new ConnectionError(
          `the sign-in of the kubeconfig's user ${user.name} failed: ${errorMessage(error).trim()}`,
          'Run the sign-in command of the kubeconfig by hand and see what it says.',
          { cause: error },
        );
      });
      const { cert, key } = options;
      const given = typeof cert === 'string' && typeof key === 'string' ? { cert, key } : null;
      return { headers: options.headers, clientCertificate: given ?? ownCertificate };
    },
  };
}

function fixedHeaders(user: User): Record<string, string> {
  const headers: Record<string, string> = {};
  if (user.token) headers['Authorization'] = `Bearer ${user.token.trim()}`;
  else if (user.username) {
    headers['Authorization'] =
      `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
  }
  if (user.impersonateUser) headers['Impersonate-User'] = user.impersonateUser;
  return headers;
}

function certificate(user: User): Credential['clientCertificate'] {
  const cert = fileOrData(user.certFile, user.certData);
  const key = fileOrData(user.keyFile, user.keyData);
  return cert !== undefined && key !== undefined ? { cert, key } : null;
}

/** As in kubeconfig: data in base64 wins over a file. */
export function fileOrData(file: string | undefined, data: string | undefined): Buffer | undefined {
  if (data) return Buffer.from(data, 'base64');
  return file ? readFileSync(file) : undefined;
}
