import type { SharedQuota } from '../../../contract/leases.js';

/** Number of ticks above which old ticks are dropped. */
const MAX_TICKS = 500;

/** Report of one process for the ledger, and the permits that the process used in the last window. */
export class UsageReport {
  #moves = new Map<string, [from: number, to: number, count: number]>();
  /** The batch in transit, until its arrival is confirmed. */
  #batch: { readonly id: number; readonly moves: readonly number[] } | undefined;
  #batches = 0;
  /** Permits answered per local tick, oldest first. */
  readonly #spent = new Map<number, number>();

  /** Whether anything is unconfirmed. */
  get isPending(): boolean {
    return this.#batch !== undefined || this.#moves.size > 0;
  }

  /** Whether anything was not sent yet. */
  get hasNews(): boolean {
    return this.#moves.size > 0;
  }

  /** Reports that permits that were free at one tick are free at another. */
  move(from: number, to: number, count: number): void {
    if (from === 0 && to === 0) return;
    const key = `${from}:${to}`;
    const known = this.#moves.get(key);
    if (known) known[2] += count;
    else this.#moves.set(key, [from, to, count]);
  }

  /** Gives back unused permits. */
  giveBack(permits: readonly Place[]): void {
    for (const { place, tick, count } of permits) this.move(place, tick, count);
  }

  /** Returns the batch to send: the unconfirmed one unchanged, or all moves since. */
  nextBatch(): { readonly id: number; readonly moves: readonly number[] } {
    if (!this.#batch && this.#moves.size > 0) {
      this.#batch = { id: ++this.#batches, moves: [...this.#moves.values()].flat() };
      this.#moves = new Map();
    }
    return this.#batch ?? { id: 0, moves: [] };
  }

  /** Records that the batch has arrived. */
  confirm(): void {
    this.#batch = undefined;
  }

  /** Drops the moves between two past ticks. */
  dropPast(isPast: (tick: number) => boolean): void {
    for (const [key, [from, to]] of this.#moves) if (isPast(from) && isPast(to)) this.#moves.delete(key);
  }

  /** Drops the whole report. */
  drop(): void {
    this.#batch = undefined;
    this.#moves = new Map();
  }

  /** Records the permits of an answered attempt. */
  recordSpent(now: number, count: number, quota: SharedQuota): void {
    if (this.#spent.size > MAX_TICKS) this.spent(now, quota);
    const tick = Math.ceil(now / quota.tickMs);
    this.#spent.set(tick, (this.#spent.get(tick) ?? 0) + count);
  }

  /** Returns the permits used in the last window: local answer times, oldest first, with the number of permits. */
  spent(now: number, { tickMs, windowMs }: SharedQuota): (readonly [at: number, count: number])[] {
    for (const tick of this.#spent.keys()) {
      if (tick * tickMs + windowMs > now) break;
      this.#spent.delete(tick);
    }
    return [...this.#spent].map(([tick, count]) => [tick * tickMs, count] as const);
  }
}

/** Ledger place of permits of an attempt. */
export interface Place {
  readonly count: number;
  /** Tick at which the permits are free; 0: unknown to the ledger. */
  readonly place: number;
  readonly tick: number;
  /** Whether the permits are trials beyond the known limit. */
  readonly isTrial?: boolean;
}
