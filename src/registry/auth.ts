import { isObject, textAt } from '../domain/json.ts';
import { isLoopback } from '../domain/image/reference.ts';
import { ConnectionError, PermissionError, PreconditionError } from '../runtime/errors.ts';
import type { Challenge } from './challenge.ts';
import { identityToken } from './credentials.ts';
import type { RegistryCredentials, RegistryLogin } from './credentials.ts';
import { exchange } from './exchange.ts';
import type { HttpAnswer } from './exchange.ts';
import { TryAgain } from './retry.ts';
import { howToSignIn } from './signIn.ts';

/** Who we are, towards one registry: the header Authorization, got anew when it is refused. */
export class RegistryAuth {
  readonly #registry: string;
  readonly #credentials: RegistryCredentials;
  readonly #headers = new Map<string, { readonly text: string; readonly login: RegistryLogin | null }>();
  /** Uploads go on side by side, and are refused side by side: one renewal is enough for all. */
  readonly #renewing = new Map<string, Promise<void>>();
  #login: RegistryLogin | null | undefined;

  constructor(registry: string, credentials: RegistryCredentials) {
    this.#registry = registry;
    this.#credentials = credentials;
  }

  /** @param scope e.g. `repository:order-api:pull,push` */
  header(scope: string): string | null {
    return this.#headers.get(scope)?.text ?? null;
  }

  /**
   * A request was refused.
   * @param refused the header that it had
   * @throws ConnectionError, PermissionError, PreconditionError, TryAgain
   */
  async renew(
    refused: string | null,
    challenge: Challenge,
    scope: string,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.header(scope) !== refused) return;
    const others = this.#renewing.get(scope);
    if (others !== undefined) return others;
    const renewal = this.#renew(refused, challenge, scope, signal).finally(() =>
      this.#renewing.delete(scope),
    );
    this.#renewing.set(scope, renewal);
    return renewal;
  }

  async #renew(
    refused: string | null,
    challenge: Challenge,
    scope: string,
    signal: AbortSignal,
  ): Promise<void> {
    // What was refused may have expired, and then its login as well: unless there is a newer one already.
    const isNewer = this.#login !== undefined && this.#login !== this.#headers.get(scope)?.login;
    if (this.#login === undefined || (refused !== null && !isNewer)) {
      this.#login = await this.#credentials.login();
    }
    const login = this.#login;
    if (challenge.scheme === 'basic') {
      if (login === null) throw this.#needsLogin();
      this.#headers.set(scope, { text: basic(login), login });
      return;
    }
    let answer = await this.#askForToken(challenge, scope, login, signal);
    if (answer.status === 401 && refused === null && login !== null) {
      this.#login = await this.#credentials.login();
      answer = await this.#askForToken(challenge, scope, this.#login, signal);
    }
    const text = `Bearer ${this.#tokenIn(answer, challenge.realm)}`;
    this.#headers.set(scope, { text, login: this.#login });
  }

  /** Source: distribution, "Token Authentication Specification" and "OAuth2 Token Authentication". */
  async #askForToken(
    { realm, service }: Challenge & { scheme: 'bearer' },
    scope: string,
    login: RegistryLogin | null,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const url = new URL(realm);
    if (url.protocol !== 'https:' && !isLoopback(url.host)) {
      throw new PreconditionError(
        `${this.#registry} sends us to ${url.origin} for a token: a password would go there in the clear`,
        "Serve the registry's token endpoint by https.",
      );
    }
    if (login?.username === identityToken) {
      const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'c4ang-actions', scope });
      if (service !== null) form.set('service', service);
      form.set('refresh_token', login.password);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return exchange(url, { method: 'POST', headers, body: form.toString(), signal });
    }
    // A scope each for more than one repository, as the token endpoints want it.
    for (const one of scope.split(' ')) url.searchParams.append('scope', one);
    if (service !== null) url.searchParams.set('service', service);
    return exchange(url, {
      method: 'GET',
      headers: login === null ? {} : { authorization: basic(login) },
      signal,
    });
  }

  #tokenIn(answer: HttpAnswer, realm: string): string {
    const { origin } = new URL(realm);
    if (answer.status === 401) throw this.notAccepted();
    if (answer.status === 403) {
      throw new PermissionError(
        `${origin} gives no token for ${this.#registry} to the login from ${this.#credentials.source}`,
        'Allow that login to push to the repository.',
      );
    }
    const body: unknown = answer.status === 200 ? answer.json() : null;
    const token = isObject(body) ? (textAt(body, 'token') ?? textAt(body, 'access_token')) : null;
    if (token === null || token === '') {
      throw new TryAgain(`${origin} answered ${String(answer.status)} instead of a token`);
    }
    return token;
  }

  notAccepted(): ConnectionError {
    return this.#login === null || this.#login === undefined
      ? this.#needsLogin()
      : new ConnectionError(
          `${this.#registry} does not accept the login from ${this.#credentials.source} (401), fetched again just now`,
          'Check user name and password, or sign in again.',
        );
  }

  #needsLogin(): ConnectionError {
    return new ConnectionError(
      `${this.#registry} wants a login (401), and there is none in ${this.#credentials.source}`,
      howToSignIn(this.#registry),
    );
  }
}

const basic = ({ username, password }: RegistryLogin): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
