import type { Clock } from '../../contract/clock.js';

/** For how long a list that cannot be read is not tried again. */
const OFF_MS = 300_000;
/** For how long a learned size holds. */
const LEARNED_MS = 600_000;
/** Maximal number of lists to remember. The oldest is forgotten first. */
const MAX_LISTS = 1_000;

/** Sizes of lists of one path. */
interface Sizes {
  /** Largest size that worked. */
  worked: number;
  /** Smallest size that the platform refused. */
  refused: number;
}

/** What the answers to lists say about further lists. */
export class ListLimits {
  readonly #off: Expiring<true>;
  readonly #sizes: Expiring<Sizes>;

  constructor(
    readonly max: number,
    clock: Clock,
  ) {
    this.#off = new Expiring(clock, OFF_MS);
    this.#sizes = new Expiring(clock, LEARNED_MS);
  }

  /** Whether a list of this owner cannot be read at present. */
  isOff(list: string): boolean {
    return this.#off.get(list) !== undefined;
  }

  switchOff(list: string): void {
    this.#off.set(list, true);
  }

  /** Largest number of ids for a list of this path. */
  maxOf(path: string): number {
    const { worked, refused } = this.#sizes.get(path) ?? { worked: 0, refused: Infinity };
    // If a larger list worked, the refusal was about the ids and not about their number.
    if (refused <= worked || refused === Infinity) return this.max;
    return Math.min(this.max, worked > 1 ? worked : Math.floor(refused / 2));
  }

  record(path: string, size: number, isRefused: boolean): void {
    let sizes = this.#sizes.get(path);
    if (!sizes) this.#sizes.set(path, (sizes = { worked: 0, refused: Infinity }));
    if (isRefused) sizes.refused = Math.min(sizes.refused, size);
    else sizes.worked = Math.max(sizes.worked, size);
  }
}

/** A bounded map whose entries end after a time. */
class Expiring<T> {
  readonly #entries = new Map<string, { value: T; until: number }>();

  constructor(
    readonly clock: Clock,
    readonly ms: number,
  ) {}

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry || entry.until > this.clock.now()) return entry?.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: T): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= MAX_LISTS && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, { value, until: this.clock.now() + this.ms });
  }
}
