import { createHoldline, type Holdline, type HoldlineConfig } from '../../index.js';
import { answered, failed, type Outcome } from '../../contract/outcome.js';
import { assertNoStalledCalls, seededRandom, VirtualClock } from '../../testing.js';

/** A simulated platform, independent of the governor's code. It accepts or refuses arriving attempts. */
export interface Platform {
  limit: number;
  /** Returns 0 for an accepted attempt, else the wait of the refusal in ms. */
  arrive(at: number): number;
  /** How many attempts are accepted between two moments under constant load. */
  wouldGrant(from: number, to: number): number;
  /** The remaining permits, and the ms until all are regained. */
  left?(at: number): { remaining: number; resetMs: number };
}

/** Quota headers of a platform, with `reset` in whole seconds from now. */
export function headersOf(platform: Platform): (at: number) => Record<string, string> {
  return (at) => {
    const { remaining = 0, resetMs = 0 } = platform.left?.(at) ?? {};
    return { 'x-ratelimit-remaining': String(remaining), 'x-ratelimit-reset': String(Math.ceil(resetMs / 1_000)) };
  };
}

export type Kind = 'fixed' | 'sliding' | 'bucket';

/** Counts in fixed windows. The first window begins `phaseMs` after 0. */
export class FixedWindows implements Platform {
  #window = NaN;
  #used = 0;

  constructor(
    public limit: number,
    readonly windowMs: number,
    readonly phaseMs: number,
  ) {}

  arrive(at: number): number {
    const window = Math.floor((at - this.phaseMs) / this.windowMs);
    if (window !== this.#window) {
      this.#window = window;
      this.#used = 0;
    }
    if (this.#used >= this.limit) return this.phaseMs + (window + 1) * this.windowMs - at;
    this.#used++;
    return 0;
  }

  left(at: number): { remaining: number; resetMs: number } {
    const edge = this.phaseMs + (this.#window + 1) * this.windowMs;
    return { remaining: Math.max(0, this.limit - this.#used), resetMs: edge - at };
  }

  wouldGrant(from: number, to: number): number {
    const windowOf = (at: number): number => Math.floor((at - this.phaseMs) / this.windowMs);
    return (windowOf(to - 1) - windowOf(from) + 1) * this.limit;
  }
}

/** Counts the attempts accepted during the last window. */
export class SlidingWindow implements Platform {
  #log: number[] = [];

  constructor(
    public limit: number,
    readonly windowMs: number,
  ) {}

  arrive(at: number): number {
    this.#log = this.#log.filter((time) => time + this.windowMs > at);
    if (this.#log.length < this.limit) {
      this.#log.push(at);
      return 0;
    }
    return (this.#log[this.#log.length - this.limit] as number) + this.windowMs - at;
  }

  left(at: number): { remaining: number; resetMs: number } {
    const used = this.#log.length;
    return { remaining: Math.max(0, this.limit - used), resetMs: (this.#log[0] ?? at) + this.windowMs - at };
  }

  wouldGrant(from: number, to: number): number {
    return Math.ceil((to - from) / this.windowMs) * this.limit;
  }
}

/** A token bucket that starts full and refills evenly. */
export class Bucket implements Platform {
  #level: number;
  #at = 0;

  constructor(
    public limit: number,
    readonly windowMs: number,
    readonly burst = limit,
  ) {
    this.#level = burst;
  }

  arrive(at: number): number {
    this.#level = Math.min(this.burst, this.#level + ((at - this.#at) * this.limit) / this.windowMs);
    this.#at = at;
    if (this.#level < 1) return ((1 - this.#level) * this.windowMs) / this.limit;
    this.#level--;
    return 0;
  }

  left(): { remaining: number; resetMs: number } {
    const missing = this.burst - this.#level;
    return { remaining: Math.floor(this.#level), resetMs: (missing * this.windowMs) / this.limit };
  }

  wouldGrant(from: number, to: number): number {
    return this.burst + ((to - from) * this.limit) / this.windowMs;
  }
}

export function platformOf(kind: Kind, limit: number, windowMs: number, phaseMs = 0): Platform {
  if (kind === 'fixed') return new FixedWindows(limit, windowMs, phaseMs);
  return kind === 'sliding' ? new SlidingWindow(limit, windowMs) : new Bucket(limit, windowMs);
}

export interface Load {
  workers?: number;
  untilMs: number;
  seed: number;
  /** Upper bound of the random delay, in ms, of each request (on top of 2 ms) and each answer (on top of `serviceMs`). */
  jitterMs?: number;
  /** From the platform's decision to its answer, ms. */
  serviceMs?: number;
  /** Part of the answers that are lost. */
  lost?: number;
  /** Whether Retry-After has fractions of a second. Otherwise it is rounded up to seconds. */
  exact?: boolean;
  /** Interval of another client's attempts, in ms. */
  otherEveryMs?: number;
  /** Headers of the answer to an attempt that arrived at `at`. */
  headers?: (at: number) => Record<string, string>;
  /** Changes of the limit during the run. */
  changes?: [at: number, limit: number][];
  /** Paths of the calls, in turn. */
  paths?: string[];
  /** Separate platforms by path. */
  hidden?: Record<string, Platform>;
  /** Continues after `untilMs` until every call has settled. */
  drains?: boolean;
}

export interface Result {
  line: Holdline;
  /** Arrival times at the platform. */
  accepted: number[];
  refused: number[];
  otherAccepted: number[];
  otherRefused: number[];
  /** Number of calls. */
  calls: number;
  /** Calls that ended with an answer. */
  answered: number;
  failed: number;
}

/** Runs workers that make calls without pause until `untilMs`. */
export async function saturate(config: HoldlineConfig, platform: Platform, load: Load): Promise<Result> {
  const { workers = 20, untilMs, seed, jitterMs = 5, serviceMs = 30, lost = 0, exact = false, paths = ['/x'] } = load;
  const clock = new VirtualClock();
  const chance = seededRandom(seed);
  const line = createHoldline({
    clock,
    random: seededRandom(seed + 1),
    breaker: false,
    idempotency: false,
    retry: { maxAttempts: 20 },
    ...config,
  });
  clock.afterEachStep(() => assertNoStalledCalls(line));
  const ended = { calls: 0, answered: 0, failed: 0 };
  const result: Result = { line, accepted: [], refused: [], otherAccepted: [], otherRefused: [], ...ended };
  const after = (ms: number): Promise<void> => new Promise((resolve) => clock.setTimer(ms, resolve));
  const attempt = async (path: string): Promise<Outcome> => {
    await after(2 + chance.next() * jitterMs);
    const at = clock.now();
    const own = load.hidden?.[path]?.arrive(at) ?? 0;
    const waitMs = own > 0 ? own : platform.arrive(at);
    (waitMs > 0 ? result.refused : result.accepted).push(at);
    const headers = load.headers?.(at);
    const retryAfter = exact ? (Math.ceil(waitMs) / 1_000).toFixed(3) : String(Math.ceil(waitMs / 1_000));
    await after(serviceMs + chance.next() * jitterMs);
    if (chance.next() < lost) return failed(new Error('lost'), 'unknown');
    const status = waitMs > 0 ? 429 : 200;
    const header = (name: string): string | undefined =>
      waitMs > 0 && name === 'retry-after' ? retryAfter : headers?.[name];
    return answered({ status }, { status, header, threw: status !== 200, limitKey: undefined });
  };
  const request = (path: string) => ({
    method: 'GET',
    url: `https://h${path}`,
    headers: { get: () => undefined, set: () => undefined },
    replayable: true,
    send: () => attempt(path),
  });
  let turn = 0;
  const worker = async (): Promise<void> => {
    while (clock.now() < untilMs) {
      result.calls++;
      await line.run(request(paths[turn++ % paths.length] as string)).then(
        () => result.answered++,
        () => result.failed++,
      );
    }
  };
  for (const [at, limit] of load.changes ?? []) clock.setTimer(at, () => (platform.limit = limit));
  const other = load.otherEveryMs;
  if (other !== undefined) {
    const ask = (): void => {
      (platform.arrive(clock.now()) > 0 ? result.otherRefused : result.otherAccepted).push(clock.now());
      if (clock.now() < untilMs) clock.setTimer(other, ask);
    };
    clock.setTimer(other * chance.next(), ask);
  }
  for (let i = 0; i < workers; i++) void worker();
  await clock.advance(untilMs);
  for (let minutes = 0; load.drains && line.snapshot().calls > 0 && minutes < 60; minutes++)
    await clock.advance(60_000);
  return result;
}

/** The highest number of these moments within any window. */
export function mostWithin(times: readonly number[], windowMs: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [i, time] of sorted.entries()) {
    while ((sorted[first] as number) + windowMs <= time) first++;
    most = Math.max(most, i - first + 1);
  }
  return most;
}

export const between = (times: readonly number[], from: number, to: number): number =>
  times.filter((time) => time >= from && time < to).length;
