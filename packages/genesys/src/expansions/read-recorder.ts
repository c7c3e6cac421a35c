import { check } from '@holdline/core';

/** Keys under which an answer has its entities. */
const LISTS: ReadonlySet<string> = new Set(['entities', 'results', 'conversations', 'userDetails']);

/** Records which fields of an answer a program reads. */
export class ReadRecorder {
  readonly #onRead: (field: string) => void;
  // The same object of the answer gives the same proxy, so that `===` holds.
  readonly #proxies = new WeakMap<object, object>();

  /** @param onRead - Called with the name of each field that the program reads of an entity. */
  constructor(onRead: (field: string) => void) {
    this.#onRead = onRead;
  }

  /** The answer as a proxy. Its entities are the answer itself, or the objects of its list. */
  watch(answer: unknown): unknown {
    if (Array.isArray(answer)) return this.#watchList(answer);
    if (!check.isRecord(answer)) return answer;
    return this.#proxy(answer, (field, value) => {
      this.#onRead(field);
      return LISTS.has(field) && Array.isArray(value) ? this.#watchList(value) : value;
    });
  }

  #watchList(list: unknown[]): unknown {
    return this.#proxy(list, (_, value) =>
      check.isRecord(value)
        ? this.#proxy(value, (field, inner) => {
            this.#onRead(field);
            return inner;
          })
        : value,
    );
  }

  #proxy<T extends object>(target: T, read: (field: string, value: unknown) => unknown): T {
    const known = this.#proxies.get(target);
    if (known) return known as T;
    const proxy = new Proxy(target, {
      get(owner, key, receiver) {
        const value: unknown = Reflect.get(owner, key, receiver);
        if (typeof key === 'symbol' || !Object.hasOwn(owner, key)) return value;
        const descriptor = Object.getOwnPropertyDescriptor(owner, key);
        // A proxy must return the value of a frozen field itself.
        const isFixed = descriptor?.configurable === false && descriptor.writable === false;
        const given = read(key, value);
        return isFixed ? value : given;
      },
    });
    this.#proxies.set(target, proxy);
    return proxy;
  }
}
