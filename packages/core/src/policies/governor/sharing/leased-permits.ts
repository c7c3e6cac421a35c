import type { Place } from './usage-report.js';

/** Lent permits, in local time. */
export interface Block {
  count: number;
  readonly from: number;
  readonly until: number;
  /** Tick at which the validity begins. Unused permits are free again from this tick. */
  readonly tick: number;
  /** Tick at which the ledger counts the permits as free. */
  readonly place: number;
  /** Whether the permits are trials beyond the known limit, for calls that tolerate a refusal. */
  readonly isTrial: boolean;
}

/** Permits at hand, sorted by the start of their validity. */
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

  /** When the first block expires; Infinity without blocks. */
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

  /** Returns the first moment at which `n` permits can be used together; undefined where there is none. */
  freeAt(now: number, n: number, withTrials: boolean): number | undefined {
    for (const { from, until } of this.#blocks) {
      const at = Math.max(now, from);
      if (until > at && this.#countAt(at, n, withTrials) >= n) return at;
    }
    return undefined;
  }

  /** Returns the number of usable permits at a moment, counted up to `enough`. */
  #countAt(at: number, enough: number, withTrials: boolean): number {
    let count = 0;
    for (const block of this.#blocks) {
      if (block.from > at || count >= enough) break;
      if (block.until > at && (withTrials || !block.isTrial)) count += block.count;
    }
    return count;
  }

  /** Takes up to `n` permits that can be used now; trials last. */
  take(now: number, n: number): Place[] {
    const places: Place[] = [];
    let missing = n;
    for (const isTrial of [false, true]) {
      for (const block of this.#blocks) {
        if (missing === 0 || block.from > now) break;
        if (block.isTrial !== isTrial || block.until <= now) continue;
        const count = Math.min(block.count, missing);
        block.count -= count;
        missing -= count;
        if (count > 0) places.push({ count, place: block.place, tick: block.tick, ...(isTrial && { isTrial }) });
      }
    }
    if (this.#blocks.some(({ count }) => count === 0)) this.#blocks = this.#blocks.filter(({ count }) => count > 0);
    return places;
  }

  /** Takes out the expired permits. */
  takeExpired(now: number): Block[] {
    if (this.endsAt > now) return [];
    const expired = this.#blocks.filter(({ until }) => until <= now);
    this.#blocks = this.#blocks.filter(({ until }) => until > now);
    return expired;
  }

  /** Takes out all permits. */
  takeAll(): Block[] {
    return this.#blocks.splice(0);
  }
}
