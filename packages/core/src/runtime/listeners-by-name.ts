import type { Undo } from '../contract/clock.js';

/**
 * Listeners to the messages about one name each.
 * @internal
 */
export class ListenersByName {
  readonly #byName = new Map<string, Set<() => void>>();

  add(name: string, fn: () => void): Undo {
    const listeners = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, listeners);
    // The same function may be added twice, and each removal removes one.
    const listener = (): void => fn();
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#byName.get(name) === listeners) this.#byName.delete(name);
    };
  }

  /** Whether a name has listeners. */
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  notify(name: string): void {
    for (const listener of [...(this.#byName.get(name) ?? [])]) listener();
  }

  notifyAll(): void {
    for (const name of [...this.#byName.keys()]) this.notify(name);
  }
}
