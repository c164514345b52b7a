import { isLoopback, repositoryText } from '../domain/image/reference.ts';
import type { Repository } from '../domain/image/reference.ts';
import { RegistryAuth } from './auth.ts';
import { readChallenge, wantsLogin } from './challenge.ts';
import type { RegistryCredentials } from './credentials.ts';
import { exchange } from './exchange.ts';
import type { HttpAnswer, HttpAsk } from './exchange.ts';
import { refusal } from './failures.ts';
import { TryAgain } from './retry.ts';

export interface RepositoryAsk {
  readonly method: HttpAsk['method'];
  /** Under the repository, `blobs/sha256:…`; or where the registry has sent us. */
  readonly to: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each attempt. */
  readonly body?: () => Exclude<HttpAsk['body'], undefined>;
  readonly may: 'pull' | 'push';
  /** Another repository of this registry, to read from. */
  readonly alsoPull?: string;
  /** Statuses that the caller deals with; every other one is thrown, as what it means. */
  readonly expect: readonly number[];
  readonly signal: AbortSignal;
}

/** One repository over HTTP: where it is, and who we are. Source: OCI distribution-spec 1.1. */
export class RepositoryHttp {
  readonly repository: Repository;
  readonly #base: URL;
  readonly #auth: RegistryAuth;

  constructor(repository: Repository, credentials: RegistryCredentials) {
    this.repository = repository;
    this.#auth = new RegistryAuth(repository.registry, credentials);
    this.#base = new URL(
      `${isLoopback(repository.registry) ? 'http' : 'https'}://${apiHost(repository.registry)}/v2/${repository.name}/`,
    );
  }

  /** @throws TryAgain for what may pass, RemedyError for what will not; the signal's reason */
  async ask(asked: RepositoryAsk): Promise<HttpAnswer> {
    const { method, to, headers = {}, body, expect, signal } = asked;
    const url = typeof to === 'string' ? new URL(to, this.#base) : to;
    // Where another host is named, it has its own way to know us: a signed address.
    const isOurs = url.host === this.#base.host;
    const scope = this.#scope(asked);
    // Refused twice with a login that was fetched just now: that is an answer.
    for (let round = 0; ; round += 1) {
      const authorization = isOurs ? this.#auth.header(scope) : null;
      const answer = await exchange(url, {
        method,
        headers: { ...headers, ...(authorization === null ? {} : { authorization }) },
        ...(body === undefined ? {} : { body: body() }),
        signal,
      });
      if (expect.includes(answer.status)) return answer;
      const isOld = round === 0 && authorization !== null;
      if (!isOurs || !wantsLogin(this.repository.registry, answer, method, isOld))
        throw refusal(this.repository, `${method} ${nameOf(url)}`, answer);
      if (round === 2) throw this.#auth.notAccepted();
      await this.#auth.renew(
        authorization,
        readChallenge(answer.headers.get('www-authenticate')),
        scope,
        signal,
      );
    }
  }

  /** Where to go on: relative or not, and by https even if the registry, behind its proxy, believes otherwise. */
  placeOf(answer: HttpAnswer): URL {
    const location = answer.headers.get('location') ?? '';
    const at = new URL(location, answer.url);
    if (location === '') {
      throw new TryAgain(`${repositoryText(this.repository)} began an upload and did not say where`);
    }
    if (at.host === this.#base.host) at.protocol = this.#base.protocol;
    return at;
  }

  #scope({ may, alsoPull }: RepositoryAsk): string {
    const own = `repository:${this.repository.name}:${may === 'push' ? 'pull,push' : 'pull'}`;
    return alsoPull === undefined ? own : `${own} repository:${alsoPull}:pull`;
  }
}

/** Docker Hub's API has another name than its images. */
const apiHost = (registry: string): string =>
  registry === 'docker.io' || registry === 'index.docker.io' ? 'registry-1.docker.io' : registry;

const nameOf = (url: URL): string => url.pathname.replace(/^\/v2\//, '');
