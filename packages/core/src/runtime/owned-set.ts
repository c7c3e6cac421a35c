import type { Undo } from '../contract/clock.js';

/**
 * Values that live as long as their owners. A line keeps what it has of its clients in such sets, so that a client that nobody else
 * keeps is collected, with all that refers to it.
 */
export class OwnedSet<T> {
  readonly #entries = new Set<() => T | undefined>();
  /** A value may refer to its owner: here that keeps neither of them. */
  readonly #owned = new WeakMap<object, Map<() => T | undefined, T>>();
  readonly #collected = new FinalizationRegistry<() => T | undefined>((entry) => this.#entries.delete(entry));

  /** @param owner Left out: the value is kept until undone. */
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

  /** Those whose owner is alive, in the order in which they were added. */
  all(): T[] {
    const found: T[] = [];
    for (const entry of this.#entries) {
      const value = entry();
      if (value !== undefined) found.push(value);
    }
    return found;
  }

  /** How many there are, those included whose owner was collected just now. */
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
