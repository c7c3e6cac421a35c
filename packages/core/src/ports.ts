import { number, shape } from './check.js';

/** Undoes what the call that returned it did. Calling it twice does nothing the second time. */
export type Undo = () => void;

/**
 * The only source of time for every policy.
 *
 * `now` is monotonic and never jumps; `wall` is the calendar and may. Durations and timers use `now`, dates that a
 * platform or a user sees use `wall`.
 */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start. */
  now(): number;
  /** Milliseconds since the Unix epoch. */
  wall(): number;
  /** Runs `fn` once, `ms` milliseconds from now, however large `ms` is. Keeps the process alive until then. */
  setTimer(ms: number, fn: () => void): Undo;
}

/** The only source of chance for every policy. */
export interface Random {
  /** A number in `[0, 1)`. */
  next(): number;
}

/** What the journal remembers of one step of a transaction. Holds digests only, never a payload. */
export interface JournalEntry {
  /** The idempotency key as it goes on the wire. */
  readonly key: string;
  /** Digest of the payload the key was issued for. */
  readonly payloadDigest: string;
  /** Size of that payload in bytes. */
  readonly payloadBytes: number;
  /** Wall time at which the key was issued, in ms. */
  readonly issuedAt: number;
  /** How often the key of this step was rotated. */
  readonly generation: number;
  /** Attempts made under this key. */
  readonly attempts: number;
  /** What became of it, as far as is known. */
  readonly state: 'started' | 'answered' | 'unknown';
}

/** Where idempotency keys survive. */
export interface Journal {
  get(step: string): Promise<JournalEntry | undefined>;
  put(step: string, entry: JournalEntry): Promise<void>;
  delete(step: string): Promise<void>;
}

/** What a line keeps outside itself. The default, {@link memoryStore}, keeps it in the process. */
export interface Store {
  readonly journal: Journal;
}

/** What every policy is given besides its options. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
}

// A longer delay overflows setTimeout and fires at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real clock: `performance.now`, `Date.now` and `setTimeout`, with delays of any length. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  setTimer(ms, fn) {
    // setTimeout cuts off fractions, and a timer must not come early.
    let left = Math.max(0, Math.ceil(ms));
    let handle: ReturnType<typeof setTimeout>;
    const arm = (): void => {
      const step = Math.min(left, LONGEST_TIMER_MS);
      left -= step;
      handle = setTimeout(left > 0 ? arm : fn, step);
    };
    arm();
    return () => clearTimeout(handle);
  },
};

/** The real chance: `Math.random`. */
export const systemRandom: Random = { next: () => Math.random() };

const checkMemory = shape<{ maxEntries?: number }>({ maxEntries: number({ min: 1, integer: true }) });

/**
 * A store that lives and dies with the process.
 *
 * @param options.maxEntries How many journal entries are kept; the oldest goes first.
 *   @defaultValue 100,000 (ours: bounds memory at a few tens of MB)
 */
export function memoryStore(options: { maxEntries?: number } = {}): Store {
  const { maxEntries = 100_000 } = checkMemory(options, 'options');
  const entries = new Map<string, JournalEntry>();
  return {
    journal: {
      get: (step) => Promise.resolve(entries.get(step)),
      put(step, entry) {
        entries.delete(step);
        entries.set(step, entry);
        if (entries.size > maxEntries) entries.delete(entries.keys().next().value as string);
        return Promise.resolve();
      },
      delete(step) {
        entries.delete(step);
        return Promise.resolve();
      },
    },
  };
}
