import {
  plainError,
  systemClock,
  systemRandom,
  type Clock,
  type Random,
  type StoreState,
  type Undo,
} from '@holdline/core';
import type { Script } from '../scripts/script.js';
import type { RedisClient } from './client.js';
import { ConnectionPair } from './connection-pair.js';
import { classifyFailure, describeFailure, LinkError } from './failures.js';

/** Missing replies in a row after which both connections are replaced: the other end may be gone. */
const MOST_MISSING_REPLIES = 3;
/** Longest time for one attempt: to connect, to subscribe and to pass the self-test, ms. */
const ATTEMPT_MS = 2_000;
/** How often an idle link checks that its messages arrive, ms. */
const HEARTBEAT_MS = 15_000;
/** A link that worked this long reconnects at once. A link that failed sooner keeps its growing pauses, ms. */
const STEADY_MS = 10_000;
const FIRST_PAUSE_MS = 100;
/**
 * Longest pause without jitter, ms. Processes that lost one server together should reconnect together: the first to return would
 * otherwise be lent permits that the others still spend from their shares.
 */
const SHARED_PAUSE_MS = 1_000;
/** Largest part of the duration of a temporary failure that one pause may add to it. */
const PAUSE_PART_OF_LOSS = 0.05;
/** Longest pause between two attempts during a temporary failure, and during one that needs a new configuration, ms. */
const LONGEST_PAUSE_MS = 10_000;
const LONGEST_CONFIGURATION_PAUSE_MS = 60_000;

/** Callbacks of a link. */
export interface LinkListener {
  /** The store can be used, for the first time or again. Messages may have been missed meanwhile. */
  onReady(): void;
  onMessage(message: string): void;
}

/** Sources of time and randomness. */
export interface LinkPorts {
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The link to Redis, a state machine. `connecting`: two connections are opened and tested. `ready`: both work. `lost`: a failure
 * listed in `failures.ts` closed them, and the next attempt follows after a growing pause. Every command ends within a bounded time:
 * a command without a reply fails at the timeout, a command that cannot be sent fails at once.
 */
export class Link {
  readonly #channel: string;
  readonly #timeoutMs: number;
  readonly #listener: LinkListener;
  readonly #clock: Clock;
  readonly #random: Random;
  #client: RedisClient | undefined;
  #pair: ConnectionPair | undefined;
  #state = makeState('connecting');
  #closed = false;
  /** Failed attempts and short-lived connections in a row. */
  #failures = 0;
  #readyAt = -Infinity;
  /** When the first of these failures happened. */
  #lostAt = 0;
  #missingReplies = 0;
  #lastError: unknown;
  /** The timer of the next attempt, or of the next heartbeat. */
  #stopTimer: Undo = () => undefined;
  /** Resolvers of callers that wait for the end of the current attempt. */
  readonly #waiting = new Set<() => void>();
  readonly #watchers = new Set<(state: StoreState) => void>();

  constructor(
    client: Promise<RedisClient>,
    channel: string,
    timeoutMs: number,
    listener: LinkListener,
    { clock, random }: LinkPorts = { clock: systemClock, random: systemRandom },
  ) {
    this.#channel = channel;
    this.#timeoutMs = timeoutMs;
    this.#listener = listener;
    this.#clock = clock;
    this.#random = random;
    client.then(
      (found) => {
        this.#client = found;
        this.#attemptConnection();
      },
      (error: unknown) => {
        // No attempt follows: a package has to be installed first.
        this.#lastError = plainError(error);
        this.#failures++;
        this.#changeState({
          ...makeState('lost'),
          reason: 'NOCLIENT',
          message: messageOf(error),
          needsConfiguration: true,
        });
      },
    );
  }

  get state(): StoreState {
    return this.#state;
  }

  /** Reports every change of the state from now on. */
  watch(fn: (state: StoreState) => void): Undo {
    const watcher = (state: StoreState): void => fn(state);
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** Runs a script. Rejects within the timeout if no reply arrives, and at once while the store is lost. */
  async run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    // Commands wait for the first attempt only, and for none after a failure.
    if (this.#state.state !== 'ready' && this.#failures === 0 && !this.#closed)
      await this.#waitForChange(this.#timeoutMs);
    const pair = this.#pair;
    if (this.#state.state !== 'ready' || !pair)
      throw new Error(this.#closed ? 'the store was closed' : this.#explainLoss());
    try {
      const result = await this.#limitTime(this.#timeoutMs, pair.run(script, keys, args));
      this.#missingReplies = 0;
      return result;
    } catch (error) {
      // One lost reply is no failure of the store.
      const isLost = isTimeout(error)
        ? pair === this.#pair && ++this.#missingReplies >= MOST_MISSING_REPLIES
        : classifyFailure(error);
      if (isLost) this.#replacePair(pair, error);
      // An error of ioredis shows the command, which for AUTH holds the password.
      throw plainError(error);
    }
  }

  /** Settles when the store can be used. Rejects after a timeout, or at once if the configuration has to change first. */
  async ready(): Promise<void> {
    const end = this.#clock.now() + Math.max(ATTEMPT_MS, this.#timeoutMs);
    while (this.#state.state !== 'ready') {
      if (this.#closed) throw new Error('the store was closed');
      const leftMs = end - this.#clock.now();
      if (this.#state.needsConfiguration || leftMs <= 0)
        throw this.#lastError instanceof Error ? this.#lastError : new Error(this.#explainLoss());
      await this.#waitForChange(leftMs);
    }
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer();
    this.#pair?.close();
    this.#pair = undefined;
    this.#changeState({ ...makeState('lost'), reason: 'CLOSED', message: 'the store was closed' });
    this.#watchers.clear();
  }

  #attemptConnection(): void {
    if (this.#closed || !this.#client) return;
    this.#state = makeState('connecting');
    let pair: ConnectionPair | undefined = undefined;
    try {
      pair = new ConnectionPair(this.#client, this.#channel, {
        onMessage: (message) => {
          if (pair === this.#pair) this.#listener.onMessage(message);
        },
        onClosed: (error) => this.#replacePair(pair, error),
      });
    } catch (error) {
      return this.#scheduleRetry(error);
    }
    this.#openPair(pair);
  }

  #openPair(pair: ConnectionPair): void {
    this.#pair = pair;
    this.#limitTime(Math.max(ATTEMPT_MS, this.#timeoutMs), pair.open()).then(
      () => this.#markReady(pair),
      (error: unknown) => this.#replacePair(pair, isTimeout(error) ? explainTimeout(pair, error) : error),
    );
  }

  #markReady(pair: ConnectionPair): void {
    if (pair !== this.#pair) return;
    this.#readyAt = this.#clock.now();
    this.#missingReplies = 0;
    this.#scheduleHeartbeat(pair, HEARTBEAT_MS);
    this.#changeState(makeState('ready'));
    this.#listener.onReady();
  }

  /** Closes a pair that failed and schedules the next attempt. Of several commands that fail together, the first does this. */
  #replacePair(pair: ConnectionPair | undefined, error: unknown): void {
    if (!pair || pair !== this.#pair) return;
    this.#pair = undefined;
    pair.close();
    this.#scheduleRetry(error);
  }

  #scheduleRetry(error: unknown): void {
    const wasSteady = this.#clock.now() - this.#readyAt >= STEADY_MS && this.#state.state === 'ready';
    this.#failures = wasSteady ? 0 : this.#failures + 1;
    if (this.#failures <= 1) this.#lostAt = this.#clock.now();
    this.#lastError = plainError(error);
    const { reason, meaning, needsConfiguration } = classifyFailure(error) ?? describeFailure('UNREACHABLE');
    const retryInMs = this.#nextPause(needsConfiguration);
    this.#stopTimer();
    this.#stopTimer = this.#clock.setTimer(retryInMs, () => this.#attemptConnection());
    this.#changeState({
      state: 'lost',
      reason,
      message: `${meaning}: ${messageOf(error)}`,
      needsConfiguration,
      retryInMs,
    });
  }

  #nextPause(needsConfiguration: boolean): number {
    if (this.#failures === 0) return 0;
    const grown = FIRST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 20);
    const lostForMs = this.#clock.now() - this.#lostAt;
    const pause = needsConfiguration
      ? Math.min(LONGEST_CONFIGURATION_PAUSE_MS, grown)
      : Math.min(LONGEST_PAUSE_MS, Math.max(Math.min(SHARED_PAUSE_MS, grown), lostForMs * PAUSE_PART_OF_LOSS));
    return pause <= SHARED_PAUSE_MS ? pause : pause * (1 - this.#random.next() / 2);
  }

  /**
   * Checks after `ms` that messages arrive. A firewall may forget the connection for messages, which is then silent permanently and
   * looks like an idle one.
   */
  #scheduleHeartbeat(pair: ConnectionPair, ms: number, missed = 0): void {
    this.#stopTimer();
    this.#stopTimer = this.#clock.setTimer(ms, () => {
      this.#limitTime(this.#timeoutMs, pair.checkMessages()).then(
        () => pair === this.#pair && this.#scheduleHeartbeat(pair, HEARTBEAT_MS),
        (error: unknown) => {
          if (pair !== this.#pair) return;
          if (!isTimeout(error)) return this.#replacePair(pair, error);
          // One late message is no failure.
          if (missed === 0) return this.#scheduleHeartbeat(pair, this.#timeoutMs, missed + 1);
          this.#replacePair(pair, explainTimeout(pair, error));
        },
      );
    });
  }

  /** Waits for the next change of the state, at most `ms`. */
  #waitForChange(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        stop();
        this.#waiting.delete(done);
        resolve();
      };
      const stop = this.#clock.setTimer(ms, done);
      this.#waiting.add(done);
    });
  }

  async #limitTime<T>(ms: number, work: Promise<T>): Promise<T> {
    let stop: Undo = () => undefined;
    const timeout = new Promise<never>((_, reject) => {
      stop = this.#clock.setTimer(ms, () => reject(new LinkError('SILENT', `no answer within ${ms} ms`)));
    });
    try {
      return await Promise.race([work, timeout]);
    } finally {
      stop();
      // A later rejection of `work` has no other handler.
      work.catch(() => undefined);
    }
  }

  #changeState(state: StoreState): void {
    this.#state = state;
    for (const done of [...this.#waiting]) done();
    for (const watcher of [...this.#watchers]) watcher(state);
  }

  #explainLoss(): string {
    const message = messageOf(this.#lastError);
    return message === '' ? 'not connected' : `not connected: ${message}`;
  }
}

function makeState(state: StoreState['state']): StoreState {
  return { state, reason: undefined, message: undefined, needsConfiguration: false, retryInMs: undefined };
}

function isTimeout(error: unknown): error is LinkError {
  return error instanceof LinkError && error.reason === 'SILENT';
}

/** Names the answer that did not arrive in time. */
function explainTimeout({ pending }: ConnectionPair, { message }: LinkError): LinkError {
  if (pending === 'connection') return new LinkError('UNREACHABLE', message);
  return pending === 'message' ? new LinkError('DEAF', message) : new LinkError('SILENT', message);
}

/** The message of an error, or its code where the message is empty. */
function messageOf(error: unknown): string {
  const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  return typeof code === 'string' ? code : '';
}
