import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with the next request that it is for; once. */
export interface Fault {
  readonly method: string;
  readonly path: RegExp;
  readonly does:
    | 'reset'
    /** Half of the answer, then the connection ends. */
    | 'truncate'
    /** The answer names a digest that is not that of what is stored. */
    | 'wrong digest'
    | {
        readonly status: number;
        readonly headers?: Readonly<Record<string, string>>;
        readonly body?: string;
      };
}

const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/**
 * A fake, for faults that a real registry does not have on demand: it keeps blobs and manifests of any repository in
 * memory, wants Basic authentication when it is given `password`, and fails as it is told. What registries do when
 * nothing fails is tested on a real one (test/e2e/without-cluster/52-registry).
 */
export class FaultyRegistry {
  readonly asked: string[] = [];
  readonly faults: Fault[] = [];
  readonly blobs = new Map<string, Buffer>();
  knowsRanges = true;
  /** By reference: tags and digests. */
  readonly manifests = new Map<string, { readonly bytes: Buffer; readonly type: string }>();
  /** Bodies above this are refused with 413. */
  mostBytes = Number.POSITIVE_INFINITY;
  password: string | null = null;
  /** As registries of OCI 1.1: a list of what points to a manifest. */
  knowsReferrers = false;
  /** Some say of each that it is what stands where its configuration would be. */
  listSaysType = true;
  /** Of the answers of that list. */
  pageLength = 50;
  /** Tags that are there do not move. */
  tagsStay = false;
  readonly #uploads = new Map<string, Buffer>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      if (Number(request.headers['content-length'] ?? '0') > this.mostBytes) {
        // As a proxy does: it does not wait for the rest.
        response
          .writeHead(413, { connection: 'close' })
          .end('<html><h1>413 Request Entity Too Large</h1></html>');
        request.resume();
        return;
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => undefined);
      request.on('end', () => this.#answer(request, Buffer.concat(chunks), response));
    });
  }

  /** @returns its host and port */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    this.asked.push(`${method} ${url.replace(/^\/v2\//, '').replace(/\?.*/, '')}`);
    const place = this.faults.findIndex((fault) => fault.method === method && fault.path.test(url));
    const fault = place < 0 ? undefined : this.faults.splice(place, 1)[0]?.does;
    if (fault === 'reset') {
      request.socket.destroy();
      return;
    }
    if (typeof fault === 'object') {
      response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
      return;
    }
    const wanted = `Basic ${Buffer.from(`user:${this.password ?? ''}`).toString('base64')}`;
    if (this.password !== null && headers.authorization !== wanted) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="fake"' }).end();
      return;
    }
    const { status, headers: given = {}, bytes = Buffer.alloc(0) } = this.#serve(method, url, headers, body);
    const digest = fault === 'wrong digest' ? { 'docker-content-digest': sha256(Buffer.from('other')) } : {};
    response.writeHead(status, { 'content-length': bytes.byteLength, ...given, ...digest });
    if (fault === 'truncate')
      response.write(bytes.subarray(0, bytes.byteLength / 2), () => response.destroy());
    else response.end(method === 'HEAD' ? undefined : bytes);
  }

  #serve(method: string, path: string, headers: IncomingMessage['headers'], body: Buffer): Served {
    const url = new URL(path, 'http://fake');
    const [, repository = '', kind = '', rest = ''] =
      /^\/v2\/(.+?)\/(manifests|blobs\/uploads|blobs|referrers)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === 'manifests') return this.#manifest(method, rest, headers, body);
    if (kind === 'referrers' && this.knowsReferrers) return this.#referrers(rest, url);
    if (kind === 'blobs') {
      const bytes = this.blobs.get(rest);
      if (bytes === undefined) return { status: 404 };
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
      return first === undefined || !this.knowsRanges
        ? { status: 200, bytes }
        : { status: 206, bytes: bytes.subarray(Number(first), Number(last) + 1) };
    }
    if (kind !== 'blobs/uploads') return { status: 404 };
    const at = (id: string): string => `/v2/${repository}/blobs/uploads/${id}`;
    if (method === 'POST') {
      const id = randomUUID();
      this.#uploads.set(id, Buffer.alloc(0));
      return { status: 202, headers: { location: `${at(id)}?state=kept` } };
    }
    const before = this.#uploads.get(rest);
    if (before === undefined || url.searchParams.get('state') !== 'kept') return { status: 404 };
    const now = Buffer.concat([before, body]);
    const range = {
      range: `0-${String(Math.max(0, now.byteLength - 1))}`,
      location: `${at(rest)}?state=kept`,
    };
    if (method === 'GET') return { status: 204, headers: range };
    if (method === 'PATCH') {
      this.#uploads.set(rest, now);
      return { status: 202, headers: range };
    }
    const digest = url.searchParams.get('digest') ?? '';
    if (sha256(now) !== digest) {
      return { status: 400, bytes: Buffer.from('{"errors":[{"code":"DIGEST_INVALID","message":"not it"}]}') };
    }
    this.blobs.set(digest, now);
    return { status: 201, headers: { 'docker-content-digest': digest } };
  }

  #referrers(digest: string, url: URL): Served {
    const all = [...this.manifests.entries()].filter(
      ([reference, { bytes }]) => reference.startsWith('sha256:') && subjectOf(bytes) === digest,
    );
    const page = Number(url.searchParams.get('page') ?? '0');
    const manifests = all.slice(page, page + this.pageLength).map(([own, { bytes, type }]) => {
      const read = JSON.parse(bytes.toString('utf8')) as Readonly<Record<string, unknown>>;
      const { artifactType, annotations } = read;
      const said = this.listSaysType
        ? { artifactType, annotations }
        : { artifactType: 'application/vnd.oci.empty.v1+json' };
      return { mediaType: type, digest: own, size: bytes.byteLength, ...said };
    });
    const type = 'application/vnd.oci.image.index.v1+json';
    const more = `<${url.pathname}?page=${String(page + this.pageLength)}>; rel="next"`;
    return {
      status: 200,
      headers: { 'content-type': type, ...(page + this.pageLength < all.length ? { link: more } : {}) },
      bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, manifests })),
    };
  }

  #manifest(method: string, reference: string, headers: IncomingMessage['headers'], body: Buffer): Served {
    if (method === 'PUT') {
      const stored = { bytes: body, type: headers['content-type'] ?? '' };
      if (this.tagsStay && this.manifests.has(reference) && !reference.startsWith('sha256:')) {
        return {
          status: 400,
          bytes: Buffer.from('{"errors":[{"code":"TAG_INVALID","message":"immutable"}]}'),
        };
      }
      this.manifests.set(reference, stored).set(sha256(body), stored);
      const subject = this.knowsReferrers ? subjectOf(body) : undefined;
      const listed = subject === undefined ? {} : { 'oci-subject': subject };
      return { status: 201, headers: { 'docker-content-digest': sha256(body), ...listed } };
    }
    const found = this.manifests.get(reference);
    if (found === undefined) return { status: 404 };
    const named = { 'content-type': found.type, 'docker-content-digest': sha256(found.bytes) };
    return { status: 200, headers: { ...named }, bytes: found.bytes };
  }
}

const subjectOf = (bytes: Buffer): string | undefined =>
  (JSON.parse(bytes.toString('utf8')) as { readonly subject?: { readonly digest: string } }).subject?.digest;

interface Served {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytes?: Buffer;
}
