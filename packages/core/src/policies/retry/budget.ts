import type { RetryBudget } from './options.js';

/**
 * The retry budget of one host as plain data.
 * @public
 */
export interface BudgetSnapshot {
  /** Origin of the calls. */
  host: string;
  /** Retries that the budget allows now. */
  left: number;
  capacity: number;
}

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
    this.#refillUntil(now);
    // Rounding may leave the sum of five fifths slightly below one.
    if (this.#tokens < 1 - 1e-9) return false;
    this.#tokens--;
    return true;
  }

  /** Retries that the budget allows. */
  left(now: number): number {
    this.#refillUntil(now);
    return this.#tokens;
  }

  /** Refills the budget after a successful call. */
  addSuccess(): void {
    this.#refill(this.options.perSuccess);
  }

  #refillUntil(now: number): void {
    this.#refill(((now - this.#at) * this.options.perSec) / 1000);
    this.#at = now;
  }

  #refill(tokens: number): void {
    this.#tokens = Math.min(this.options.capacity, this.#tokens + tokens);
  }
}
