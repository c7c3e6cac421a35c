import type { Clock } from '../contract/clock.js';
import type { Rows } from './rows.js';

/** The row of an identifier: the wall time at which the event was handled, and how long the identifier is remembered. */
export interface RememberedRow {
  readonly doneAt: number;
  readonly rememberMs: number;
}

/** Identifiers of handled events, by which an inbox recognises a repetition. Bounded by time and number. */
export class RememberedIds {
  readonly #clock: Clock;
  readonly #rows: Rows;
  /** Oldest first, with the monotonic time of its end. */
  readonly #ends = new Map<string, number>();

  constructor(clock: Clock, rows: Rows) {
    this.#clock = clock;
    this.#rows = rows;
  }

  has(id: string): boolean {
    this.#expire();
    return (this.#ends.get(id) ?? -Infinity) > this.#clock.now();
  }

  rowOf(rememberMs: number): RememberedRow {
    return { doneAt: this.#clock.wall(), rememberMs };
  }

  /** Adds an identifier whose row is written. */
  add(id: string, rememberMs: number, maxRemembered: number): void {
    this.#expire();
    this.#ends.delete(id);
    this.#ends.set(id, this.#clock.now() + rememberMs);
    for (const oldest of this.#ends.keys()) {
      if (this.#ends.size <= maxRemembered) break;
      this.#forget(oldest);
    }
  }

  /** Adds an identifier from its row. False if the row belongs to an event. */
  load(id: string, row: Partial<RememberedRow>): boolean {
    const { doneAt, rememberMs } = row;
    if (doneAt === undefined || rememberMs === undefined) return false;
    // The wall clock may have jumped. An identifier is never remembered longer than from now on.
    this.#ends.set(id, this.#clock.now() + Math.min(rememberMs, doneAt + rememberMs - this.#clock.wall()));
    return true;
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const [id, end] of this.#ends) {
      if (end > now) break;
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    this.#ends.delete(id);
    // An identifier whose row stays is remembered again after a restart, until its time is over.
    this.#rows.delete(id).catch(() => undefined);
  }
}
