import type { Undo } from '../contract/clock.js';

/**
 * Values that live as long as their owners. A line keeps the values of its clients in such sets, so that the garbage collector can
 * free an unused client and everything that refers to it.
 * @internal
 */
export class OwnedSet<T> {
  readonly #entries = new Set<() => T | undefined>();
  /** A WeakMap, so that a value that refers to its owner does not keep the owner alive. */
  readonly #owned = new WeakMap<object, Map<() => T | undefined, T>>();
  readonly #collected = new FinalizationRegistry<() => T | undefined>((entry) => this.#entries.delete(entry));

  /** @param owner - Object whose life bounds that of the value. Without it, the value stays until undone. */
  add(value: T, owner?: object): Undo {
    const entry = owner ? this.#entryOf(value, owner) : (): T => value;
    this.#entries.add(entry);
    const ref = owner && new WeakRef(owner);
    return () => {
      this.#entries.delete(entry);
      const alive = ref?.deref();
      if (alive) this.#owned.get(alive)?.delete(entry);
    };
  }

  /** The values whose owner is alive, in the order of their addition. */
  all(): T[] {
    const found: T[] = [];
    for (const entry of this.#entries) {
      const value = entry();
      if (value !== undefined) found.push(value);
    }
    return found;
  }

  /** Number of values. Values of an owner that was collected recently may still count. */
  get size(): number {
    return this.#entries.size;
  }

  #entryOf(value: T, owner: object): () => T | undefined {
    const ref = new WeakRef(owner);
    const owned = this.#owned;
    const entry = (): T | undefined => {
      const alive = ref.deref();
      return alive && owned.get(alive)?.get(entry);
    };
    const own = owned.get(owner);
    if (own) own.set(entry, value);
    else owned.set(owner, new Map([[entry, value]]));
    this.#collected.register(owner, entry);
    return entry;
  }
}
