import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';

const timeoutMs = 2_000;

/** Whether a plain HTTP endpoint answers 200. */
export async function answersHttp(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })).ok;
  } catch {
    return false;
  }
}

/**
 * Whether an endpoint of the cluster answers 200 to the lab's administrator.
 * @param trusted false for a program on loopback that made its certificate by itself
 */
export function answersHttps(url: string, pki: string, trusted = true): Promise<boolean> {
  return new Promise((resolve) => {
    const tls = {
      ca: readFileSync(join(pki, 'ca.crt')),
      cert: readFileSync(join(pki, 'admin.crt')),
      key: readFileSync(join(pki, 'admin.key')),
    };
    const options = { ...tls, rejectUnauthorized: trusted, timeout: timeoutMs, agent: false };
    const asked = request(url, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

/** Whether something accepts connections on a unix socket. */
export function acceptsSocket(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
