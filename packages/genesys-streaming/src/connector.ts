import { answered, failed, type Holdline, type Outcome } from '@holdline/core';
import { ClosedEarly, type Handshake, type Handshakes } from '@holdline/websocket';
import { streamUrl, type StanzaLike, type StreamingClientLike } from './sdk.js';
import { SessionSockets } from './session-sockets.js';

/** The SDK logs to the console when it has no logger. */
const SILENT_LOGGER = { logger: { debug: () => undefined } };

const readNoHeader = (): undefined => undefined;
let connectorCount = 0;

/** Opens the sessions of one client, and stops when the user disconnects. */
export class Connector {
  readonly #id = ++connectorCount;
  #abort = new AbortController();
  #isWanted = true;
  /** Settles when the `connect()` under way has ended. */
  #attemptUnderWay: Promise<unknown> | undefined;
  readonly #sockets: SessionSockets;

  constructor(
    readonly client: StreamingClientLike,
    readonly line: Holdline,
    readonly handshakes: Handshakes,
  ) {
    this.#sockets = new SessionSockets(handshakes.clock);
  }

  /** Aborts requests and handshakes that wait when the user disconnects. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Settles when the cancelled attempt has ended. Undefined: no attempt was cancelled. */
  get cancelled(): Promise<unknown> | undefined {
    return this.#abort.signal.aborted ? this.#attemptUnderWay : undefined;
  }

  /** Marks the client as wanted: the user or the SDK connects. */
  beginConnecting(): void {
    this.#isWanted = true;
    if (this.#abort.signal.aborted) this.#abort = new AbortController();
  }

  /** Remembers the attempt until it has ended. */
  trackAttempt<T>(attempt: Promise<T>): Promise<T> {
    const forget = (): void => {
      if (this.#attemptUnderWay === ended) this.#attemptUnderWay = undefined;
    };
    const ended: Promise<unknown> = attempt.then(forget, forget);
    this.#attemptUnderWay = ended;
    return attempt;
  }

  /** Runs `work`, or rejects after a disconnect. */
  runWhileWanted<T>(work: () => Promise<T>): Promise<T> {
    return this.#isWanted ? work() : Promise.reject(disconnectedError());
  }

  /**
   * Cancels the attempt under way: nothing is sent any more. The cancellation takes effect in a microtask. A `connect()` before that,
   * as from React's StrictMode, keeps the attempt under way.
   */
  cancel(): void {
    this.#isWanted = false;
    const abort = this.#abort;
    queueMicrotask(() => {
      if (this.#isWanted) return;
      abort.abort(disconnectedError());
      this.#sockets.terminateAfterClose();
    });
  }

  /** Opens one session, with as many attempts as the handshakes allow. Settles as the SDK's own function does. */
  async openSession(native: () => Promise<StanzaLike>): Promise<StanzaLike> {
    const { client, handshakes } = this;
    const { signal } = this.#abort;
    const sdkUrl = streamUrl(client);
    let stanza: StanzaLike | undefined;
    let hasRenewed = false;
    let isOver = false;
    const attempt = async (): Promise<Outcome | ClosedEarly> => {
      if (!this.#isWanted) return failed(disconnectedError(), 'cancelled');
      try {
        stanza = await native();
      } catch (error) {
        if (!isSaslFailure(error)) return error === undefined ? new ClosedEarly(error) : failed(error, 'unknown');
        if (hasRenewed || !(await this.#renewToken())) return failed(error, 'rejected');
        hasRenewed = true;
        // The platform refused the login, so nothing was executed and a retry is safe.
        return failed(error, 'not-sent');
      }
      if (!signal.aborted && !isOver) return answered(stanza, { status: 101, header: readNoHeader });
      // The caller has gone, so nobody else would end this session.
      void stanza.disconnect();
      return failed(signal.reason, 'cancelled');
    };
    const handshake = handshakes.run({
      // The SDK's URL changes with each hard reconnect, and would hide that the same client reconnects.
      url: new URL(`/stream/channels/${this.#id}`, sdkUrl).href,
      sessionKey: handshakes.options.sessionKey?.(sdkUrl, ['xmpp']),
      signal,
      attempt,
      replaced: () => {
        // After the end of the stream alone the SDK would connect again and replace the other session.
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
    this.#watchSession(stanza as StanzaLike, handshake);
    return stanza as StanzaLike;
  }

  /**
   * Decides whether the client tries again, as the SDK does. The SDK doubles its delay without jitter, and refused clients would come
   * back together. So this adds jitter.
   */
  async decideRetry(attempt: number, decide: () => Promise<boolean>): Promise<boolean> {
    if (!this.#isWanted || !(await decide())) return false;
    const { baseDelayMs, maxDelayMs, jitter } = this.handshakes.options;
    const { clock, random } = this.handshakes;
    const maxJitterMs = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(attempt, 30)) * jitter;
    const { signal } = this.#abort;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        stopTimer();
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const stopTimer = clock.setTimer(maxJitterMs * random.next(), finish);
      signal.addEventListener('abort', finish);
      if (signal.aborted) finish();
    });
    return this.#isWanted;
  }

  #watchSession(stanza: StanzaLike, handshake: Handshake): void {
    const { clock } = this.handshakes;
    this.#sockets.add(stanza.transport?.socket);
    const openedAt = clock.now();
    stanza.on('disconnected', () => {
      // The SDK hides the close code.
      const code = this.#isWanted ? 1006 : 1000;
      handshake.ended({ code, openMs: clock.now() - openedAt, received: true });
    });
  }

  /** Sends one request with the refused token: its 401 makes the line renew the token. */
  async #renewToken(): Promise<boolean> {
    const { config, http } = this.client;
    const { authToken, apiHost, jwt } = config;
    if (!this.line.managesToken || jwt || !authToken) return false;
    try {
      await http.requestApi('users/me', { method: 'get', host: apiHost, authToken, ...SILENT_LOGGER });
    } catch {
      return false;
    }
    return config.authToken !== authToken;
  }
}

function disconnectedError(): Error {
  return new Error('the streaming client was disconnected before it was connected');
}

/** Whether the platform refused the password of the session. */
function isSaslFailure(error: unknown): boolean {
  return error instanceof Error && typeof (error as { condition?: unknown }).condition === 'string';
}
