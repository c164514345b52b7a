import { ecrRegistry } from '../domain/image/ecrHost.ts';
import type { HttpAnswer, HttpAsk } from './exchange.ts';

/** How a registry wants to be signed in to. Source: RFC 9110 section 11.6.1; distribution, "Token Authentication". */
export type Challenge =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'bearer';
      readonly realm: string;
      readonly service: string | null;
      readonly scope: string | null;
    };

const parameter = /([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi;

/** Bearer, when it is among them; Basic, when nothing is said that we know. */
export function readChallenge(header: string | null): Challenge {
  const [, rest] = /(?:^|,\s*)bearer\s+(.*)$/is.exec(header ?? '') ?? [];
  if (rest === undefined) return { scheme: 'basic' };
  const values = new Map<string, string>();
  for (const [, name = '', quoted, plain] of rest.matchAll(parameter)) {
    const key = name.toLowerCase();
    // A second scheme in the same header has parameters too: the first ones are ours.
    if (!values.has(key)) values.set(key, quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
  }
  const realm = values.get('realm');
  return realm === undefined || !URL.canParse(realm)
    ? { scheme: 'basic' }
    : { scheme: 'bearer', realm, service: values.get('service') ?? null, scope: values.get('scope') ?? null };
}

/**
 * Whether an answer asks for a login, or for a newer one. ECR refuses an expired one with 403 and "Your authorization
 * token has expired. Reauthenticate and try again."; in its answer to HEAD there are no words, so that there it is taken
 * for that, once.
 * @param isOld the login that was refused was not fetched for this request
 */
export function wantsLogin(
  registry: string,
  { status, body }: Pick<HttpAnswer, 'status' | 'body'>,
  method: HttpAsk['method'],
  isOld: boolean,
): boolean {
  if (status === 401) return true;
  if (status !== 403) return false;
  if (/token has expired/i.test(body.toString('utf8'))) return true;
  return method === 'HEAD' && isOld && ecrRegistry(registry) !== null;
}
