import { performance } from 'node:perf_hooks';

/** The clocks of one simulator: a monotonic clock from its start, and the wall clock with its skew. */
export class EngineClock {
  readonly startedAt = performance.now();
  readonly #skewMs: () => number;

  constructor(skewMs: () => number) {
    this.#skewMs = skewMs;
  }

  /** Time since the start of the simulator, ms. */
  now(): number {
    return performance.now() - this.startedAt;
  }

  /** Wall clock of the simulated server, skew included, ms. */
  wall(): number {
    return Date.now() + this.#skewMs();
  }
}
