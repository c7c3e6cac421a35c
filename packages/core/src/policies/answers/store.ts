import type { ActiveCall } from '../../call/call.js';
import type { Clock } from '../../contract/clock.js';
import type { Invalidation, AnsweredEndpoint, EndpointRules, InvalidationRule, ReadMark } from './invalidation.js';
import { type SharedAnswer, sizeOf } from './kept-answer.js';
import type { ResolvedCache } from './options.js';

/** Bytes of an entry besides its texts and its body: objects, the slot of the map, and the strings' own heads (bench/scenarios/cache.mjs). */
const ENTRY_BYTES = 350;

/** How long an answer may be used. */
export interface Life {
  readonly ttlMs: number;
  readonly staleWhileRevalidateMs: number;
  /** Request headers that the answer depends on, with their values. */
  readonly varied: readonly (readonly [name: string, value: string])[];
}

/** One answer of the cache. */
export class Entry implements ReadMark {
  readonly since: number;
  checked: number;
  /** Whether a call used the answer since the store last looked for answers to drop. */
  isUsed = false;
  readonly bytes: number;
  readonly #storedAt: number;
  readonly #storedWall: number;

  constructor(
    key: string,
    readonly answer: SharedAnswer,
    readonly life: Life,
    { since, checked }: ReadMark,
    clock: Clock,
  ) {
    this.since = since;
    this.checked = checked;
    this.#storedAt = clock.now();
    this.#storedWall = clock.wall();
    let bytes = ENTRY_BYTES + sizeOf(key) + sizeOf(answer.body);
    for (const [name, value] of Object.entries(answer.headers)) bytes += name.length + sizeOf(value);
    this.bytes = bytes;
  }

  /** Age in ms. The monotonic clock may stop while a computer sleeps, and the wall clock may be set back, so the larger age counts. */
  age(clock: Clock): number {
    return Math.max(clock.now() - this.#storedAt, clock.wall() - this.#storedWall);
  }

  /** Whether the platform can confirm the answer without sending it again. */
  get isConfirmable(): boolean {
    const { headers } = this.answer;
    return headers.etag !== undefined || headers['last-modified'] !== undefined;
  }
}

/** The answers of one endpoint. Those that are not used are dropped first, the oldest before others. */
export class AnswerStore {
  readonly #entries = new Map<string, Entry>();
  bytes = 0;
  readonly rules: EndpointRules;

  constructor(
    public options: ResolvedCache,
    endpoint: AnsweredEndpoint,
    rules: readonly InvalidationRule[],
    readonly invalidation: Invalidation,
  ) {
    this.rules = invalidation.addEndpoint(endpoint, rules);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The keys and answers, for `explain`. */
  get entries(): ReadonlyMap<string, Entry> {
    return this.#entries;
  }

  /** Finds the answer for a call. The answer may be stale. */
  find(key: string, call: ActiveCall): Entry | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (!this.invalidation.isValid(entry, call, this.rules)) {
      this.delete(key);
      return undefined;
    }
    const { headers } = call.request;
    if (entry.life.varied.some(([name, value]) => (headers.get(name) ?? '') !== value)) return undefined;
    entry.isUsed = true;
    return entry;
  }

  /** Adds an answer. Returns false if the answer alone is too large. */
  set(key: string, entry: Entry): boolean {
    this.delete(key);
    if (entry.bytes > this.options.maxBytes) return false;
    this.#entries.set(key, entry);
    this.bytes += entry.bytes;
    this.limit();
    return true;
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.bytes -= entry.bytes;
  }

  /** Removes answers until the limits hold. */
  limit(): void {
    const { maxEntries, maxBytes } = this.options;
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= maxEntries && this.bytes <= maxBytes) return;
      if (!entry.isUsed) this.delete(key);
      else {
        // A mark is cheaper than a new place for each use. A used answer gets its new place now.
        entry.isUsed = false;
        this.#entries.delete(key);
        this.#entries.set(key, entry);
      }
    }
  }
}
