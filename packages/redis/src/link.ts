import {
  plainError,
  systemClock,
  systemRandom,
  type Clock,
  type Random,
  type StoreState,
  type Undo,
} from '@holdline/core';
import type { RedisClient } from './client.js';
import { Pair } from './pair.js';
import { failureBecause, failureOf, LinkError } from './replies.js';
import type { Script } from './script.js';

export { scriptOf, type Script } from './script.js';

/** Answers missing in a row before the connections are given up for new ones: nobody may be at their other end. */
const MOST_SILENCES = 3;
/** Longest time for one attempt: to connect, to subscribe and to pass the self-test, ms. */
const ATTEMPT_MS = 2_000;
/** An idle link finds out so often whether it still hears, ms. */
const HEARTBEAT_MS = 15_000;
/** A link that worked for so long is made anew at once; one that failed sooner goes on with its pauses, ms. */
const STEADY_MS = 10_000;
const FIRST_PAUSE_MS = 100;
/**
 * Processes that lost one server together come back together, or those who are back first spend what the others still spend on their own. So
 * pauses up to this one have no part of chance, ms.
 */
const SHARED_PAUSE_MS = 1_000;
/** A failure that passes adds so much to what it has lasted, at most. */
const PART_OF_LOSS = 0.05;
/** Longest pause between two attempts, where the failure passes, and where somebody has to change the configuration, ms. */
const LONGEST_PAUSE_MS = 10_000;
const LONGEST_LASTING_PAUSE_MS = 60_000;

/** What a link tells. */
export interface LinkListener {
  /** It can be used, for the first time or again: what was told meanwhile was missed. */
  onReady(): void;
  onMessage(message: string): void;
}

/** Where time and chance come from. */
export interface LinkPorts {
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The way to Redis, as one machine of three states. `connecting`: two connections are made and tested. `ready`: both work. `lost`: a
 * failure of `replies.ts` ended them, and after a pause that grows the next attempt begins. Every command ends in a bounded time: what is
 * not answered in it is an error, and what cannot be sent is one at once.
 */
export class Link {
  readonly #channel: string;
  readonly #timeoutMs: number;
  readonly #listener: LinkListener;
  readonly #clock: Clock;
  readonly #random: Random;
  #client: RedisClient | undefined = undefined;
  #pair: Pair | undefined = undefined;
  #state = stateOf('connecting');
  #closed = false;
  /** Attempts that failed in a row, and connections that did not last. */
  #failures = 0;
  #readyAt = -Infinity;
  /** When the first of them failed. */
  #lostAt = 0;
  #silences = 0;
  #lastError: unknown = undefined;
  /** The timer of the next attempt, or of the next heartbeat. */
  #stopTimer: Undo = () => undefined;
  /** Those who wait for the end of the attempt under way. */
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
        this.#attempt();
      },
      (error: unknown) => {
        // No attempt can follow: the installation has to change.
        this.#lastError = plainError(error);
        this.#failures++;
        this.#tell({ ...stateOf('lost'), reason: 'NOCLIENT', message: messageOf(error), needsConfiguration: true });
      },
    );
  }

  get state(): StoreState {
    return this.#state;
  }

  /** Tells of every change of the state from now on. */
  watch(fn: (state: StoreState) => void): Undo {
    const watcher = (state: StoreState): void => fn(state);
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** Runs a script by its digest, or whole where the server does not know it. */
  async run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    // The first attempt is waited for; after a failure nobody waits.
    if (this.#state.state !== 'ready' && this.#failures === 0 && !this.#closed) await this.#settled(this.#timeoutMs);
    const pair = this.#pair;
    if (this.#state.state !== 'ready' || !pair) throw new Error(this.#closed ? 'the store was closed' : this.#whyNot());
    try {
      const result = await this.#bounded(this.#timeoutMs, pair.run(script, keys, args));
      this.#silences = 0;
      return result;
    } catch (error) {
      // One answer may get lost.
      const isLoss = isSilence(error) ? pair === this.#pair && ++this.#silences >= MOST_SILENCES : failureOf(error);
      if (isLoss) this.#gone(pair, error);
      // That of ioredis shows the command: of AUTH the password.
      throw plainError(error);
    }
  }

  /** Settles when the store can be used; rejects when that takes too long, or somebody has to change the configuration first. */
  async ready(): Promise<void> {
    const end = this.#clock.now() + Math.max(ATTEMPT_MS, this.#timeoutMs);
    while (this.#state.state !== 'ready') {
      if (this.#closed) throw new Error('the store was closed');
      const leftMs = end - this.#clock.now();
      if (this.#state.needsConfiguration || leftMs <= 0)
        throw this.#lastError instanceof Error ? this.#lastError : new Error(this.#whyNot());
      await this.#settled(leftMs);
    }
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer();
    this.#pair?.close();
    this.#pair = undefined;
    this.#tell({ ...stateOf('lost'), reason: 'CLOSED', message: 'the store was closed' });
    this.#watchers.clear();
  }

  #attempt(): void {
    if (this.#closed || !this.#client) return;
    this.#state = stateOf('connecting');
    let pair: Pair | undefined = undefined;
    try {
      pair = new Pair(this.#client, this.#channel, {
        onMessage: (message) => {
          if (pair === this.#pair) this.#listener.onMessage(message);
        },
        onGone: (error) => this.#gone(pair, error),
      });
    } catch (error) {
      return this.#lost(error);
    }
    this.#test(pair);
  }

  #test(pair: Pair): void {
    this.#pair = pair;
    this.#bounded(Math.max(ATTEMPT_MS, this.#timeoutMs), pair.open()).then(
      () => this.#opened(pair),
      (error: unknown) => this.#gone(pair, isSilence(error) ? missing(pair, error) : error),
    );
  }

  #opened(pair: Pair): void {
    if (pair !== this.#pair) return;
    this.#readyAt = this.#clock.now();
    this.#silences = 0;
    this.#beatAfter(pair, HEARTBEAT_MS);
    this.#tell(stateOf('ready'));
    this.#listener.onReady();
  }

  /** One of a pair's connections is gone, or the server says that it cannot be used. Commands fail together; the first sees to it. */
  #gone(pair: Pair | undefined, error: unknown): void {
    if (!pair || pair !== this.#pair) return;
    this.#pair = undefined;
    pair.close();
    this.#lost(error);
  }

  #lost(error: unknown): void {
    const wasSteady = this.#clock.now() - this.#readyAt >= STEADY_MS && this.#state.state === 'ready';
    this.#failures = wasSteady ? 0 : this.#failures + 1;
    if (this.#failures <= 1) this.#lostAt = this.#clock.now();
    this.#lastError = plainError(error);
    const { reason, means, needsConfiguration } = failureOf(error) ?? failureBecause('UNREACHABLE');
    const retryInMs = this.#pause(needsConfiguration);
    this.#stopTimer();
    this.#stopTimer = this.#clock.setTimer(retryInMs, () => this.#attempt());
    this.#tell({ state: 'lost', reason, message: `${means}: ${messageOf(error)}`, needsConfiguration, retryInMs });
  }

  #pause(needsConfiguration: boolean): number {
    if (this.#failures === 0) return 0;
    const grown = FIRST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 20);
    const lostForMs = this.#clock.now() - this.#lostAt;
    const pause = needsConfiguration
      ? Math.min(LONGEST_LASTING_PAUSE_MS, grown)
      : Math.min(LONGEST_PAUSE_MS, Math.max(Math.min(SHARED_PAUSE_MS, grown), lostForMs * PART_OF_LOSS));
    return pause <= SHARED_PAUSE_MS ? pause : pause * (1 - this.#random.next() / 2);
  }

  /** A connection for news that a firewall forgot is silent for good, and looks like one on which nothing is told. */
  #beatAfter(pair: Pair, ms: number, missed = 0): void {
    this.#stopTimer();
    this.#stopTimer = this.#clock.setTimer(ms, () => {
      this.#bounded(this.#timeoutMs, pair.hearsItself()).then(
        () => pair === this.#pair && this.#beatAfter(pair, HEARTBEAT_MS),
        (error: unknown) => {
          if (pair !== this.#pair) return;
          if (!isSilence(error)) return this.#gone(pair, error);
          // One message may come late.
          if (missed === 0) return this.#beatAfter(pair, this.#timeoutMs, missed + 1);
          this.#gone(pair, missing(pair, error));
        },
      );
    });
  }

  /** Waits for the end of the attempt under way, and for so long at most. */
  #settled(ms: number): Promise<void> {
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

  async #bounded<T>(ms: number, work: Promise<T>): Promise<T> {
    let stop: Undo = () => undefined;
    const silence = new Promise<never>((_, reject) => {
      stop = this.#clock.setTimer(ms, () => reject(new LinkError('SILENT', `no answer within ${ms} ms`)));
    });
    try {
      return await Promise.race([work, silence]);
    } finally {
      stop();
      // It may still fail, with nobody there to hear it.
      work.catch(() => undefined);
    }
  }

  #tell(state: StoreState): void {
    this.#state = state;
    for (const done of [...this.#waiting]) done();
    for (const watcher of [...this.#watchers]) watcher(state);
  }

  #whyNot(): string {
    const message = messageOf(this.#lastError);
    return message === '' ? 'not connected' : `not connected: ${message}`;
  }
}

function stateOf(state: StoreState['state']): StoreState {
  return { state, reason: undefined, message: undefined, needsConfiguration: false, retryInMs: undefined };
}

function isSilence(error: unknown): error is LinkError {
  return error instanceof LinkError && error.reason === 'SILENT';
}

/** What did not come in time. */
function missing({ awaits }: Pair, { message }: LinkError): LinkError {
  if (awaits === 'connection') return new LinkError('UNREACHABLE', message);
  return awaits === 'message' ? new LinkError('DEAF', message) : new LinkError('SILENT', message);
}

/** What an error says; never an empty text where it has a code. */
function messageOf(error: unknown): string {
  const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  return typeof code === 'string' ? code : '';
}
