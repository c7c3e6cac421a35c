import { answered, failed, patchMethod, type Holdline, type Outcome, type Undo } from '@holdline/core';
import { ClosedEarly, type Handshake, type Handshakes } from '@holdline/websocket';
import { attachHttp } from './http.js';
import { streamUrl, type StanzaLike, type StreamingClientLike, type StreamSocket } from './sdk.js';
import { OwnTokens } from './tokens.js';

/** The SDK waits 1 s for the end of the stream before it closes the socket; then the other side has as long again, ms. */
const CLOSING_MS = 2_000;
const noHeaders = (): undefined => undefined;
let clients = 0;

/** Hangs one streaming client on a line, and its streams on the handshakes. */
export function attachStreaming(client: StreamingClientLike, line: Holdline, handshakes: Handshakes): Undo {
  const connector = new Connector(client, line, handshakes);
  const { connectionManager } = client;
  const tokens = new OwnTokens(() => client.config.authToken);
  const undo: Undo[] = [
    attachHttp(client.http, line, {
      apiHost: () => client.config.apiHost,
      isOwnToken: (token) => tokens.has(token),
      signalFor: (isRetried) => (isRetried || client.connecting ? connector.signal : undefined),
    }),
    patchMethod(
      connectionManager,
      'getNewStanzaConnection',
      (original) => () => connector.open(() => original.call(connectionManager)),
    ),
    patchMethod(client, 'connect', (original) => (options) => {
      const { cancelled } = connector;
      connector.begin();
      // The attempt that disconnect() has ended is still on its way out: this one begins after it.
      if (client.connecting && cancelled)
        return cancelled.then(() => connector.whileWanted(() => client.connect(options)));
      if (client.connecting) return original.call(client, options);
      return connector.connects(
        original.call(client, options).catch((error: unknown) => {
          // The SDK takes itself for connecting after that, and would never connect again.
          client.connecting = false;
          throw error;
        }),
      );
    }),
    patchMethod(client, 'disconnect', (original) => () => {
      connector.cancel();
      return original.call(client);
    }),
  ];
  if (typeof client.backoffConnectRetryHandler === 'function')
    undo.push(
      patchMethod(
        client,
        'backoffConnectRetryHandler',
        (original) => (options, error, attempt) =>
          connector.again(attempt, () =>
            (original as NonNullable<typeof original>).call(client, options, withoutRetryAfter(error), attempt),
          ),
      ),
    );
  if (line.managesToken)
    undo.push(
      line.onToken(({ accessToken }) => {
        tokens.add(accessToken);
        // Requests carry it, and the next session has it as its password.
        if (!client.config.jwt && client.config.authToken !== accessToken) client.setAccessToken(accessToken);
      }, client),
    );
  return () => {
    for (const fn of undo.reverse()) fn();
  };
}

/** The way of one client to its stream. */
class Connector {
  readonly #id = ++clients;
  #abort = new AbortController();
  #isWanted = true;
  /** Settles when the `connect()` under way has ended. */
  #underWay: Promise<unknown> | undefined = undefined;
  /** Those that are not closed. */
  readonly #sockets = new Set<StreamSocket>();

  constructor(
    readonly client: StreamingClientLike,
    readonly line: Holdline,
    readonly handshakes: Handshakes,
  ) {}

  /** Gives up what waits when the user disconnects. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Settles when the attempt that the user gave up has ended; undefined where he gave up none. */
  get cancelled(): Promise<unknown> | undefined {
    return this.#abort.signal.aborted ? this.#underWay : undefined;
  }

  /** The client connects, for the user or by itself. */
  begin(): void {
    this.#isWanted = true;
    if (this.#abort.signal.aborted) this.#abort = new AbortController();
  }

  /** Remembers the attempt under way. */
  connects<T>(attempt: Promise<T>): Promise<T> {
    const settled = (): void => {
      if (this.#underWay === ended) this.#underWay = undefined;
    };
    const ended: Promise<unknown> = attempt.then(settled, settled);
    this.#underWay = ended;
    return attempt;
  }

  /** Goes on, unless the user has disconnected. */
  whileWanted<T>(work: () => Promise<T>): Promise<T> {
    return this.#isWanted ? work() : Promise.reject(disconnected());
  }

  /**
   * The user disconnects: nothing leaves any more. What waits hears of it once the code that runs now is through: who connects again in it, as
   * React's StrictMode does, wants the attempt that is under way.
   */
  cancel(): void {
    this.#isWanted = false;
    const abort = this.#abort;
    queueMicrotask(() => {
      if (this.#isWanted) return;
      abort.abort(disconnected());
      this.#end();
    });
  }

  /** One session, after as many attempts as it takes. Settles as the SDK's own does. */
  async open(native: () => Promise<StanzaLike>): Promise<StanzaLike> {
    const { client, handshakes } = this;
    const { signal } = this.#abort;
    const real = streamUrl(client);
    let stanza: StanzaLike | undefined;
    let hasRenewed = false;
    let isOver = false;
    const attempt = async (): Promise<Outcome | ClosedEarly> => {
      if (!this.#isWanted) return failed(disconnected(), 'cancelled');
      try {
        stanza = await native();
      } catch (error) {
        if (!isSaslFailure(error)) return error === undefined ? new ClosedEarly(error) : failed(error, 'unknown');
        if (hasRenewed || !(await this.#renewToken())) return failed(error, 'rejected');
        hasRenewed = true;
        // It was refused at the door, so nothing is lost by coming back.
        return failed(error, 'not-sent');
      }
      if (!signal.aborted && !isOver) return answered(stanza, { status: 101, header: noHeaders });
      // Nobody waits for it any more, and nobody would ever end it.
      void stanza.disconnect();
      return failed(signal.reason, 'cancelled');
    };
    const handshake = handshakes.run({
      // The real one is another after each hard reconnect, and the reconnect of this client would not be known as one.
      url: new URL(`/stream/channels/${this.#id}`, real).href,
      sessionKey: handshakes.options.sessionKey?.(real, ['xmpp']),
      signal,
      attempt,
      replaced: () => {
        // Not the stream alone: the SDK would connect again, and take the place of the other one in its turn.
        client.disconnect().catch(() => undefined);
        void stanza?.disconnect();
      },
    });
    try {
      await handshake.opened;
    } catch (error) {
      isOver = true;
      handshake.ended();
      throw error;
    }
    this.#watch(stanza as StanzaLike, handshake);
    return stanza as StanzaLike;
  }

  /**
   * Whether the client is to try again, as the SDK decides. It doubles its delay without a part of chance, so that all clients
   * that were refused together come back together: that part is added here.
   */
  async again(attempt: number, decide: () => Promise<boolean>): Promise<boolean> {
    if (!this.#isWanted || !(await decide())) return false;
    const { baseDelayMs, maxDelayMs, jitter } = this.handshakes.options;
    const { clock, random } = this.handshakes;
    const most = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(attempt, 30)) * jitter;
    const { signal } = this.#abort;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stop();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const stop = clock.setTimer(most * random.next(), done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
    return this.#isWanted;
  }

  /** The user is done: a platform that does not answer the close would keep the socket for half a minute, and the process with it. */
  #end(): void {
    if (this.#sockets.size === 0) return;
    const sockets = [...this.#sockets];
    const stop = this.handshakes.clock.setTimer(CLOSING_MS, () => {
      for (const socket of sockets) socket.terminate?.();
    });
    let left = sockets.length;
    for (const socket of sockets)
      socket.addEventListener('close', () => {
        if (--left === 0) stop();
      });
  }

  #watch(stanza: StanzaLike, handshake: Handshake): void {
    const { clock } = this.handshakes;
    const socket = stanza.transport?.socket;
    if (socket?.terminate) {
      this.#sockets.add(socket);
      socket.addEventListener('close', () => this.#sockets.delete(socket));
    }
    const openedAt = clock.now();
    stanza.on('disconnected', () => {
      // The SDK does not show the code.
      const code = this.#isWanted ? 1006 : 1000;
      handshake.ended({ code, openMs: clock.now() - openedAt, received: true });
    });
  }

  /** Asks the API with the token that was refused as a password: where it is dead, that renews it. */
  async #renewToken(): Promise<boolean> {
    const { config, http } = this.client;
    const { authToken, apiHost, jwt } = config;
    if (!this.line.managesToken || jwt || !authToken) return false;
    try {
      await http.requestApi('users/me', { method: 'get', host: apiHost, authToken, ...QUIET });
    } catch {
      return false;
    }
    return config.authToken !== authToken;
  }
}

function disconnected(): Error {
  return new Error('the streaming client was disconnected before it was connected');
}

/** The SDK writes to the console where it has no logger. */
const QUIET = { logger: { debug: () => undefined } };

function isSaslFailure(error: unknown): boolean {
  return error instanceof Error && typeof (error as { condition?: unknown }).condition === 'string';
}

/** The SDK adds the wait that was asked for to its own; the gate waits for it beside that. */
function withoutRetryAfter(error: unknown): unknown {
  const { response } = (error ?? {}) as { response?: { headers?: object } };
  if (typeof response !== 'object' || !response.headers) return error;
  const headers: Record<string, unknown> = { ...response.headers };
  delete headers['retry-after'];
  return { ...(error as object), name: (error as Error).name, response: { ...response, headers } };
}
