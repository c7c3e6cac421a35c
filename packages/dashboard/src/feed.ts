import { startBackgroundTimer, type Clock, type Undo } from '@holdline/core';
import { DeltaMaker } from './state/delta.js';
import type { DashboardState } from './state/types.js';

/** Shortest time between two messages, ms: at most two per second, regardless of the rate of events. */
export const FEED_MS = 500;
/** The feed waits so many times as long as it took to read the state. So reading takes at most 2 % of one core, unless one read takes more than 0.2 s. */
const REST_FACTOR = 50;
const MAX_REST_MS = 10_000;

/** Reads the state of all lines regularly while somebody listens, and publishes what changed. */
export class Feed {
  #stopTimer: Undo | undefined;
  readonly #deltas = new DeltaMaker();
  #sequence = 0;

  /**
   * @param read - Reads the state.
   * @param publish - Sends a message to all streams.
   * @param instance - Name of this process in the ids of messages.
   */
  constructor(
    private readonly read: () => DashboardState,
    private readonly publish: (message: string) => void,
    private readonly clock: Clock,
    private readonly instance: string,
  ) {}

  /** Returns the message with the whole state. Streams that are open get the changes first, so that all have the same state. */
  whole(): string {
    return this.#message('state', JSON.stringify(this.#tick()));
  }

  /** Whether a client that last got the message `id` has the newest one. */
  isCurrent(id: string): boolean {
    return id === `${this.instance}-${this.#sequence}`;
  }

  start(): void {
    if (this.#stopTimer) return;
    // Nobody has the changes since the feed stopped.
    this.#sequence++;
    this.#wait(FEED_MS);
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  /** Reads the state, and publishes what changed. */
  #tick(): DashboardState {
    const state = this.read();
    const delta = this.#deltas.next(state);
    if (delta !== undefined) {
      this.#sequence++;
      this.publish(this.#message('delta', delta));
    }
    return state;
  }

  #wait(ms: number): void {
    this.#stopTimer = startBackgroundTimer(this.clock, ms, () => {
      const from = this.clock.now();
      this.#tick();
      const tookMs = this.clock.now() - from;
      if (this.#stopTimer) this.#wait(Math.min(MAX_REST_MS, Math.max(FEED_MS, tookMs * REST_FACTOR)));
    });
  }

  #message(event: string, data: string): string {
    return `id: ${this.instance}-${this.#sequence}\nevent: ${event}\ndata: ${data}\n\n`;
  }
}
