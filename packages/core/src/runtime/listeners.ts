import { callable } from '../contract/check.js';
import type { Undo } from '../contract/clock.js';
import { ConfigError } from '../contract/errors.js';

type Listener = (told: never) => unknown;
const checkListener = callable<Listener>();

/**
 * For adapters: typed events of their own, which behave as those of a line do.
 *
 * @typeParam Events What each event tells, by name.
 * @example
 * ```ts
 * import { Listeners } from '@holdline/core';
 *
 * const listeners = new Listeners<{ drain: { queued: number } }>({ drain: true });
 * const stop = listeners.on('drain', ({ queued }) => console.log(queued));
 * listeners.emit('drain', { queued: 0 });
 * stop();
 * ```
 */
export class Listeners<Events extends object> {
  readonly #all = new Map<keyof Events, Set<Listener>>();

  /** @param names The names of all events there are. */
  constructor(private readonly names: Readonly<Record<keyof Events, true>>) {}

  /**
   * Listens. Returns what stops it.
   * @throws ConfigError for an event that there is not.
   */
  on<E extends keyof Events>(event: E, listener: (told: Events[E]) => void): Undo {
    if (!Object.hasOwn(this.names, event))
      throw new ConfigError(
        `event must be one of ${Object.keys(this.names).join(', ')}, got ${typeof event === 'string' ? `'${event.slice(0, 80)}'` : typeof event}`,
      );
    checkListener(listener, 'listener');
    // Wrapped, so that one function registered twice is two listeners.
    const entry: Listener = (told) => listener(told);
    let set = this.#all.get(event);
    if (!set) this.#all.set(event, (set = new Set()));
    set.add(entry);
    return () => void set.delete(entry);
  }

  /** Whether anybody listens. */
  has(event: keyof Events): boolean {
    const set = this.#all.get(event);
    return set !== undefined && set.size > 0;
  }

  /** Tells all. A listener that throws disturbs neither the caller nor the other listeners. */
  emit<E extends keyof Events>(event: E, told: Events[E]): void {
    // A copy: a listener may add listeners, which are for the events to come.
    for (const listener of [...(this.#all.get(event) ?? [])]) this.tell(listener, event, told);
  }

  /** Tells one listener. An async one that fails has thrown too. */
  tell<E extends keyof Events>(listener: Listener, event: E, told: Events[E]): void {
    try {
      const result = listener(told as never);
      if (result instanceof Promise) result.catch((error: unknown) => this.failed(event, error));
    } catch (error) {
      this.failed(event, error);
    }
  }

  /** A listener threw: nobody is disturbed, and it is not swallowed. */
  failed(_event: keyof Events, error: unknown): void {
    // eslint-disable-next-line no-restricted-globals -- nobody waits for it: it is thrown where the runtime hears of it
    queueMicrotask(() => {
      throw error;
    });
  }
}
