import { check, ConfigError } from '@holdline/core';
import type { Bucket, HistoryRange, SavedHistory, SavedBucket } from '../types.js';
import { DurationHistogram } from './histogram.js';

/** Width and number of the buckets of each range. */
const RANGES: Record<HistoryRange, { widthMs: number; size: number }> = {
  hour: { widthMs: 10_000, size: 360 },
  day: { widthMs: 300_000, size: 288 },
  week: { widthMs: 3_600_000, size: 168 },
};

const RANGE_NAMES = Object.keys(RANGES) as HistoryRange[];

type Counts = Omit<Bucket, 'p50' | 'p95' | 'p99'>;

/** The fields of a bucket that events add to. */
export type CountedField = Exclude<keyof Counts, 'at' | 'quotaUse' | 'queued'>;

interface LiveBucket extends Counts {
  durations: DurationHistogram;
}

function createBucket(at: number): LiveBucket {
  return {
    at,
    ok: 0,
    failed: 0,
    attempts: 0,
    refusals: 0,
    retries: 0,
    rejected: 0,
    saved: 0,
    tokenRefreshes: 0,
    waitedMs: 0,
    quotaUse: undefined,
    queued: 0,
    durations: new DurationHistogram(),
  };
}

function freeze({ durations, ...counts }: LiveBucket): Bucket {
  return { ...counts, ...durations.quantiles() };
}

/** The buckets of one range, oldest first. Intervals in which the process did not run have no bucket. */
class Ring {
  #closed: Bucket[] = [];
  #current: LiveBucket | undefined;

  constructor(
    private readonly widthMs: number,
    private readonly size: number,
  ) {}

  /** Returns the bucket of a wall time. */
  at(wall: number): LiveBucket {
    const current = this.#current;
    if (current && wall >= current.at && wall < current.at + this.widthMs) return current;
    return this.#roll(wall);
  }

  #roll(wall: number): LiveBucket {
    const at = Math.floor(wall / this.widthMs) * this.widthMs;
    const current = this.#current;
    if (current && at < current.at) {
      // A small correction of the clock is no reason for a new bucket.
      if (current.at - wall <= this.widthMs) return current;
      // The clock was set back. The buckets of times to come would be counted twice.
      this.#closed = this.#closed.filter((bucket) => bucket.at < at);
    } else if (current) {
      this.#closed.push(freeze(current));
    }
    const oldest = at - (this.size - 1) * this.widthMs;
    while (this.#closed.length > 0 && (this.#closed[0] as Bucket).at < oldest) this.#closed.shift();
    return (this.#current = createBucket(at));
  }

  read(wall: number): Bucket[] {
    const oldest = Math.floor(wall / this.widthMs) * this.widthMs - (this.size - 1) * this.widthMs;
    const all = this.#current ? [...this.#closed, freeze(this.#current)] : this.#closed;
    return all.filter(({ at }) => at >= oldest);
  }

  /** The buckets without the current one, and the current one with its durations. */
  save(): SavedBucket[] {
    const current = this.#current;
    return current ? [...this.#closed, { ...freeze(current), durations: current.durations.entries() }] : this.#closed;
  }

  restore(saved: readonly unknown[], wall: number): void {
    const now = Math.floor(wall / this.widthMs) * this.widthMs;
    const oldest = now - (this.size - 1) * this.widthMs;
    let last = -Infinity;
    for (const one of saved) {
      const bucket = readBucket(one);
      if (!bucket || bucket.at % this.widthMs !== 0 || bucket.at <= last || bucket.at < oldest || bucket.at > now)
        continue;
      last = bucket.at;
      const { durations = [], p50, p95, p99, ...counts } = bucket;
      if (bucket.at < now) {
        this.#closed.push({ ...counts, p50, p95, p99 });
        continue;
      }
      this.#current = { ...counts, durations: new DurationHistogram() };
      this.#current.durations.addEntries(durations);
    }
  }
}

/** Counts of the last hour, day and week, in bounded memory: 816 buckets. */
export class History {
  readonly #rings = new Map(RANGE_NAMES.map((name) => [name, new Ring(RANGES[name].widthMs, RANGES[name].size)]));
  readonly #all = [...this.#rings.values()];

  add(field: CountedField, wall: number, by = 1): void {
    for (const ring of this.#all) ring.at(wall)[field] += by;
  }

  addCall(ok: boolean, durationMs: number, waitedMs: number, wall: number): void {
    for (const ring of this.#all) {
      const bucket = ring.at(wall);
      bucket[ok ? 'ok' : 'failed']++;
      bucket.waitedMs += waitedMs;
      bucket.durations.add(durationMs);
    }
  }

  /** Records the state at a time. Without a state, only that the process runs. */
  sample(wall: number, queued = 0, quotaUse?: number): void {
    for (const ring of this.#all) {
      const bucket = ring.at(wall);
      bucket.queued = Math.max(bucket.queued, queued);
      if (quotaUse !== undefined) bucket.quotaUse = Math.max(bucket.quotaUse ?? 0, quotaUse);
    }
  }

  read(range: HistoryRange, wall: number): Bucket[] {
    const ring = this.#rings.get(range);
    return ring ? ring.read(wall) : check.refuse('range', range, `'${RANGE_NAMES.join("', '")}'`);
  }

  save(): SavedHistory {
    const save = (range: HistoryRange): SavedBucket[] => (this.#rings.get(range) as Ring).save();
    return { version: 1, hour: save('hour'), day: save('day'), week: save('week') };
  }

  /** Takes a saved history. Buckets that are damaged, too old or of a time to come are left out. */
  restore(saved: SavedHistory, wall: number): void {
    if (saved.version !== 1)
      throw new ConfigError('options.history must be a history that exportHistory() of this version returned');
    for (const [range, ring] of this.#rings) {
      const buckets: unknown = saved[range];
      if (Array.isArray(buckets)) ring.restore(buckets, wall);
    }
  }
}

const amount = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : NaN;

const optional = (value: unknown): number | undefined => {
  const number = amount(value);
  return Number.isNaN(number) ? undefined : number;
};

/** Reads a bucket from JSON, in which absent fields are missing or null. */
function readBucket(value: unknown): SavedBucket | undefined {
  if (!check.isRecord(value)) return undefined;
  const { durations, ...given } = value;
  const bucket = createBucket(amount(given.at));
  const counts: Counts = { ...bucket, quotaUse: optional(given.quotaUse) };
  delete (counts as { durations?: unknown }).durations;
  for (const field of Object.keys(counts) as (keyof Counts)[]) {
    if (field === 'quotaUse') continue;
    const count = amount(given[field]);
    if (Number.isNaN(count)) return undefined;
    counts[field] = count;
  }
  const quantiles = { p50: optional(given.p50), p95: optional(given.p95), p99: optional(given.p99) };
  const entries = Array.isArray(durations)
    ? durations.filter((entry): entry is [number, number] => Array.isArray(entry))
    : [];
  return { ...counts, ...quantiles, durations: entries };
}
