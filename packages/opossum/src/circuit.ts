import type { EngineCircuit, EngineTicket } from '@holdline/core';
import type { WatchedBreaker } from './watched-breaker.js';

/** A breaker, as the circuit of one scope. */
export class OpossumCircuit implements EngineCircuit {
  constructor(
    readonly of: WatchedBreaker,
    readonly changed: (reason: string) => void,
    /** Whether it has the breaker for itself. */
    readonly isOnly: boolean,
  ) {
    of.listeners.add(changed);
  }

  get state(): EngineCircuit['state'] {
    return this.of.state;
  }

  get probeInMs(): number | undefined {
    return this.of.probeInMs;
  }

  totals(): { succeeded: number; failed: number; throttled: number } {
    const { successes, failures } = this.of.breaker.stats;
    return { succeeded: successes, failed: failures, throttled: 0 };
  }

  admit(): EngineTicket | undefined {
    return this.of.admit();
  }

  forget(): void {
    this.of.listeners.delete(this.changed);
    // It has timers.
    if (this.isOnly) this.of.breaker.shutdown();
  }
}
