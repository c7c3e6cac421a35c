import type { Undo } from '../ports.js';
import { TokenBucket } from './bucket.js';
import { Gate } from './gate.js';
import type { Lane } from './lane.js';
import { LearnedQuota } from './learned.js';
import type { Quota } from './options.js';
import { QuotaWindow } from './window.js';

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
    this.bucket ??= new TokenBucket(burst, ratePerSec, now);
    this.bucket.burst = burst;
    this.bucket.ratePerSec = ratePerSec;
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
  learned: LearnedQuota | undefined = undefined;
  maxConcurrent = Infinity;
  inFlight = 0;
  /** Lanes that pass through here. */
  readonly lanes = new Set<Lane>();
  /** Lanes that wait for this scope and for nothing else. */
  readonly parked = new Set<Lane>();
  timer: { at: number; stop: Undo } | undefined = undefined;
  #hint: { left: number; until: number; order: number } | undefined = undefined;

  constructor(readonly name: string) {}

  /** Gives the scope these quotas. Those it has already keep their state. */
  setQuotas(quotas: readonly Quota[], now: number): void {
    const old = this.quotas;
    this.quotas = quotas.map((quota) => {
      const at = old.findIndex(({ quota: { name, windowMs } }) => name === quota.name && (name !== undefined || windowMs === quota.windowMs));
      const kept = at < 0 ? undefined : old.splice(at, 1)[0];
      kept?.renumber(quota, now);
      return kept ?? new ScopedQuota(quota, now);
    });
  }

  /** When everything here allows `weight` permits: `now`, later, or Infinity while only an answer can tell. */
  freeAt(now: number, weight: number): number {
    let at = this.gate.freeAt(now);
    if (this.inFlight >= this.maxConcurrent) return Infinity;
    if (this.#hint) at = Math.max(at, this.#hintFreeAt(now, weight));
    for (const quota of this.quotas) {
      const free = quota.freeAt(now, weight);
      if (free > at) at = free;
    }
    if (this.learned) at = Math.max(at, this.learned.freeAt(now, weight));
    return at;
  }

  /** Takes permits that `freeAt` said are free. Returns whether this attempt is the gate's probe. */
  take(now: number, weight: number): boolean {
    this.inFlight++;
    for (const { window, bucket } of this.quotas) {
      window.take(weight);
      bucket?.take(weight);
    }
    this.learned?.take(now, weight);
    if (this.#hint) this.#hint.left -= weight;
    return this.gate.pass();
  }

  end(now: number, weight: number, accepted: boolean): void {
    this.inFlight--;
    for (const { window } of this.quotas) window.end(now, weight);
    this.learned?.end(now, weight, accepted);
  }

  undo(weight: number): void {
    this.inFlight--;
    for (const { window, bucket } of this.quotas) {
      window.undo(weight);
      bucket?.undo(weight);
    }
    this.learned?.undo(weight);
    if (this.#hint) this.#hint.left += weight;
  }

  /** Whether a quota of this scope is used up. */
  exhausted(now: number): boolean {
    return this.quotas.some((quota) => quota.freeAt(now, 1) > now);
  }

  /**
   * The platform says what is left. What is in flight may not be counted there yet, so it is taken off; and it only ever
   * lowers what we think: the windows stay as they are.
   *
   * @param order Order of the attempt that brought it; the answer of an older one does not replace a newer hint.
   */
  hint(remaining: number, until: number, order: number): void {
    if (this.#hint && order < this.#hint.order) return;
    this.#hint = { left: Math.max(0, remaining - this.inFlight), until, order };
  }

  /** When the `n`th permit from now can be expected. */
  estimate(now: number, n: number): number {
    let at = Math.max(now, this.gate.closedUntil);
    for (const { window, bucket } of this.quotas) {
      at = Math.max(at, window.estimate(now, n), bucket?.estimate(now, n) ?? now);
    }
    if (this.learned?.window) at = Math.max(at, this.learned.window.estimate(now, n));
    return at;
  }

  /** Whether forgetting it would change nothing. */
  idle(now: number): boolean {
    return (
      this.inFlight === 0 &&
      this.parked.size === 0 &&
      this.gate.freeAt(now) === now &&
      this.gate.state === 'open' &&
      !this.learned?.window &&
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
      learned: this.learned?.window
        ? { limit: this.learned.window.limit, windowMs: this.learned.window.windowMs, used: this.learned.window.used(now) }
        : undefined,
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
  learned: { limit: number; windowMs: number; used: number } | undefined;
}
