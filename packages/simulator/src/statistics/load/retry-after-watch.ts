import { BoundedMap } from '../../bounded-map.js';

/** Refusals that are remembered. The oldest is deleted first. */
const MAX_REFUSALS = 100_000;
/** A request that arrives so soon after a refusal was sent before its answer was read, ms. */
const GRACE_MS = 200;

interface Refused {
  readonly since: number;
  readonly until: number;
}

/** Finds requests that come before the time that Retry-After named, and requests that repeat a refused one. */
export class RetryAfterWatch {
  readonly #closed = new BoundedMap<string, Refused>(MAX_REFUSALS);
  readonly #refused = new BoundedMap<string, number>(MAX_REFUSALS);

  /** Remembers that a scope of a limit refused a token until a time. */
  closeScope(limit: string, scope: string, token: string, now: number, waitMs: number): void {
    // Retry-After has whole seconds, rounded up.
    const until = now + Math.ceil(waitMs / 1000) * 1000;
    const key = `${limit}|${scope}|${token}`;
    const known = this.#closed.get(key);
    // The first answer that named a time decides: later ones may be answers to requests that were sent before.
    const since = known !== undefined && now < known.until ? known.since : now;
    this.#closed.set(key, { since, until });
  }

  /** Returns how much too early a request of a token comes, ms; 0 if it is not too early. */
  measureEarly(limit: string, scope: string, token: string, now: number): number {
    const key = `${limit}|${scope}|${token}`;
    const known = this.#closed.get(key);
    if (known === undefined) return 0;
    if (now >= known.until) {
      this.#closed.delete(key);
      return 0;
    }
    return now - known.since >= GRACE_MS ? known.until - now : 0;
  }

  /** Remembers a refused request. */
  addRefused(request: string): void {
    this.#refused.set(request, (this.#refused.get(request) ?? 0) + 1);
  }

  /** Whether a request repeats a refused one. Each refused request is repeated at most once. */
  takeRepeat(request: string): boolean {
    const count = this.#refused.get(request);
    if (count === undefined) return false;
    if (count > 1) this.#refused.set(request, count - 1);
    else this.#refused.delete(request);
    return true;
  }
}
