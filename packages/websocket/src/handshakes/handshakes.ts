import {
  type Call,
  type CallRequest,
  type Clock,
  ClosedError,
  type Holdline,
  originOf,
  Outcome,
  parseRetryAfter,
  type Random,
  type SessionKeys,
} from '@holdline/core';
import { CLOSE_CODES } from '../close-codes.js';
import { ClosedEarly } from './closed-early.js';
import type { ResolvedHandshakes } from './options.js';
import { ReconnectHistory, type SessionEnd } from './reconnect-history.js';
import { computeRetryDelay } from './retry-delay.js';
import { type QueuedSession, SessionQueues } from './session-queues.js';

/**
 * A session that an adapter asks {@link Handshakes.run} to open.
 * @public
 */
export interface HandshakeRequest {
  readonly url: string;
  /** Only one session of each key is open at a time. */
  readonly sessionKey?: string | undefined;
  /** Cancels the handshake at any stage. Nothing is sent afterwards. */
  readonly signal: AbortSignal;
  /** Makes one attempt. The outcome is `ok` when the session is open. Never rejects. */
  attempt(call: Call): Promise<Outcome | ClosedEarly>;
  /** Called when another session of the same key replaces this one. The session must end. */
  replaced?(): void;
  /** Name of another retry layer that retries this session. Holdline then does not retry. */
  readonly retriedBy?: string | undefined;
}

/**
 * A requested session.
 * @public
 */
export interface Handshake {
  /**
   * Settles with the result of the attempt that opened the session. Rejects with the error of the last attempt or a
   * `HoldlineError`.
   */
  readonly opened: Promise<unknown>;
  /** The session or the attempt to open it is over. The next session of the same key starts. */
  ended(end?: SessionEnd): void;
}

const ORIGINAL_HEADERS = { get: () => undefined, set: () => undefined };

/**
 * Opens sessions through a line: each handshake is a call, which waits for a permit and a place in the pool, and is retried.
 * For adapters of clients that make their own handshakes; users call `guardWebSocket`.
 * @public
 */
export class Handshakes {
  readonly #history: ReconnectHistory;
  readonly #sessionQueues: SessionQueues;
  /** Handshakes that are not calls of the line yet. Closing the line rejects them. */
  readonly #waiting = new Set<(reason: ClosedError) => void>();

  constructor(
    readonly line: Holdline,
    readonly options: ResolvedHandshakes,
    readonly clock: Clock,
    readonly random: Random,
    /** Session keys that several processes share. */
    sessions: SessionKeys | undefined = line.sessions,
  ) {
    this.#history = new ReconnectHistory(options);
    this.#sessionQueues = new SessionQueues(options, clock, random, sessions);
    line.onClose(() => {
      for (const end of [...this.#waiting])
        end(new ClosedError('the socket was not opened: the line was closed (close)'));
    });
  }

  /** Starts a handshake. Makes the first attempt synchronously if no limit and no shared session key delays it. */
  run(request: HandshakeRequest): Handshake {
    const { url, sessionKey: key, signal } = request;
    const session = key === undefined ? undefined : this.#sessionQueues.addSession(key, () => request.replaced?.());
    const opened = session?.turn ? this.#startAfterTurn(request, session.turn) : this.#startHandshake(request);
    let hasEnded = false;
    const ended = (end?: SessionEnd): void => {
      if (hasEnded) return;
      hasEnded = true;
      if (end) this.#recordSessionEnd(url, end);
      if (key !== undefined) this.#sessionQueues.removeSession(key, session as QueuedSession);
    };
    if (signal.aborted) ended();
    return { opened, ended };
  }

  async #startAfterTurn(request: HandshakeRequest, turn: Promise<void>): Promise<unknown> {
    await this.#waitUnlessEnded(turn, request.signal);
    return this.#startHandshake(request);
  }

  #startHandshake(request: HandshakeRequest): Promise<unknown> {
    const { reconnects, waitMs } = this.#history.planReconnect(request.url, this.clock.now(), this.random.next());
    if (waitMs === 0) return this.line.run(this.#createCall(request, reconnects));
    let cancelTimer: () => void = () => undefined;
    const wait = new Promise<void>((resolve) => (cancelTimer = this.clock.setTimer(waitMs, resolve)));
    return this.#waitUnlessEnded(wait, request.signal)
      .finally(cancelTimer)
      .then(() => this.line.run(this.#createCall(request, reconnects)));
  }

  #createCall(request: HandshakeRequest, reconnects: boolean): CallRequest {
    const { url, signal, retriedBy } = request;
    return {
      method: 'GET',
      url,
      headers: ORIGINAL_HEADERS,
      replayable: true,
      ownCredential: true,
      signal,
      retriedBy,
      // A reconnect goes ahead of first connections: a short network failure costs its users no place in the queue.
      context: reconnects ? { priority: 'high' } : undefined,
      send: async (call) => this.#classifyResult(await request.attempt(call), call),
    };
  }

  /** Converts the result of an attempt to the outcome that the governor sees. */
  #classifyResult(result: Outcome | ClosedEarly, call: Call): Outcome {
    const { earlyCloses } = this.options;
    if (result instanceof ClosedEarly) {
      const throttled = this.#history.countEarlyClose('attempt', call.origin) >= earlyCloses;
      return this.#createUnexplainedFailure(
        throttled ? 'refused' : 'unknown',
        result.error,
        throttled ? this.#computeDelay(call.attempts) : undefined,
      );
    }
    if (result.kind === 'ok') this.#history.resetEarlyCloses('attempt', call.origin);
    if (result.kind !== 'refused' || parseRetryAfter(result.header, this.clock.wall()) !== undefined) return result;
    const { kind, value, threw, status, header, limitKey } = result;
    return new Outcome(
      kind,
      value,
      threw,
      status,
      header,
      limitKey,
      result.bodyRetryAfterMs ?? this.#computeDelay(call.attempts),
    );
  }

  #createUnexplainedFailure(kind: 'refused' | 'unknown', error: unknown, retryAfterMs: number | undefined): Outcome {
    return new Outcome(kind, error, true, undefined, () => undefined, undefined, retryAfterMs);
  }

  #computeDelay(retry: number): number {
    return computeRetryDelay(retry, this.options, this.random.next());
  }

  #recordSessionEnd(url: string, { code, openMs, received }: SessionEnd): void {
    const { earlyCloses, workingAfterMs } = this.options;
    const worked = received || openMs >= workingAfterMs;
    const origin = originOf(url);
    this.#history.recordSessionEnd(url, code, worked, this.clock.now(), this.random.next());
    const request = { method: 'GET', url };
    if (worked) this.#history.resetEarlyCloses('session', origin);
    else if (code !== 1000) {
      const excess = this.#history.countEarlyClose('session', origin) - earlyCloses;
      if (excess >= 0) this.line.holdBack(request, this.#computeDelay(excess + 1));
    }
    if (code === CLOSE_CODES.tryAgainLater) this.line.holdBack(request, this.#computeDelay(1));
  }

  /** Settles like `promise`. Rejects earlier if the signal aborts or the line is closed. */
  #waitUnlessEnded(promise: Promise<void>, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const handleAbort = (): void => reject(signal.reason as Error);
      if (signal.aborted) return handleAbort();
      signal.addEventListener('abort', handleAbort, { once: true });
      this.#waiting.add(reject);
      promise.then(resolve, reject).finally(() => {
        signal.removeEventListener('abort', handleAbort);
        this.#waiting.delete(reject);
      });
    });
  }
}
