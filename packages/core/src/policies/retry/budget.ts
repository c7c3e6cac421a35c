import type { RetryBudget } from './options.js';

/** Bounds the retries to one host. */
export class Budget {
  /** Updates of the line before its options were made. */
  optionsOf = 0;
  #tokens: number;
  #at: number;

  constructor(
    public options: Required<RetryBudget>,
    now: number,
  ) {
    this.#tokens = options.capacity;
    this.#at = now;
  }

  /** Takes one retry out, if there is one. */
  spend(now: number): boolean {
    this.#regain(((now - this.#at) * this.options.perSec) / 1000);
    this.#at = now;
    // Five fifths may fall a hair short of one.
    if (this.#tokens < 1 - 1e-9) return false;
    this.#tokens--;
    return true;
  }

  succeeded(): void {
    this.#regain(this.options.perSuccess);
  }

  #regain(tokens: number): void {
    this.#tokens = Math.min(this.options.capacity, this.#tokens + tokens);
  }
}
