import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { CERTIFICATE, KEY } from './certificate.js';

/** What the platform does with one request instead of a plain answer. */
export type Fault =
  /** Resets the connection without executing the request, or after it. */
  | { readonly kind: 'reset'; readonly executes: boolean }
  /** Executes the request and sends nothing, or the head and half of the body. The connection stays open. */
  | { readonly kind: 'stall'; readonly after: 'nothing' | 'half' }
  /** Executes the request, sends half of the body and closes the connection. */
  | { readonly kind: 'truncate' }
  /** Executes the request and sends one byte of a long answer every few milliseconds. */
  | { readonly kind: 'drip' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly executes: boolean }
  /** Executes the request and answers when `until` resolves. */
  | { readonly kind: 'hold'; readonly until: Promise<void> };

/** One request as it arrived. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
}

/** Route that honours an Idempotency-Key, as the one route of Genesys Cloud does. Routes below it do too. */
export const KEYED_PATH = '/api/v2/quality/conversations/c1/evaluations';
export const WRITE_PATH = '/api/v2/externalcontacts/contacts';
export const READ_PATH = '/api/v2/users/me';
const TOKEN_PATH = '/oauth/token';

const DRIP_MS = 20;

/** An API with access tokens that fails as it is told. Its ledger counts how often it executed each write. */
export class Platform {
  /** Requests of the API, in order of arrival. */
  readonly arrivals: Arrival[] = [];
  tokenRequests = 0;
  /** A fault that all requests meet, until it is cleared. */
  lasting: Fault | undefined = undefined;
  /** Decides about the fault of each request that meets no other fault. */
  decide: (arrival: Arrival) => Fault | undefined = () => undefined;
  /** Whether every access token is refused. */
  refusesTokens = false;
  readonly #once: Fault[] = [];
  readonly #executions = new Map<string, number>();
  readonly #answersByKey = new Map<string, string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #scheme: string;
  /** Access tokens that are valid now. */
  readonly #tokens = new Set<string>();
  #issued = 0;
  #port = 0;
  /** Closes each connection after its answer, so that the next call connects again. */
  #isWarmingUp = true;
  #arrived = createSignal();
  #executed = createSignal();

  constructor({ tls = false } = {}) {
    const listener: RequestListener = (request, response) => void this.#serve(request, response).catch(() => undefined);
    this.#scheme = tls ? 'https' : 'http';
    this.#server = tls ? createTlsServer({ key: KEY, cert: CERTIFICATE }, listener) : createServer(listener);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  url(host = '127.0.0.1'): string {
    return `${this.#scheme}://${host}:${this.#port}`;
  }

  /** Accepts connections: at a free port, or after `close` at the same port. */
  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server.removeAllListeners('error');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Closes all connections and refuses new ones. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.clear();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Forgets the calls made so far. From now on, connections stay open. */
  reset(): void {
    this.#isWarmingUp = false;
    this.arrivals.length = 0;
    this.tokenRequests = 0;
    this.#arrived = createSignal();
    this.#executed = createSignal();
  }

  /** Resolves when the next request arrives. */
  get arrived(): Promise<void> {
    return this.#arrived.promise;
  }

  /** Resolves when the platform has executed the next request after `reset`, or read it. */
  get executed(): Promise<void> {
    return this.#executed.promise;
  }

  /** The next requests meet these faults, one after the other. */
  failNext(...faults: Fault[]): void {
    this.#once.push(...faults);
  }

  /** Refuses all tokens issued so far. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** Number of times that the platform executed the write with this id. */
  executions(id: string): number {
    return this.#executions.get(id) ?? 0;
  }

  get totalExecutions(): number {
    return [...this.#executions.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Ids of writes that were executed more than once. */
  get duplicates(): string[] {
    return [...this.#executions].filter(([, count]) => count > 1).map(([id]) => id);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    if (this.#isWarmingUp) response.shouldKeepAlive = false;
    const path = (request.url ?? '').split('?')[0] as string;
    if (path === TOKEN_PATH) return this.#issueToken(request, response);
    const key = headers['idempotency-key'];
    const arrival = { method, path, key: typeof key === 'string' ? key : undefined };
    this.arrivals.push(arrival);
    this.#arrived.resolve();
    this.#arrived = createSignal();
    const fault = this.#once.shift() ?? this.lasting ?? this.decide(arrival);
    if (fault?.kind === 'reset' && !fault.executes) return void request.socket.resetAndDestroy();
    const body = await readBody(request);
    const token = headers.authorization?.replace(/^Bearer /i, '') ?? '';
    if (this.refusesTokens || !this.#tokens.has(token))
      return send(response, 401, JSON.stringify({ message: 'Invalid login credentials.', code: 'unauthorized' }));
    if (fault?.kind === 'status' && !fault.executes) return sendStatus(response, fault);
    const answer = method === 'GET' ? JSON.stringify({ id: 'me' }) : this.#execute(path, headers, body);
    this.#executed.resolve();
    if (fault) await this.#play(fault, response, answer);
    else send(response, 200, answer);
  }

  async #issueToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await readBody(request);
    this.tokenRequests++;
    const token = `token-${++this.#issued}`;
    this.#tokens.add(token);
    send(response, 200, JSON.stringify({ access_token: token, token_type: 'bearer', expires_in: 86_400 }));
  }

  /** Executes a write, unless the key of the request is known. Returns the answer. */
  #execute(path: string, headers: IncomingMessage['headers'], body: string): string {
    const key = path.startsWith(KEYED_PATH) ? headers['idempotency-key'] : undefined;
    const known = typeof key === 'string' ? this.#answersByKey.get(key) : undefined;
    if (known !== undefined) return known;
    const { id } = JSON.parse(body) as { id: string };
    this.#executions.set(id, this.executions(id) + 1);
    const answer = JSON.stringify({ id, name: `written ${id}` });
    if (typeof key === 'string') this.#answersByKey.set(key, answer);
    return answer;
  }

  async #play(fault: Fault, response: ServerResponse, answer: string): Promise<void> {
    switch (fault.kind) {
      case 'reset':
        return void response.socket?.resetAndDestroy();
      case 'stall':
        if (fault.after === 'half') sendHalf(response, answer);
        return;
      case 'truncate':
        return sendHalf(response, answer, () => response.socket?.destroySoon());
      case 'drip':
        return this.#drip(response);
      case 'status':
        return sendStatus(response, fault);
      case 'hold':
        await fault.until;
        return send(response, 200, answer);
    }
  }

  #drip(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100_000 });
    response.flushHeaders();
    const timer = setInterval(() => response.write('.'), DRIP_MS);
    this.#timers.add(timer);
    response.once('close', () => {
      clearInterval(timer);
      this.#timers.delete(timer);
    });
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

function sendStatus(response: ServerResponse, { status, retryAfter }: Fault & { kind: 'status' }): void {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  send(response, status, JSON.stringify({ status, message: 'a fault', code: 'fault' }), headers);
}

function sendHalf(response: ServerResponse, body: string, then?: () => void): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.write(body.slice(0, body.length / 2), then);
}

interface Signal {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function createSignal(): Signal {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
