import type WebSocket from 'ws';
import { isObject, objectAt, objectsAt, textAt } from '../../domain/json.ts';
import type { ApiServer } from '../api/apiServer.ts';
import type { PodAddress } from '../api/kubeApi.ts';

/** What a program in a container came to. */
export interface Executed {
  readonly stdout: string;
  readonly stderr: string;
  /** null when it ended well; otherwise what the kubelet says, for people. */
  readonly failure: string | null;
}

export interface Execution {
  readonly pod: PodAddress;
  /** null: the pod's default container. */
  readonly container: string | null;
  readonly argv: readonly string[];
  readonly timeoutMs: number;
  /** Ends it before its time. */
  readonly stop: AbortSignal;
}

/** The stream ended, and nobody said how the program did. */
export class CutOffError extends Error {}

/** v5 is what newer API servers translate themselves; older ones pass v4 on to the kubelet. */
const subprotocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const stdoutChannel = 1;
const stderrChannel = 2;
const statusChannel = 3;

/**
 * Runs a program in a container, without a shell, and waits for its end.
 * Source: k8s.io/apimachinery/pkg/util/remotecommand/constants.go; each message is a channel number and bytes, and
 * how the program ended comes last, as a Status.
 * @throws HandshakeError when the API server says no; CutOffError; what the socket says
 */
export async function execute(server: ApiServer, execution: Execution): Promise<Executed> {
  const socket = await server.webSocket(pathOf(execution), subprotocols, execution.timeoutMs);
  try {
    return await read(socket, execution);
  } finally {
    socket.terminate();
  }
}

function pathOf({ pod, container, argv }: Execution): string {
  const query = new URLSearchParams({ stdout: 'true', stderr: 'true' });
  if (container !== null) query.set('container', container);
  for (const argument of argv) query.append('command', argument);
  const { namespace, name } = pod;
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/exec?${query.toString()}`;
}

function read(socket: WebSocket, { timeoutMs, stop }: Execution): Promise<Executed> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(Math.ceil(timeoutMs))]);
  return new Promise((resolve, reject) => {
    const said: Buffer[] = [];
    const textOf = (channel: number): string =>
      Buffer.concat(said.filter(([one]) => one === channel).map((message) => message.subarray(1))).toString();
    const finish = (): void => {
      const status = textOf(statusChannel);
      if (status === '') reject(new CutOffError('the stream ended before the program did'));
      else
        resolve({
          stdout: textOf(stdoutChannel),
          stderr: textOf(stderrChannel),
          failure: failureIn(status),
        });
    };
    socket.on('message', (message: Buffer) => {
      said.push(message);
    });
    socket.on('error', reject);
    socket.once('close', finish);
    const abort = (): void => {
      reject(
        stop.aborted ? new CutOffError('the connection is closed') : new DOMException('', 'TimeoutError'),
      );
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    socket.resume();
  });
}

/** null for success. A Status names the exit code among its causes. */
function failureIn(status: string): string | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(status);
  } catch {
    return status.trim();
  }
  if (!isObject(parsed)) return status.trim();
  if (textAt(parsed, 'status') === 'Success') return null;
  const causes = objectsAt(objectAt(parsed, 'details'), 'causes').map(([, cause]) => cause);
  const exit = causes.find((cause) => textAt(cause, 'reason') === 'ExitCode');
  const code = exit === undefined ? null : textAt(exit, 'message');
  return code === null ? (textAt(parsed, 'message') ?? status.trim()) : `exit code ${code}`;
}
