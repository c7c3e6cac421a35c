import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/**
 * One request as it arrived at a {@link ContractServer}.
 * @public
 */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The body so far, as bytes. */
  readonly body: Buffer;
  /** Whether the whole request arrived. */
  readonly isComplete: boolean;
  /** Whether the client closed the connection before it had the whole answer. */
  readonly isAborted: boolean;
  /** Number of the connection, in the order in which connections were opened. */
  readonly connection: number;
}

/**
 * The reaction of a {@link ContractServer} to one request.
 *
 * - An object is an answer. With `truncated`, the connection breaks in the middle of the body. With `chunked`, the head leaves at once,
 *   and the body follows after `release()`.
 * - `drop`: the connection breaks without an answer after the whole request arrived.
 * - `hold`: no answer until `release()`.
 * @public
 */
export type ServerAnswer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Without it, the server sends the body that the adapter under test declares in `answerBody`. */
      readonly body?: string | Buffer;
      /** Length that the body of the answer format is filled up to with spaces at its end, bytes. */
      readonly padTo?: number;
      readonly truncated?: boolean;
      readonly chunked?: boolean;
    }
  | 'drop'
  | 'hold';

/**
 * Builds the body and further headers of an answer in the format of the client's platform. The body must contain the id, so that a case
 * can tell the answers of concurrent calls apart.
 *
 * @param status - Status of the answer.
 * @param id - Id of the item in the request.
 * @public
 */
export type AnswerFormat = (
  status: number,
  id: string,
) => { readonly body: string; readonly headers?: Readonly<Record<string, string>> };

/**
 * A real HTTP server on 127.0.0.1 that answers by a script. It belongs to one case of the contract.
 * @public
 */
export interface ContractServer {
  /** Base address without a slash at the end, for example `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Requests in the order in which their heads arrived. */
  readonly requests: readonly ReceivedRequest[];
  /** Number of open connections. */
  readonly connections: number;
  /** Number of requests without a whole answer whose connection is open. */
  readonly pending: number;
  /** Answers the next requests for the item in this order. Later requests get a 200. */
  answer(id: string, ...answers: readonly ServerAnswer[]): void;
  /** Requests for an item, in order of arrival. */
  requestsFor(id: string): ReceivedRequest[];
  /** Answers the requests that `hold` keeps, and sends the bodies that `chunked` keeps. */
  release(): void;
  /** Refuses connections from now on, and closes those that are open. */
  refuseConnections(): Promise<void>;
  /** Accepts connections again, at the same address. */
  acceptConnections(): Promise<void>;
  /** Closes all connections and frees the port. */
  close(): Promise<void>;
}

/** The format of a platform that the author does not describe. */
export const JSON_FORMAT: AnswerFormat = (status, id) => ({
  body: JSON.stringify({ id, status }),
  headers: { 'content-type': 'application/json' },
});

class Received implements ReceivedRequest {
  isComplete = false;
  isAborted = false;
  readonly chunks: Buffer[] = [];
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;

  constructor(
    { method = '', url = '', headers }: IncomingMessage,
    readonly connection: number,
  ) {
    this.method = method;
    this.url = url;
    this.headers = headers;
  }

  get body(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** Ids are unique words, so a client may put them anywhere into the path or the body. */
  mentions(id: string): boolean {
    return this.url.includes(id) || this.body.includes(id);
  }
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startContractServer(format: AnswerFormat = JSON_FORMAT): Promise<ContractServer> {
  const requests: Received[] = [];
  const scripts = new Map<string, ServerAnswer[]>();
  const sockets = new Map<Socket, number>();
  let opened = 0;
  let pending = 0;
  let held: (() => void)[] = [];

  const server = createServer((incoming, response) => {
    const received = new Received(incoming, sockets.get(incoming.socket) ?? 0);
    requests.push(received);
    pending++;
    response.on('close', () => {
      pending--;
      received.isAborted = !response.writableFinished;
    });
    incoming.on('data', (chunk: Buffer) => received.chunks.push(chunk));
    incoming.on('error', () => undefined);
    incoming.on('end', () => {
      received.isComplete = true;
      const id = [...scripts.keys()].find((key) => received.mentions(key));
      const next = (id === undefined ? undefined : scripts.get(id)?.shift()) ?? { status: 200 };
      play(next, id ?? '', response);
    });
  });
  server.on('connection', (socket) => {
    sockets.set(socket, ++opened);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  // A test decides when a connection ends.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;

  function play(answer: ServerAnswer, id: string, response: ServerResponse): void {
    if (answer === 'drop') return void response.socket?.destroy();
    if (answer === 'hold') return void held.push(() => play({ status: 200 }, id, response));
    const { status, headers = {}, truncated, chunked } = answer;
    const formatted = format(status, id);
    const { padTo = 0, body = formatted.body.padEnd(padTo) } = answer;
    response.writeHead(status, {
      ...(answer.body === undefined && formatted.headers),
      ...headers,
      // A body that is cut off must have been announced, or the client cannot know.
      'content-length': Buffer.byteLength(body) + (truncated ? 10 : 0),
    });
    if (truncated) response.write(body, () => response.socket?.destroy());
    else if (chunked) {
      response.flushHeaders();
      held.push(() => response.end(body));
    } else response.end(body);
  }

  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets.keys()) socket.destroy();
    });

  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get connections() {
      return sockets.size;
    },
    get pending() {
      return pending;
    },
    answer(id, ...answers) {
      scripts.set(id, [...(scripts.get(id) ?? []), ...answers]);
    },
    requestsFor: (id) => requests.filter((request) => request.mentions(id)),
    release() {
      const waiting = held;
      held = [];
      for (const answer of waiting) answer();
    },
    refuseConnections: stop,
    acceptConnections: () => listen(port),
    close: stop,
  };
}
