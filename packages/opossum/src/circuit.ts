import type { EngineCircuit, EngineTicket } from '@holdline/core';
import type { WatchedBreaker } from './watched-breaker.js';

/** A breaker, as the circuit of one scope. */
export class OpossumCircuit implements EngineCircuit {
  constructor(
    readonly watched: WatchedBreaker,
    readonly onChange: (reason: string) => void,
    /** Whether it has the breaker for itself. */
    readonly ownsBreaker: boolean,
  ) {
    watched.listeners.add(onChange);
  }

  get state(): EngineCircuit['state'] {
    return this.watched.state;
  }

  get probeInMs(): number | undefined {
    return this.watched.probeInMs;
  }

  totals(): { succeeded: number; failed: number; throttled: number } {
    const { successes, failures } = this.watched.breaker.stats;
    return { succeeded: successes, failed: failures, throttled: 0 };
  }

  admit(): EngineTicket | undefined {
    return this.watched.admit();
  }

  forget(): void {
    this.watched.listeners.delete(this.onChange);
    // It has timers.
    if (this.ownsBreaker) this.watched.breaker.shutdown();
  }
}
