import type { Admission } from '../platform/platform.js';
import { TOO_MANY_REQUESTS } from './error-answers.js';

/** Counts the open requests of each account, and refuses those above the limit. */
export class Concurrency {
  readonly #open = new Map<string, number>();

  /** @param limit - Returns the largest number of open requests of an account. */
  constructor(readonly limit: () => number) {}

  admit(account: string, onEnd: (listener: () => void) => void): Admission {
    const open = this.#open.get(account) ?? 0;
    const isRefused = open >= this.limit();
    // A refused request ends at once and is not counted.
    const count = isRefused ? open : open + 1;
    if (!isRefused) {
      this.#open.set(account, count);
      onEnd(() => this.#end(account));
    }
    const headers = { 'Twilio-Concurrent-Requests': String(count) };
    return isRefused ? { headers, refusal: { name: 'concurrency', answer: TOO_MANY_REQUESTS } } : { headers };
  }

  #end(account: string): void {
    const open = (this.#open.get(account) ?? 1) - 1;
    if (open === 0) this.#open.delete(account);
    else this.#open.set(account, open);
  }
}
