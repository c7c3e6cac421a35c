import type { EngineCircuit, EngineTicket } from '@holdline/core';
import type { WatchedBreaker } from './watched-breaker.js';

/** The circuit of one scope, backed by a breaker. */
export class OpossumCircuit implements EngineCircuit {
  readonly #watched: WatchedBreaker;
  readonly #onChange: (reason: string) => void;
  readonly #ownsBreaker: boolean;

  /** @param ownsBreaker - Whether no other circuit uses the breaker. */
  constructor(watched: WatchedBreaker, onChange: (reason: string) => void, ownsBreaker: boolean) {
    this.#watched = watched;
    this.#onChange = onChange;
    this.#ownsBreaker = ownsBreaker;
    watched.listeners.add(onChange);
  }

  get state(): EngineCircuit['state'] {
    return this.#watched.state;
  }

  get probeInMs(): number | undefined {
    return this.#watched.probeInMs;
  }

  totals(): { succeeded: number; failed: number; throttled: number } {
    const { successes, failures } = this.#watched.breaker.stats;
    return { succeeded: successes, failed: failures, throttled: 0 };
  }

  admit(): EngineTicket | undefined {
    return this.#watched.admit();
  }

  forget(): void {
    this.#watched.listeners.delete(this.#onChange);
    // A breaker has timers.
    if (this.#ownsBreaker) this.#watched.breaker.shutdown();
  }
}
