import type { RetryBudget } from './options.js';

/** Limits the retries to one host, as a token bucket. */
export class Budget {
  /** Generation of the route whose options the budget has. */
  optionsGeneration = 0;
  #tokens: number;
  #at: number;

  constructor(
    public options: Required<RetryBudget>,
    now: number,
  ) {
    this.#tokens = options.capacity;
    this.#at = now;
  }

  /** Takes one retry from the budget. False: the budget is used up. */
  spend(now: number): boolean {
    this.#refill(((now - this.#at) * this.options.perSec) / 1000);
    this.#at = now;
    // Rounding may leave the sum of five fifths slightly below one.
    if (this.#tokens < 1 - 1e-9) return false;
    this.#tokens--;
    return true;
  }

  /** Refills the budget after a successful call. */
  addSuccess(): void {
    this.#refill(this.options.perSuccess);
  }

  #refill(tokens: number): void {
    this.#tokens = Math.min(this.options.capacity, this.#tokens + tokens);
  }
}
