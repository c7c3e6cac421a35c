/** An item of a {@link Heap}, which orders by `key`, lowest first, and sets `at`. */
export interface HeapItem {
  key: number;
  /** Index in the heap, or -1. */
  at: number;
}

/** A binary heap whose items know their index, so that any item can be moved or removed in O(log n). */
export class Heap<T extends HeapItem> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Returns the item with the lowest key. */
  peek(): T | undefined {
    return this.#items[0];
  }

  /** All items, in no order. */
  items(): T[] {
    return [...this.#items];
  }

  push(item: T): void {
    item.at = this.#items.length;
    this.#items.push(item);
    this.#moveUp(item.at);
  }

  /** Moves an item to its place after its key has changed. */
  update(item: T): void {
    this.#moveUp(item.at);
    this.#moveDown(item.at);
  }

  remove(item: T): void {
    const { at } = item;
    const last = this.#items.pop() as T;
    item.at = -1;
    if (last === item) return;
    this.#items[at] = last;
    last.at = at;
    this.update(last);
  }

  #moveUp(at: number): void {
    const items = this.#items;
    const item = items[at] as T;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = items[parentAt] as T;
      if (parent.key <= item.key) break;
      items[at] = parent;
      parent.at = at;
      at = parentAt;
    }
    items[at] = item;
    item.at = at;
  }

  #moveDown(at: number): void {
    const items = this.#items;
    const item = items[at] as T;
    for (;;) {
      let childAt = 2 * at + 1;
      if (childAt >= items.length) break;
      if (childAt + 1 < items.length && (items[childAt + 1] as T).key < (items[childAt] as T).key) childAt++;
      const child = items[childAt] as T;
      if (child.key >= item.key) break;
      items[at] = child;
      child.at = at;
      at = childAt;
    }
    items[at] = item;
    item.at = at;
  }
}
