import { PRIORITIES } from '../context.js';
import type { Undo } from '../ports.js';
import { TokenBucket } from './bucket.js';
import { Gate } from './gate.js';
import type { Lane } from './lane.js';
import type { LearnedQuota, LearnedSnapshot, Refusal } from './learned.js';
import type { Quota } from './options.js';
import { QuotaWindow } from './window.js';

/** Permits whose time is worked out one by one for an estimate; beyond, each limit is asked by itself. */
const MOST_ESTIMATES = 1_000;

/** Something that can tell when the `n`th permit is there. */
interface Estimating {
  estimate(now: number, n: number, from: number, takenAt?: (i: number) => number): number;
}

/** What a scope needs to know of an attempt. */
export interface Attempt {
  readonly weight: number;
  readonly order: number;
  /** Monotonic ms. */
  readonly sentAt: number;
}

/** A quota at work in one scope. */
class ScopedQuota {
  readonly window: QuotaWindow;
  bucket: TokenBucket | undefined = undefined;

  constructor(
    public quota: Quota,
    now: number,
  ) {
    this.window = new QuotaWindow(quota.limit, quota.windowMs);
    this.renumber(quota, now);
  }

  /** Takes new numbers; what is in use stays in use. */
  renumber(quota: Quota, now: number): void {
    this.quota = quota;
    this.window.limit = quota.limit;
    this.window.windowMs = quota.windowMs;
    if (quota.shape !== 'bucket') {
      this.bucket = undefined;
      return;
    }
    const burst = Math.min(quota.burst ?? quota.limit, quota.limit);
    const ratePerSec = quota.ratePerSec ?? (quota.limit / quota.windowMs) * 1000;
    if (this.bucket) this.bucket.renumber(burst, ratePerSec, now);
    else this.bucket = new TokenBucket(burst, ratePerSec, now);
  }

  freeAt(now: number, weight: number): number {
    const at = this.window.freeAt(now, weight);
    return this.bucket ? Math.max(at, this.bucket.freeAt(now, weight)) : at;
  }
}

/** What one quota, gate or concurrency limit is counted by, and the state of it. */
export class Scope {
  readonly gate = new Gate();
  quotas: ScopedQuota[] = [];
  /** Paces a scope for which no limit is documented, once a refusal taught one. */
  learned: LearnedQuota | undefined = undefined;
  maxConcurrent = Infinity;
  inFlight = 0;
  /** Permits of the attempts in flight. */
  permits = 0;
  /** Permits that waiting calls need here, by priority. Of a credential's scope: those of calls that nothing else holds back. */
  readonly waiting: number[] = PRIORITIES.map(() => 0);
  /** Lanes that pass through here. */
  readonly lanes = new Set<Lane>();
  /** Lanes that wait for this scope and for nothing else. */
  readonly parked = new Set<Lane>();
  /** The dispatch in which the parked lanes last got their chance. */
  reviewed = 0;
  timer: { at: number; stop: Undo } | undefined = undefined;
  #hint: { left: number; until: number; order: number } | undefined = undefined;

  constructor(
    public name: string,
    /** The {@link Group} it was made for; '' for credentials and routes. */
    public group: string,
    /** What it is counted by within the group. */
    readonly key: string,
    /** Whether all that passes here belongs to one tenant. */
    readonly ofTenant: boolean,
  ) {}

  /** Gives the scope these quotas. Those it has already keep their state, and new ones learn what was sent before them. */
  setQuotas(quotas: readonly Quota[], now: number): void {
    if (quotas.length === this.quotas.length && quotas.every((quota, i) => this.quotas[i]?.quota === quota)) return;
    const left = [...this.quotas];
    const longest = left.reduce<ScopedQuota | undefined>(
      (best, quota) => (best && best.window.windowMs >= quota.window.windowMs ? best : quota),
      undefined,
    );
    const history = new QuotaWindow(0, longest?.window.windowMs ?? 1);
    if (longest) history.adopt(longest.window);
    else history.take(this.permits);
    this.quotas = quotas.map((quota) => {
      const at = left.findIndex(
        ({ quota: { name, windowMs } }) => name === quota.name && (name !== undefined || windowMs === quota.windowMs),
      );
      const kept = at < 0 ? undefined : left.splice(at, 1)[0];
      if (kept) {
        kept.renumber(quota, now);
        return kept;
      }
      const added = new ScopedQuota(quota, now);
      added.window.adopt(history);
      return added;
    });
  }

  /** When everything here allows `weight` permits: `now`, later, or Infinity while only an answer can tell. */
  freeAt(now: number, weight: number): number {
    if (this.inFlight >= this.maxConcurrent) return Infinity;
    let at = this.gate.freeAt(now);
    if (this.#hint) at = Math.max(at, this.#hintFreeAt(now, weight));
    for (const quota of this.quotas) {
      const free = quota.freeAt(now, weight);
      if (free > at) at = free;
    }
    if (this.learned) at = Math.max(at, this.learned.freeAt(now, weight));
    return at;
  }

  /** Takes permits that `freeAt` said are free. Returns whether this attempt is the gate's probe. */
  take(now: number, weight: number, order: number): boolean {
    this.inFlight++;
    this.permits += weight;
    for (const { window, bucket } of this.quotas) {
      window.take(weight);
      bucket?.take(weight);
    }
    this.learned?.take(now, weight, order);
    if (this.#hint) this.#hint.left -= weight;
    return this.gate.pass(now);
  }

  /** @param refusal Set where it was this scope that refused. */
  end(now: number, attempt: Attempt, refusal: Refusal | undefined): void {
    const { weight } = attempt;
    this.inFlight--;
    this.permits -= weight;
    for (const { window } of this.quotas) window.end(now, weight);
    this.learned?.end(now, attempt, refusal);
  }

  undo({ weight, order }: Attempt): void {
    this.inFlight--;
    this.permits -= weight;
    for (const { window, bucket } of this.quotas) {
      window.undo(weight);
      bucket?.undo(weight);
    }
    this.learned?.undo(weight, order);
    if (this.#hint) this.#hint.left += weight;
  }

  /** Whether a quota of this scope is used up. */
  exhausted(now: number): boolean {
    return this.quotas.some((quota) => quota.freeAt(now, 1) > now);
  }

  /** Whether a call of this weight would wait for ever. */
  tooSmallFor(weight: number): boolean {
    return this.quotas.some(({ quota }) => quota.limit < weight);
  }

  /**
   * The platform says what is left. What is in flight may not be counted there yet, so it is taken off; and it only ever
   * lowers what we think: the windows stay as they are.
   *
   * @param order Order of the attempt that brought it; the answer of an older one does not replace a newer hint.
   */
  hint(remaining: number, until: number, order: number): void {
    if (this.#hint && order < this.#hint.order) return;
    // Below zero too: an attempt that turns out not to have been sent gives back what it took, no more.
    this.#hint = { left: remaining - this.permits, until, order };
  }

  /** When the `n`th permit can be expected, if nothing leaves before `notBefore`. */
  estimate(now: number, n: number, notBefore: number): number {
    let from = notBefore;
    if (this.#hint && this.#hint.left < n) from = Math.max(from, this.#hint.until);
    const limits: Estimating[] = this.quotas.flatMap(({ window, bucket }) => (bucket ? [window, bucket] : [window]));
    if (this.learned && this.learned.limit < Infinity) limits.push(this.learned);
    if (limits.length === 0) return from;
    if (limits.length === 1) return (limits[0] as Estimating).estimate(now, n, from);
    // Each limit spreads what the others count, so the times are worked out together, as far as that is worth it.
    const known = new Map<number, number>();
    const takenAt = (i: number): number => {
      let at = known.get(i);
      if (at !== undefined) return at;
      const together = known.size < MOST_ESTIMATES ? takenAt : undefined;
      known.set(i, from);
      at = Math.max(...limits.map((limit) => limit.estimate(now, i, from, together)));
      known.set(i, at);
      return at;
    };
    return takenAt(Math.ceil(n));
  }

  /** Whether forgetting it would change nothing. */
  idle(now: number): boolean {
    return (
      this.inFlight === 0 &&
      this.parked.size === 0 &&
      this.gate.idle(now) &&
      (!this.#hint || this.#hint.until <= now) &&
      (!this.learned || this.learned.idle(now)) &&
      this.quotas.every(({ window, bucket }) => window.idle(now) && (!bucket || bucket.full(now)))
    );
  }

  snapshot(now: number): ScopeSnapshot {
    return {
      scope: this.name,
      inFlight: this.inFlight,
      gate: this.gate.state,
      retryAt: this.gate.retryAt,
      quotas: this.quotas.map(({ quota, window }) => ({
        name: quota.name,
        limit: window.limit,
        windowMs: window.windowMs,
        used: window.used(now),
      })),
      learned: this.learned?.snapshot(now),
    };
  }

  #hintFreeAt(now: number, weight: number): number {
    const hint = this.#hint as { left: number; until: number };
    if (hint.until <= now) {
      this.#hint = undefined;
      return now;
    }
    return hint.left >= weight ? now : hint.until;
  }
}

/** A scope as plain data. */
export interface ScopeSnapshot {
  scope: string;
  /** Attempts on the wire. */
  inFlight: number;
  gate: 'open' | 'closed' | 'probing';
  /** Wall ms until which the gate is closed. */
  retryAt: number | undefined;
  quotas: { name: string | undefined; limit: number; windowMs: number; used: number }[];
  /** The limit learned from refusals, where none was given. */
  learned: LearnedSnapshot | undefined;
}
