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

/** Where the ledger counts the permits of an attempt. */
export interface Place {
  readonly count: number;
  /** 0: the ledger knows nothing of them. */
  readonly place: number;
  readonly tick: number;
  /** Whether they went beyond what is known to pass. */
  readonly isTrial?: boolean;
}

/** Permits at hand, in the order in which they begin. */
export class Purse {
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

  add(block: Block): void {
    this.#blocks.push(block);
  }

  /** When `n` can be spent together; undefined where there are not so many. */
  freeAt(now: number, n: number, trialsToo: boolean): number | undefined {
    let count = 0;
    for (const block of this.#blocks) {
      if (block.until <= now || (block.isTrial && !trialsToo)) continue;
      count += block.count;
      if (count >= n) return Math.max(now, block.from);
    }
    return undefined;
  }

  /** Takes `n`, as far as there are so many; trials last. */
  take(n: number): Place[] {
    const places: Place[] = [];
    let missing = n;
    for (const trials of [false, true]) {
      for (const block of this.#blocks) {
        if (missing === 0) break;
        if (block.isTrial !== trials) continue;
        const count = Math.min(block.count, missing);
        block.count -= count;
        missing -= count;
        if (count > 0) places.push({ count, place: block.place, tick: block.tick, isTrial: trials });
      }
    }
    if (this.#blocks.some(({ count }) => count === 0)) this.#blocks = this.#blocks.filter(({ count }) => count > 0);
    return places;
  }

  /** Takes out those whose time is over by then. */
  expired(now: number): Block[] {
    const gone: Block[] = [];
    for (let block = this.#blocks[0]; block && block.until <= now; block = this.#blocks[0]) {
      gone.push(block);
      this.#blocks.shift();
    }
    return gone;
  }

  /** Takes out all. */
  empty(): Block[] {
    return this.#blocks.splice(0);
  }
}
