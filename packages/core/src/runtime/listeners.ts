import { callable } from '../contract/check.js';
import type { Undo } from '../contract/clock.js';
import { ConfigError } from '../contract/errors.js';

type Listener = (payload: never) => unknown;
const checkListener = callable<Listener>();

/**
 * For adapters: typed events of an adapter. They behave like the events of a line.
 *
 * @typeParam Events - The payload of each event, by name.
 * @example
 * ```ts
 * import { Listeners } from '@holdline/core';
 *
 * const listeners = new Listeners<{ drain: { queued: number } }>({ drain: true });
 * const stop = listeners.on('drain', ({ queued }) => console.log(queued));
 * listeners.emit('drain', { queued: 0 });
 * stop();
 * ```
 * @public
 */
export class Listeners<Events extends object> {
  readonly #all = new Map<keyof Events, Set<Listener>>();

  /** @param names - The names of all events. */
  constructor(private readonly names: Readonly<Record<keyof Events, true>>) {}

  /**
   * Adds a listener. The returned function removes it.
   * @throws ConfigError for an unknown event.
   */
  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): Undo {
    if (!Object.hasOwn(this.names, event))
      throw new ConfigError(
        `event must be one of ${Object.keys(this.names).join(', ')}, got ${typeof event === 'string' ? `'${event.slice(0, 80)}'` : typeof event}`,
      );
    checkListener(listener, 'listener');
    // The wrapper makes one function registered twice two listeners.
    const entry: Listener = (payload) => listener(payload);
    let set = this.#all.get(event);
    if (!set) this.#all.set(event, (set = new Set()));
    set.add(entry);
    return () => void set.delete(entry);
  }

  /** Whether an event has listeners. */
  has(event: keyof Events): boolean {
    const set = this.#all.get(event);
    return set !== undefined && set.size > 0;
  }

  /** Calls all listeners to an event. A listener that throws affects neither the caller nor the other listeners. */
  emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    // A listener may add listeners; the copy excludes them from this event.
    for (const listener of [...(this.#all.get(event) ?? [])]) this.notify(listener, event, payload);
  }

  /** Calls one listener. A rejection of an async listener counts as a throw. */
  notify<E extends keyof Events>(listener: (payload: never) => unknown, event: E, payload: Events[E]): void {
    try {
      const result = listener(payload as never);
      if (result instanceof Promise) result.catch((error: unknown) => this.recordFailure(event, error));
    } catch (error) {
      this.recordFailure(event, error);
    }
  }

  /** Throws the error of a listener in a microtask, so that the runtime reports it as uncaught. */
  recordFailure(_event: keyof Events, error: unknown): void {
    // eslint-disable-next-line no-restricted-globals -- no code waits for this microtask; the runtime reports its error
    queueMicrotask(() => {
      throw error;
    });
  }
}
