import {
  retryDelay,
  startTimeLimit,
  withCall,
  type EventClaim,
  type EventEnd,
  type StoredEvent,
  type Undo,
} from '@holdline/core';
import { EXCHANGE_LIMIT_MS, type InboxState } from './inbox-state.js';
import { isPermanent } from './permanent-error.js';
import type { Handling } from './types.js';

/** Pauses between two tries to end a claim while the store is lost, ms. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/** Parts of `claimMs` after which a claim is renewed, and after which a renewal that failed is repeated. */
const RENEWAL = 1 / 3;
const REPEATED_RENEWAL = 1 / 10;
/** Part of `claimMs` after which a handler without a renewal is told to stop, so that it stops before another process starts. */
const SAFE_PART = 0.9;
/** Shortest time limit of a renewal, ms. */
const LEAST_RENEWAL_MS = 100;

/** How a handling ended. `stopped`: the inbox closes, and the handling does not count. */
type Result =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly reason: string; readonly isPermanent: boolean }
  | { readonly kind: 'stopped' };

/**
 * One claimed event while this process handles it. It renews the claim, limits the time of the handling, and ends the claim. The claim
 * ends with the fence of the store: if another process has the event meanwhile, nothing changes there.
 */
export class RunningEvent {
  readonly #state: InboxState;
  readonly #claim: EventClaim;
  readonly #attempt: number;
  readonly #controller = new AbortController();
  /** Monotonic time until which no other process can have the event, without a renewal. */
  #claimedUntil: number;
  #stopRenewal: Undo = () => undefined;
  #stopTimeout: Undo = () => undefined;
  #isClosing = false;
  #isStarted = false;
  #isEnded = false;
  /** Ends the pause of a claim that cannot be ended now. */
  #endPause: Undo = () => undefined;
  /** Ends the wait for the handler. */
  #giveUp: (result: Result) => void = () => undefined;

  /** @param claimedAt - Monotonic time at which the store was asked for the claim. */
  constructor(state: InboxState, claim: EventClaim, claimedAt: number) {
    this.#state = state;
    this.#claim = claim;
    this.#claimedUntil = claimedAt + state.options.claimMs * SAFE_PART;
    // A claim that expired without a result counts as a handling.
    this.#attempt = claim.event.attempts + claim.drops + 1;
  }

  get id(): string {
    return this.#claim.event.id;
  }

  /** Handles the event and ends its claim. Never rejects. */
  async run(): Promise<void> {
    this.#scheduleRenewal(this.#state.options.claimMs * RENEWAL);
    try {
      const { options } = this.#state;
      const isCrash = this.#claim.drops > 0 && this.#attempt > options.retry.maxAttempts;
      const start = options.clock.now();
      const result = isCrash ? failureOf(undefined, 'crashed', true) : await this.#handle();
      await this.#end(result, options.clock.now() - start);
    } finally {
      this.stopTimers();
    }
  }

  /** Neither renews the claim nor limits the time of the handling any more. */
  stopTimers(): void {
    this.#isEnded = true;
    this.#stopRenewal();
    this.#stopTimeout();
  }

  /** Tells the handler to stop. Its result no longer counts as a failure. */
  abort(): void {
    this.#isClosing = true;
    this.#controller.abort(new Error('the inbox was closed'));
    this.#endPause();
  }

  async #handle(): Promise<Result> {
    const { options, codec } = this.#state;
    const event = await codec.decode(this.#claim.event);
    if (!event) return failureOf(undefined, 'undecryptable', false);
    if (this.#isClosing) return { kind: 'stopped' };
    const { receivedAt, reason } = this.#claim.event;
    const handling: Handling = {
      event,
      receivedAt,
      attempt: this.#attempt,
      mayBeRepeated: this.#attempt > 1 || reason !== undefined,
      signal: this.#controller.signal,
    };
    this.#stopTimeout = startTimeLimit(options.clock, options.handleTimeoutMs, () => {
      const error = new Error(`the handling took longer than ${options.handleTimeoutMs} ms`);
      this.#giveUp(failureOf(error, 'timeout', false));
      this.#controller.abort(error);
    });
    try {
      return await new Promise<Result>((resolve) => {
        this.#giveUp = resolve;
        this.#callHandler(handling).then(
          () => resolve({ kind: 'done' }),
          (error: unknown) =>
            resolve(this.#isClosing ? { kind: 'stopped' } : failureOf(error, reasonOf(error), isPermanent(error))),
        );
      });
    } finally {
      this.#stopTimeout();
    }
  }

  async #callHandler(handling: Handling): Promise<void> {
    const { handle, name, transaction } = this.#state.options;
    const { signal } = handling;
    this.#isStarted = true;
    const context = transaction ? { signal, transaction: `${name}:${this.id}` } : { signal };
    await withCall(context, () => handle?.(handling));
  }

  async #end(result: Result, tookMs: number): Promise<void> {
    const { counts, options } = this.#state;
    const end = this.#endOf(result);
    const isSettled = await this.#settle(end);
    if (isSettled === undefined) return;
    if (!isSettled) return this.#reportLost();
    if (result.kind === 'done') {
      counts.handled++;
      this.#state.emit('handled', { id: this.id, attempt: this.#attempt, tookMs });
    } else if (result.kind === 'failed') {
      counts.failed++;
      const { error, reason } = result;
      const retryInMs = end.kind === 'retry' ? end.inMs : undefined;
      this.#state.emit('failed', {
        id: this.id,
        attempt: Math.min(this.#attempt, options.retry.maxAttempts),
        reason,
        error,
        retryInMs,
      });
      if (end.kind !== 'dead') return;
      counts.deadLetters++;
      this.#state.emit('deadLetter', { what: 'kept', id: this.id, reason });
    }
  }

  #endOf(result: Result): EventEnd {
    const { rememberMs, maxRemembered, retry, random, clock } = this.#state.options;
    const { event, drops } = this.#claim;
    if (result.kind === 'done') return { kind: 'done', rememberMs, maxRemembered };
    if (result.kind === 'stopped') {
      const reason = event.reason ?? (this.#isStarted ? 'closed' : undefined);
      return { kind: 'retry', event: { ...event, attempts: event.attempts + drops, reason }, inMs: 0 };
    }
    const attempts = Math.min(this.#attempt, retry.maxAttempts);
    const failed: StoredEvent = { ...event, attempts, reason: result.reason };
    if (result.isPermanent || attempts >= retry.maxAttempts) return { kind: 'dead', event: failed };
    const delayMs = retryDelay(retry, attempts, random.next());
    if (delayMs === Infinity) return { kind: 'dead', event: failed };
    // The line knows when a call may succeed again.
    const { retryAt } = (result.error ?? {}) as { retryAt?: unknown };
    const waitMs = typeof retryAt === 'number' ? retryAt - clock.wall() : 0;
    return { kind: 'retry', event: failed, inMs: Math.max(delayMs, Math.min(waitMs, retry.maxDelayMs)) };
  }

  /** Ends the claim, also after failures of the store. Undefined if the inbox closed meanwhile. */
  async #settle(end: EventEnd): Promise<boolean | undefined> {
    let isRepeated = false;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const isSettled = await this.#state.exchange('settle', () =>
          this.#state.queue.settle(this.id, this.#claim.fence, end),
        );
        // The reply to the first try may have been lost.
        return isSettled || isRepeated;
      } catch {
        isRepeated = true;
        if (this.#isClosing) return undefined;
        await this.#pause(pauseMs);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#state.options.clock.setTimer(ms, resolve);
      this.#endPause = () => {
        stop();
        resolve();
      };
    });
  }

  /** Renews the claim in `ms`, or when it ends. */
  #scheduleRenewal(ms: number): void {
    const { clock } = this.#state.options;
    const leftMs = Math.max(0, this.#claimedUntil - clock.now());
    this.#stopRenewal = clock.setTimer(Math.min(ms, leftMs), () => void this.#renew());
  }

  async #renew(): Promise<void> {
    const { clock, claimMs } = this.#state.options;
    const start = clock.now();
    let pauseMs = claimMs * RENEWAL;
    try {
      const renew = (): Promise<boolean> => this.#state.queue.renew(this.id, this.#claim.fence, claimMs);
      // A process that was frozen has no time left, and asks nevertheless.
      const limitMs = Math.min(EXCHANGE_LIMIT_MS, Math.max(LEAST_RENEWAL_MS, this.#claimedUntil - start));
      this.#claimedUntil = (await this.#state.exchange('renew', renew, limitMs))
        ? start + claimMs * SAFE_PART
        : -Infinity;
    } catch {
      pauseMs = claimMs * REPEATED_RENEWAL;
    }
    if (this.#isEnded) return;
    // The process was frozen, or the store is lost: another process may have the event.
    if (clock.now() >= this.#claimedUntil) this.#controller.abort(new Error('another process may have the event'));
    else this.#scheduleRenewal(pauseMs);
  }

  #reportLost(): void {
    this.#state.counts.claimsLost++;
    this.#state.emit('claimLost', { id: this.id });
  }
}

function failureOf(error: unknown, reason: string, isFinal: boolean): Result {
  return { kind: 'failed', error, reason, isPermanent: isFinal };
}

/** The code of an error, or its name. A message may contain the data of a customer. */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error;
  const { code, name } = error as { code?: unknown; name?: unknown };
  for (const text of [code, name]) if (typeof text === 'string' && text !== '') return text.slice(0, 100);
  return 'Error';
}
