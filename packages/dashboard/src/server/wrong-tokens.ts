import type { Clock } from '@holdline/core';

/** Wrong tokens that an address may send in a minute. Its further tokens are not looked at until the minute is over. */
export const MAX_WRONG = 30;
const WINDOW_MS = 60_000;
/** Addresses that are counted. The one that was counted first is forgotten. */
const MAX_ADDRESSES = 1_000;

/** Counts the wrong tokens of each address, so that nobody can try out many. */
export class WrongTokens {
  readonly #byAddress = new Map<string, { until: number; count: number }>();

  constructor(private readonly clock: Clock) {}

  /** Time until tokens of an address are looked at again, ms; 0: now. */
  blockedMs(address: string): number {
    const known = this.#byAddress.get(address);
    if (!known || known.count < MAX_WRONG) return 0;
    return Math.max(0, known.until - this.clock.now());
  }

  add(address: string): void {
    const now = this.clock.now();
    const known = this.#byAddress.get(address);
    if (known && known.until > now) {
      known.count++;
      return;
    }
    this.#byAddress.delete(address);
    if (this.#byAddress.size >= MAX_ADDRESSES)
      for (const oldest of this.#byAddress.keys()) {
        this.#byAddress.delete(oldest);
        break;
      }
    this.#byAddress.set(address, { until: now + WINDOW_MS, count: 1 });
  }
}
