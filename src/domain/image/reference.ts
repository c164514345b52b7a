/** Where images of one name live. Source: OCI distribution-spec 1.1, "Pulling manifests". */
export interface Repository {
  /** Host, with its port when it has one: `111122223333.dkr.ecr.ap-northeast-2.amazonaws.com`. */
  readonly registry: string;
  /** `order-api`, `team/order-api`. */
  readonly name: string;
}

/** One image of a repository: by digest, by tag, or by a tag that was said to have this digest. */
export interface ImageReference {
  readonly repository: Repository;
  readonly tag: string | null;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string | null;
}

const host =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*|\[[0-9a-f:]+\])(?::[1-9]\d{0,4})?$/;
const name = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const digest = /^sha256:[0-9a-f]{64}$/;
const tag = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

export const isDigest = (text: string): boolean => digest.test(text);
export const isTag = (text: string): boolean => tag.test(text);

/** What a repository may look like, for whoever gave another one. */
export const repositoryRule =
  'a registry host and a repository, in lower case, without tag or digest: host/name or host/team/name';

/**
 * `host/name`. The first part is a host when it has a dot or a port, or is localhost: `library/nginx` without a
 * host would be somebody's guess at Docker Hub.
 */
export function parseRepository(text: string): Repository | null {
  const slash = text.indexOf('/');
  const [registry, rest] = [text.slice(0, slash), text.slice(slash + 1)];
  const isHost = slash > 0 && (/[.:]/.test(registry) || registry === 'localhost') && host.test(registry);
  const port = Number(/:(\d+)$/.exec(registry)?.[1] ?? '1');
  // 255 with the host: what the reference implementation takes, and more than ECR does.
  if (!isHost || !name.test(rest) || text.length > 255 || port > 65_535 || !isItself(registry)) return null;
  return { registry, name: rest };
}

/** To an address `127.1` is 127.0.0.1, and `a.0` is nothing: one name for each host, and the one that was given. */
function isItself(registry: string): boolean {
  const url = `https://${registry}`;
  return URL.canParse(url) && new URL(url).hostname === registry.replace(/:\d+$/, '');
}

/** `host/name:tag`, `host/name@sha256:…`, or both. A reference to nothing in particular (no tag, no digest) is none. */
export function parseReference(text: string): ImageReference | null {
  const [, body = '', digestPart] = /^([^@]*)(?:@(.*))?$/s.exec(text) ?? [];
  const [, repositoryText = '', tagPart] = /^(.*?)(?::([^/:]*))?$/s.exec(body) ?? [];
  const repository = parseRepository(repositoryText);
  if (repository === null || (digestPart === undefined && tagPart === undefined)) return null;
  if (digestPart !== undefined && !isDigest(digestPart)) return null;
  if (tagPart !== undefined && !isTag(tagPart)) return null;
  return { repository, tag: tagPart ?? null, digest: digestPart ?? null };
}

export const repositoryText = ({ registry, name: path }: Repository): string => `${registry}/${path}`;

/** `host/name@sha256:…`: what is deployed. */
export const byDigest = (repository: Repository, digestText: string): string =>
  `${repositoryText(repository)}@${digestText}`;

/** Plain http is for this machine only: everywhere else a password would be read on the way. */
export const isLoopback = (registry: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/.test(registry);
