import { Duplex } from 'node:stream';
import type WebSocket from 'ws';

/** What the kubelet said on the error channel of a port-forward. */
export class PodStreamError extends Error {}

const dataChannel = 0;
const errorChannel = 1;

/**
 * One TCP connection to a port inside a pod, carried by one WebSocket of the API server. Each message is a channel
 * number and bytes; the first message on each channel is the port and says nothing new.
 * Source: kubelet, pkg/kubelet/server/portforward/websocket.go (subprotocol v4.channel.k8s.io).
 * Looks enough like a socket for node:http to keep it open between requests.
 */
export class PodStream extends Duplex {
  #socket: WebSocket | null = null;
  readonly #opened: Promise<WebSocket>;
  readonly #sawPort = new Set<number>();

  constructor(open: () => Promise<WebSocket>) {
    super();
    this.#opened = open();
    this.#opened.then(
      (socket) => {
        this.#attach(socket);
      },
      (error: unknown) => {
        this.destroy(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  #attach(socket: WebSocket): void {
    this.#socket = socket;
    if (this.destroyed) {
      socket.terminate();
      return;
    }
    socket.on('message', (message: Buffer) => {
      this.#receive(message[0] ?? 0, message.subarray(1));
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => {
      this.push(null);
      // A connection that ends in the middle of an answer is an error to node:http by itself.
      this.destroy();
    });
    socket.resume();
  }

  #receive(channel: number, bytes: Buffer): void {
    if (!this.#sawPort.has(channel)) {
      this.#sawPort.add(channel);
      return;
    }
    if (channel === errorChannel && bytes.length > 0) {
      this.destroy(new PodStreamError(bytes.toString('utf8').trim()));
    }
    if (channel === dataChannel && bytes.length > 0 && !this.push(bytes)) this.#socket?.pause();
  }

  override _read(): void {
    if (this.#socket?.isPaused === true) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const message = Buffer.concat([Buffer.of(dataChannel), chunk]);
    this.#opened.then(
      (socket) => {
        socket.send(message, done);
      },
      // The failure to open destroys the stream with its reason.
      () => undefined,
    );
  }

  override _final(done: () => void): void {
    this.#socket?.close();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket?.terminate();
    done(error);
  }

  // What node:http asks of a socket besides. Deadlines are the request's own (its signal).
  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
