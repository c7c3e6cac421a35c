import type { Place } from './usage-report.js';

/** Permits lent, by our clock. */
export interface Block {
  count: number;
  readonly from: number;
  readonly until: number;
  /** Tick at which it began: its place is free again then where it is not spent. */
  readonly tick: number;
  /** Tick under which the ledger counts it. */
  readonly place: number;
  /** Whether it goes beyond what is known to pass: only for those who can bear to be refused. */
  readonly isTrial: boolean;
}

/** Permits at hand, in the order in which they begin, in whatever order they were lent. */
export class LeasedPermits {
  #blocks: Block[] = [];

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  get count(): number {
    let count = 0;
    for (const block of this.#blocks) count += block.count;
    return count;
  }

  get first(): Block | undefined {
    return this.#blocks[0];
  }

  get last(): Block | undefined {
    return this.#blocks.at(-1);
  }

  /** When the first of them is over. Infinity where there are none. */
  get endsAt(): number {
    let at = Infinity;
    for (const { until } of this.#blocks) if (until < at) at = until;
    return at;
  }

  add(block: Block): void {
    const blocks = this.#blocks;
    let i = blocks.length;
    while (i > 0 && (blocks[i - 1] as Block).from > block.from) i--;
    blocks.splice(i, 0, block);
  }

  /** When `n` can be spent together, for the first time; undefined where there are never so many at one moment. */
  freeAt(now: number, n: number, trialsToo: boolean): number | undefined {
    for (const { from, until } of this.#blocks) {
      const at = Math.max(now, from);
      if (until > at && this.#countAt(at, n, trialsToo) >= n) return at;
    }
    return undefined;
  }

  /** How many can be spent at a moment, counted up to `enough`. */
  #countAt(at: number, enough: number, trialsToo: boolean): number {
    let count = 0;
    for (const block of this.#blocks) {
      if (block.from > at || count >= enough) break;
      if (block.until > at && (trialsToo || !block.isTrial)) count += block.count;
    }
    return count;
  }

  /** Takes `n` of those that can be spent now, as far as there are so many; trials last. */
  take(now: number, n: number): Place[] {
    const places: Place[] = [];
    let missing = n;
    for (const trials of [false, true]) {
      for (const block of this.#blocks) {
        if (missing === 0 || block.from > now) break;
        if (block.isTrial !== trials || block.until <= now) continue;
        const count = Math.min(block.count, missing);
        block.count -= count;
        missing -= count;
        if (count > 0) places.push({ count, place: block.place, tick: block.tick, ...(trials && { isTrial: true }) });
      }
    }
    if (this.#blocks.some(({ count }) => count === 0)) this.#blocks = this.#blocks.filter(({ count }) => count > 0);
    return places;
  }

  /** Takes out those whose time is over by then. */
  expired(now: number): Block[] {
    if (this.endsAt > now) return [];
    const gone = this.#blocks.filter(({ until }) => until <= now);
    this.#blocks = this.#blocks.filter(({ until }) => until > now);
    return gone;
  }

  /** Takes out all. */
  empty(): Block[] {
    return this.#blocks.splice(0);
  }
}
