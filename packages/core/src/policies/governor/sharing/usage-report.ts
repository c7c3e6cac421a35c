import type { SharedQuota } from '../../../contract/leases.js';

/** Ticks remembered before the old ones are looked for. */
const MANY_TICKS = 500;

/** What one process has to tell the ledger, and what it spent in the last window. */
export class UsageReport {
  #moves = new Map<string, [from: number, to: number, count: number]>();
  /** Told, and not known to have arrived. */
  #batch: { readonly id: number; readonly moves: readonly number[] } | undefined = undefined;
  #batches = 0;
  /** How many were answered until which tick of our own clock, the oldest first. */
  readonly #spent = new Map<number, number>();

  /** Whether there is something to tell. */
  get tells(): boolean {
    return this.#batch !== undefined || this.#moves.size > 0;
  }

  /** Whether there is something that has not been told once. */
  get hasNews(): boolean {
    return this.#moves.size > 0;
  }

  /** Places that are free at one tick are free at another. */
  move(from: number, to: number, count: number): void {
    if (from === 0 && to === 0) return;
    const key = `${from}:${to}`;
    const known = this.#moves.get(key);
    if (known) known[2] += count;
    else this.#moves.set(key, [from, to, count]);
  }

  /** Permits that were not spent: their places are free as if they had not been lent. */
  giveBack(permits: readonly Place[]): void {
    for (const { place, tick, count } of permits) this.move(place, tick, count);
  }

  /** The list to tell now: the one that may not have arrived, as it was, or all that came since. */
  batch(): { readonly id: number; readonly moves: readonly number[] } {
    if (!this.#batch && this.#moves.size > 0) {
      this.#batch = { id: ++this.#batches, moves: [...this.#moves.values()].flat() };
      this.#moves = new Map();
    }
    return this.#batch ?? { id: 0, moves: [] };
  }

  /** The list has arrived. */
  arrived(): void {
    this.#batch = undefined;
  }

  /** Nobody needs to be told of places that are free by now either way. */
  forget(isPast: (tick: number) => boolean): void {
    for (const [key, [from, to]] of this.#moves) if (isPast(from) && isPast(to)) this.#moves.delete(key);
  }

  /** Nobody wants to know any of it any more. */
  drop(): void {
    this.#batch = undefined;
    this.#moves = new Map();
  }

  /** An attempt was answered. */
  note(now: number, count: number, quota: SharedQuota): void {
    if (this.#spent.size > MANY_TICKS) this.spent(now, quota);
    const tick = Math.ceil(now / quota.tickMs);
    this.#spent.set(tick, (this.#spent.get(tick) ?? 0) + count);
  }

  /** What was spent in the last window: when it was answered, by our clock, the oldest first, with how many. */
  spent(now: number, { tickMs, windowMs }: SharedQuota): (readonly [at: number, count: number])[] {
    for (const tick of this.#spent.keys()) {
      if (tick * tickMs + windowMs > now) break;
      this.#spent.delete(tick);
    }
    return [...this.#spent].map(([tick, count]) => [tick * tickMs, count] as const);
  }
}

/** Where the ledger counts the permits of an attempt. */
export interface Place {
  readonly count: number;
  /** 0: the ledger knows nothing of them. */
  readonly place: number;
  readonly tick: number;
  /** Whether they went beyond what is known to pass. */
  readonly isTrial?: boolean;
}
