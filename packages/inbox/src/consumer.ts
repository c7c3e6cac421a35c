import { startBackgroundTimer, type EventClaim, type Undo } from '@holdline/core';
import type { InboxState } from './inbox-state.js';
import { RunningEvent } from './running-event.js';

/** Longest time between two claims of an idle inbox, ms. A message about a new event may be lost. */
const IDLE_MS = 30_000;
/** Pauses after failed claims, ms. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** Shortest pause before a claim that follows an empty one, ms. */
const LEAST_PAUSE_MS = 1;

/**
 * Claims events and handles them, at most `concurrency` at the same time.
 *
 * One loop runs from the start of the inbox to its end. It claims again when a store says that events may be due, when a handling ends
 * after a claim that filled all places, when the time named by the store has come, and every 30 s. The loop calls the handlers, so that
 * they do not run in the context of the request that woke it.
 */
export class Consumer {
  readonly #state: InboxState;
  readonly #running = new Map<RunningEvent, Promise<void>>();
  readonly #stopListening: Undo;
  readonly #loop: Promise<void>;
  #hasNews = true;
  #isStopped = false;
  #failures = 0;
  /** Ends the current pause of the loop. */
  #resume: () => void = () => undefined;
  readonly #onEnd: () => void;

  /** @param onEnd - Called when a handling has ended. */
  constructor(state: InboxState, onEnd: () => void) {
    this.#state = state;
    this.#onEnd = onEnd;
    this.#stopListening = state.queue.listen(() => this.wake());
    this.#loop = this.#run();
  }

  get running(): number {
    return this.#running.size;
  }

  /** Claims again: events may be due. */
  wake(): void {
    this.#hasNews = true;
    this.#resume();
  }

  /** Claims no further event. Settles when all handlings have ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopListening();
    this.#resume();
    await this.#loop;
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Tells all handlers to stop. */
  abort(): void {
    for (const event of this.#running.keys()) event.abort();
  }

  /** Gives up the handlers that still run. Their claims expire. */
  abandon(): void {
    for (const event of this.#running.keys()) event.stopTimers();
  }

  async #run(): Promise<void> {
    const { clock, concurrency } = this.#state.options;
    let dueAt = -Infinity;
    while (!this.#isStopped) {
      const free = concurrency - this.#running.size;
      if (free > 0 && (this.#hasNews || clock.now() >= dueAt)) {
        this.#hasNews = false;
        const pauseMs = await this.#claim(free);
        dueAt = clock.now() + pauseMs;
      } else await this.#pause(free > 0 ? dueAt - clock.now() : Infinity);
    }
  }

  /** Claims and starts events. Returns the ms until the next claim. */
  async #claim(limit: number): Promise<number> {
    const { queue, options } = this.#state;
    const start = options.clock.now();
    let late: Promise<{ claims: readonly EventClaim[] }> | undefined;
    try {
      const { claims, nextInMs = IDLE_MS } = await this.#state.exchange(
        'claim',
        () => (late = queue.claim(limit, options.claimMs)),
      );
      this.#failures = 0;
      for (const claim of claims) this.#start(claim, start);
      if (claims.length === limit) return -Infinity;
      return Math.min(IDLE_MS, Math.max(nextInMs, claims.length > 0 ? 0 : LEAST_PAUSE_MS));
    } catch {
      // The reply may arrive later. Nobody would handle its events until the claims expire.
      late?.then(
        ({ claims }) => claims.forEach((claim) => this.#start(claim, start)),
        () => undefined,
      );
      return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures++, 20));
    }
  }

  #start(claim: EventClaim, claimedAt: number): void {
    const event = new RunningEvent(this.#state, claim, claimedAt);
    if (this.#isStopped) event.abort();
    const run = event.run().then(() => {
      this.#running.delete(event);
      this.#resume();
      this.#onEnd();
    });
    this.#running.set(event, run);
  }

  /** Pauses the loop. An idle inbox does not keep the process alive. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stop =
        ms === Infinity ? undefined : startBackgroundTimer(this.#state.options.clock, ms, () => this.#resume());
      this.#resume = () => {
        this.#resume = () => undefined;
        stop?.();
        resolve();
      };
    });
  }
}
