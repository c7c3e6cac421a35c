import type { Undo } from './ports.js';

/** Values that are added before those whose owner is gone are looked for. */
const FIRST_SWEEP = 64;

/**
 * Values that live as long as their owners. A line keeps what it has of its clients in such sets, so that a client that nobody else
 * keeps is collected, with all that refers to it.
 */
export class OwnedSet<T> {
  readonly #entries = new Set<() => T | undefined>();
  /** A value may refer to its owner: here that keeps neither of them. */
  readonly #owned = new WeakMap<object, Map<() => T | undefined, T>>();
  #sweepAt = FIRST_SWEEP;

  /** @param owner Left out: the value is kept until undone. */
  add(value: T, owner?: object): Undo {
    this.#sweep();
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

  /** How many there are, those included whose owner is gone and that were not looked for yet. */
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
    return entry;
  }

  #sweep(): void {
    if (this.#entries.size < this.#sweepAt) return;
    for (const entry of this.#entries) if (entry() === undefined) this.#entries.delete(entry);
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#entries.size * 2);
  }
}
