import type { Gap, Notification } from './events.js';

/** An item of the async iterator. */
export type Item = Notification | Gap;

/** One async iterator over a feed. It buffers a bounded number of items. */
export class Reader implements AsyncIterableIterator<Item> {
  readonly #items: Item[] = [];
  readonly #waiting: ((result: IteratorResult<Item>) => void)[] = [];
  /** Wall time in ms before which no buffered item arrived. */
  #oldestAt = 0;
  /** Dropped items that no gap has reported yet. */
  #dropped: { topics: Set<string>; from: number; count: number } | undefined;
  #isEnded = false;

  constructor(
    readonly maxBuffered: number,
    readonly readWall: () => number,
    readonly onReturn: (reader: Reader) => void,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(item: Item): void {
    const waiting = this.#waiting.shift();
    if (waiting) return waiting({ done: false, value: item });
    if (this.#items.length === 0) this.#oldestAt = this.readWall();
    this.#items.push(item);
    if (this.#items.length > this.maxBuffered) this.#dropItem(this.#items.shift() as Item);
  }

  next(): Promise<IteratorResult<Item>> {
    const value = this.#takeGap() ?? this.#items.shift();
    if (value) return Promise.resolve({ done: false, value });
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<Item>> {
    this.#items.length = 0;
    this.#dropped = undefined;
    this.end();
    this.onReturn(this);
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the iterator. Buffered items can still be read. */
  end(): void {
    this.#isEnded = true;
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }

  #dropItem(item: Item): void {
    this.#dropped ??= { topics: new Set(), from: this.#oldestAt, count: 0 };
    if (item.kind === 'gap') this.#dropped.from = Math.min(this.#dropped.from, item.from);
    this.#dropped.count++;
    for (const topic of item.kind === 'gap' ? item.topics : [item.topic]) this.#dropped.topics.add(topic);
  }

  #takeGap(): Gap | undefined {
    if (!this.#dropped) return undefined;
    const { topics, from, count } = this.#dropped;
    this.#dropped = undefined;
    const reason = `the reader was too slow: ${count} items dropped`;
    return { kind: 'gap', topics: [...topics], from, to: this.readWall(), reason };
  }
}
