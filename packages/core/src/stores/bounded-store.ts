import type { Clock } from '../contract/clock.js';
import { durationInWords } from '../contract/duration.js';
import { StoreLostError } from '../contract/errors.js';
import type { Store } from '../contract/store.js';

/** Maximal wait for one exchange with a store, ms. Ten times the time that `redisStore` itself waits for an answer. */
export const EXCHANGE_LIMIT_MS = 5_000;

/** For each part of a store, the methods that wait for an answer of the store. */
const EXCHANGES = {
  journal: ['get', 'put', 'replace', 'delete'],
  leases: ['exchange', 'closeGate'],
  tokens: ['claim', 'renew', 'put', 'release', 'remove'],
  sessions: ['claim', 'leave'],
  deadLetters: ['put', 'list', 'claim', 'renew', 'settle', 'delete'],
} as const satisfies { [Part in keyof Store]?: readonly (keyof NonNullable<Store[Part]>)[] };

/**
 * Wraps a store and limits the time of every exchange, so that no call waits for a store that never answers.
 *
 * An exchange that takes longer than {@link EXCHANGE_LIMIT_MS} rejects with a `StoreLostError`. A later answer is ignored.
 */
export function boundedStore(store: Store, clock: Clock): Store {
  const bounded: Record<string, unknown> = { watch: store.watch?.bind(store) };
  for (const [name, methods] of Object.entries(EXCHANGES)) {
    const part = store[name as keyof typeof EXCHANGES];
    if (part) bounded[name] = wrapPart(part, name, methods, clock);
  }
  // The salt would allow guessing credentials by their names. A property that is not enumerable is not printed.
  return Object.defineProperty(bounded, 'salt', { get: () => store.salt }) as unknown as Store;
}

/** One wrapper per part and clock, because lines on one store compare its parts by identity. */
const wrappers = new WeakMap<object, WeakMap<Clock, object>>();

function wrapPart(part: object, name: string, methods: readonly string[], clock: Clock): object {
  const byClock = wrappers.get(part) ?? new WeakMap<Clock, object>();
  wrappers.set(part, byClock);
  const known = byClock.get(clock);
  if (known) return known;
  const wrapper = new Proxy(part, {
    get(target, key) {
      // A class may have private members, so each member is read from the part itself and called on it.
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const run = (...args: unknown[]): unknown => Reflect.apply(value, target, args);
      if (!methods.includes(String(key))) return run;
      return (...args: unknown[]) => limitTime(() => run(...args), `${name}.${String(key)}`, clock);
    },
  });
  byClock.set(clock, wrapper);
  return wrapper;
}

/**
 * Settles as an exchange with a store does, or rejects when the limit has passed.
 * @internal
 */
export function limitTime<T>(
  exchange: () => T | Promise<T>,
  what: string,
  clock: Clock,
  limitMs = EXCHANGE_LIMIT_MS,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const answer = Promise.resolve(exchange());
    const stop = clock.setTimer(limitMs, () =>
      reject(new StoreLostError(`the store did not answer ${what} within ${durationInWords(limitMs)}`)),
    );
    answer.then(resolve, reject).finally(stop);
  });
}
