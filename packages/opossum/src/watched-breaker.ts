import type { CircuitResult, EngineCircuit, EngineTicket } from '@holdline/core';
import { AttemptFailure } from './attempt.js';
import { readResetTimeout, type BreakerLike } from './breaker.js';

const FAILURE_MESSAGES = {
  failure: 'the attempt failed',
  throttled: 'the attempt was throttled',
  none: 'the probe ended without a result',
};

/** A breaker with the state that opossum does not expose: when it opened, and who listens. */
export class WatchedBreaker {
  readonly listeners = new Set<(reason: string) => void>();
  /** Monotonic ms; undefined if the breaker was open before the line got it. */
  #openedAt: number | undefined;

  constructor(readonly breaker: BreakerLike) {
    breaker.on('open', () => {
      this.#openedAt = performance.now();
      const { failures, fires } = breaker.stats;
      this.#notify(`opossum: ${failures} of ${fires} fires failed`);
    });
    breaker.on('halfOpen', () => this.#notify('opossum: time for a probe'));
    breaker.on('close', () => this.#notify('opossum: closed'));
  }

  get state(): EngineCircuit['state'] {
    const { opened, halfOpen, isShutdown } = this.breaker;
    if (halfOpen) return 'half-open';
    return opened || isShutdown ? 'open' : 'closed';
  }

  get probeInMs(): number | undefined {
    const resetTimeout = readResetTimeout(this.breaker);
    if (!this.breaker.opened || this.#openedAt === undefined || resetTimeout === undefined) return undefined;
    return Math.max(0, this.#openedAt + resetTimeout - performance.now());
  }

  /** Admits or refuses an attempt. opossum has no query for this: `fire` runs the action at once or not at all. */
  admit(): EngineTicket | undefined {
    const { breaker } = this;
    const isProbe = breaker.halfOpen;
    let settle: { resolve(): void; reject(error: Error): void } | undefined;
    const fired = breaker.fire(() => new Promise<void>((resolve, reject) => (settle = { resolve, reject })));
    // The caller gets the result from the line. The result of a fallback is dropped.
    fired.catch(() => undefined);
    return settle && new Ticket(breaker, isProbe, settle);
  }

  #notify(reason: string): void {
    for (const listener of this.listeners) listener(reason);
  }
}

class Ticket implements EngineTicket {
  constructor(
    readonly breaker: BreakerLike,
    readonly isProbe: boolean,
    readonly settle: { resolve(): void; reject(error: Error): void },
  ) {}

  end(result: CircuitResult, status: number | undefined): void {
    if (result === 'success') return this.settle.resolve();
    // Every settled attempt counts, so an attempt without a result never settles. A probe must settle: the breaker waits for it.
    if (result === 'none' && !(this.isProbe && this.breaker.halfOpen)) return;
    this.settle.reject(new AttemptFailure(FAILURE_MESSAGES[result], status));
  }
}
