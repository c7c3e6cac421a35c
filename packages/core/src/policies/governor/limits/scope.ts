import type { Attempt } from '../../../contract/counting.js';
import type { QuotaLease, QuotaSharing, SharedScope } from '../../../contract/leases.js';
import type { AdaptiveQuota } from '../learning/adaptive-quota.js';
import type { AttemptResult } from '../learning/types.js';
import type { Quota } from '../options.js';
import { Gate } from './gate.js';
import type { Pacer } from './pacer.js';
import { QuotaHint } from './quota-hint.js';
import { ScopedQuota, sharedTermsOf } from './scoped-quota.js';
import { fleetSnapshotOf, type Learning, type ScopeKind, type ScopeSnapshot, snapshotOf } from './snapshot.js';

/** Maximum number of permits whose times are computed one by one for an estimate. Beyond, each limit is estimated separately. */
const MAX_ESTIMATES = 1_000;

const SCOPE_KINDS: readonly ScopeKind[] = ['credential', 'route', 'tenant', 'host', 'bulkhead'];

/** A limit that estimates when the `n`th permit is free. */
interface Estimating {
  estimate(now: number, n: number, from: number, takenAt?: (i: number) => number): number;
}

/** State of one scope: quotas, gate, concurrency and pacing. */
export class Scope implements SharedScope {
  readonly gate = new Gate();
  quotas: ScopedQuota[] = [];
  /** Limit of a scope without a configured quota, after a refusal taught one. */
  learned: AdaptiveQuota | undefined = undefined;
  /** Spaces the attempts of a credential. */
  pacer: Pacer | undefined = undefined;
  maxConcurrent = Infinity;
  inFlight = 0;
  /** Permits of the attempts in flight. */
  permits = 0;
  /** When the last attempt left, monotonic ms. */
  usedAt = -Infinity;
  /** Permits of waiting calls that only this scope holds back, as of the last pass of the dispatcher. */
  neededHere = 0;
  /** Configuration generation of the numbers. Older numbers are not applied. */
  generation = 0;
  /** Whether the limits of an earlier start were restored. */
  isRestored = false;
  /** Shares the quotas with other processes. */
  sharing: QuotaSharing | undefined = undefined;
  readonly #hint = new QuotaHint();

  constructor(
    public name: string,
    /** {@link Group} of the scope; empty for credentials and routes. */
    public group: string,
    /** Key of the scope within its group. */
    readonly key: string,
    /** Whether the scope belongs to one tenant. */
    readonly ofTenant: boolean,
  ) {}

  /**
   * Sets the quotas. Known quotas keep their state; new quotas count the permits that were sent before.
   *
   * @returns whether the quotas changed.
   */
  setQuotas(quotas: readonly Quota[], now: number): boolean {
    if (quotas.length === this.quotas.length && quotas.every((quota, i) => this.quotas[i]?.quota === quota))
      return false;
    const unmatched = [...this.quotas];
    const longest = unmatched.reduce<ScopedQuota | undefined>(
      (best, quota) => (best && best.adaptive.windowMs >= quota.adaptive.windowMs ? best : quota),
      undefined,
    );
    this.quotas = quotas.map((quota) => {
      const at = unmatched.findIndex(
        ({ quota: { name, windowMs } }) => name === quota.name && (name !== undefined || windowMs === quota.windowMs),
      );
      const kept = at < 0 ? undefined : unmatched.splice(at, 1)[0];
      if (kept) {
        kept.reconfigure(quota, now);
        if (kept.lease) kept.lease = this.sharing?.reconfigure(kept.lease, this, sharedTermsOf(this.name, quota));
        return kept;
      }
      const added = new ScopedQuota(quota, now);
      if (longest) added.adaptive.adopt(longest.adaptive);
      else added.adaptive.adoptInFlight(this.permits);
      added.lease = this.sharing?.lend(this, sharedTermsOf(this.name, quota));
      return added;
    });
    for (const { lease } of unmatched) if (lease) void this.sharing?.end(lease);
    return true;
  }

  /**
   * Returns when the scope allows `weight` permits: `now`, later, or Infinity while the time depends on an answer.
   *
   * @param refusalToleranceMs - How long the call can wait after a refusal.
   */
  freeAt(now: number, weight: number, refusalToleranceMs: number): number {
    const at = this.#ownFreeAt(now, weight, refusalToleranceMs);
    return at <= now && this.#lacksLent(now, weight, refusalToleranceMs) ? Infinity : at;
  }

  /**
   * Returns when the scope allows the permits, regardless of permits that the store has yet to lend.
   *
   * @param besides - A lease whose own limit is left out.
   */
  #ownFreeAt(now: number, weight: number, refusalToleranceMs: number, besides?: QuotaLease): number {
    if (this.inFlight >= this.maxConcurrent) return Infinity;
    let at = this.gate.freeAt(now);
    if (!besides && this.#hint.isActive) at = Math.max(at, this.#hint.freeAt(now, weight, this.#isBounded));
    for (const quota of this.quotas) {
      const isLeftOut = besides && quota.lease === besides;
      const free = isLeftOut ? Infinity : quota.freeAt(now, weight, refusalToleranceMs);
      if (!isLeftOut && (besides || free < Infinity || !quota.lent)) at = Math.max(at, free);
      else if (quota.bucket) at = Math.max(at, quota.bucket.freeAt(now, weight));
    }
    if (this.learned) at = Math.max(at, this.learned.freeAt(now, weight, refusalToleranceMs));
    if (this.pacer) at = Math.max(at, this.pacer.freeAt(now));
    return at;
  }

  /** Whether the store must lend permits before an attempt can leave. */
  lacksPermits(now: number, weight: number, refusalToleranceMs: number): boolean {
    return this.#ownFreeAt(now, weight, refusalToleranceMs) <= now && this.#lacksLent(now, weight, refusalToleranceMs);
  }

  freeAtBesides(lease: QuotaLease, now: number, weight: number): number {
    return this.#ownFreeAt(now, weight, 0, lease);
  }

  /** Takes permits that are free by `freeAt`. Returns whether the attempt is the probe of the gate. */
  take(now: number, weight: number, order: number): boolean {
    this.inFlight++;
    this.permits += weight;
    this.usedAt = now;
    for (const { adaptive, bucket, lease } of this.quotas) {
      adaptive.take(now, weight, order);
      bucket?.take(weight);
      lease?.take(now, weight, order);
    }
    this.learned?.take(now, weight, order);
    this.pacer?.take(now, weight);
    this.#hint.take(now, weight, order);
    return this.gate.pass(now);
  }

  /**
   * Ends an attempt.
   *
   * @param refused - The quota that refused the attempt.
   */
  end(now: number, attempt: Attempt, result: AttemptResult, refused?: AdaptiveQuota): void {
    const { weight, order } = attempt;
    this.inFlight--;
    this.permits -= weight;
    const isRefused = typeof result === 'object';
    const otherResult = isRefused ? 'unknown' : result;
    this.#hint.recordEnd(order, isRefused, result === 'accepted');
    for (const { adaptive, lease } of this.quotas) {
      const ownResult = adaptive === refused ? result : otherResult;
      // The ledger knows the accepted attempts of all processes, so results teach the local estimate nothing.
      adaptive.end(now, attempt, lease && !lease.isLost ? otherResult : ownResult);
      if (lease && typeof ownResult === 'object') lease.refused(now, attempt, ownResult, adaptive.roundTripMs);
      else lease?.end(now, weight, order, ownResult === 'accepted');
    }
    this.learned?.end(now, attempt, this.learned === refused ? result : otherResult);
  }

  undo({ weight, order }: Attempt): void {
    this.inFlight--;
    this.permits -= weight;
    for (const { adaptive, bucket, lease } of this.quotas) {
      adaptive.undo(weight, order);
      bucket?.undo(weight);
      lease?.undo(weight, order);
    }
    this.learned?.undo(weight, order);
    this.#hint.undo(weight, order);
  }

  /**
   * Permits that waiting calls need from the store. Only calls that could leave with lent permits count: a closed gate or a used-
   * up limit holds all calls back.
   */
  demand(now: number): number {
    return this.neededHere === 0 || this.#ownFreeAt(now, 1, 0) > now ? 0 : this.neededHere;
  }

  /** Announces that the next waiting call needs permits of the store. */
  announceDemand(now: number, weight: number, refusalToleranceMs: number): void {
    for (const { lease } of this.quotas) lease?.announceDemand(now, weight, refusalToleranceMs);
  }

  /** Whether calls are refused because the store is lost. */
  get refuses(): boolean {
    return this.quotas.some(({ lease }) => lease?.refuses);
  }

  /** Ends the leases of a dropped scope. */
  endLeases(): void {
    for (const { lease } of this.quotas) if (lease) void this.sharing?.end(lease);
  }

  /** Returns a quota that can never grant a call of this weight, if there is one. */
  findTooSmall(weight: number): ScopedQuota | undefined {
    return this.quotas.find(({ maxPermits: most }) => most < weight);
  }

  /**
   * Records the remaining permits that an answer reports. Permits in flight are subtracted, because the platform may not have
   * counted them. A report only lowers the number of free permits.
   *
   * @param order - Order of the answered attempt. The answer of an older attempt does not replace a newer report.
   */
  recordRemaining(remaining: number, until: number, order: number): void {
    this.#hint.record(remaining, this.permits, until, order);
  }

  /** Whether the headers of this attempt are to be read for remaining permits. */
  readsHints(order: number): boolean {
    return this.#hint.reads(order, this.#isBounded);
  }

  /** Records an answer without a remaining count. */
  recordSilence(): void {
    this.#hint.recordSilence(this.#isBounded);
  }

  /** Returns when the `n`th permit is expected, if no attempt leaves before `notBefore`. */
  estimate(now: number, n: number, notBefore: number): number {
    const from = this.#hint.estimate(n, notBefore);
    const limits: Estimating[] = this.quotas.flatMap((quota) => (quota.bucket ? [quota, quota.bucket] : [quota]));
    if (this.learned && this.learned.limit < Infinity) limits.push(this.learned);
    if (this.pacer) limits.push(this.pacer);
    if (limits.length === 0) return from;
    if (limits.length === 1) return (limits[0] as Estimating).estimate(now, n, from);
    // Each limit delays the permits of the others, so the times are computed together up to a maximum.
    const known = new Map<number, number>();
    const takenAt = (i: number): number => {
      let at = known.get(i);
      if (at !== undefined) return at;
      const together = known.size < MAX_ESTIMATES ? takenAt : undefined;
      known.set(i, from);
      at = Math.max(...limits.map((limit) => limit.estimate(now, i, from, together)));
      known.set(i, at);
      return at;
    };
    return takenAt(Math.ceil(n));
  }

  /** Returns the learned limits. A later start can restore them. */
  learnedLimits(): Learning[] {
    const own = this.quotas.map(({ quota, adaptive }) => ({ name: quota.name, given: quota.limit, adaptive }));
    const all = this.learned ? [...own, { name: undefined, given: 'discover' as const, adaptive: this.learned }] : own;
    return all.flatMap(({ name, given, adaptive }) => {
      const learned = adaptive.learnedLimit();
      return learned ? [{ name, given, ...learned }] : [];
    });
  }

  /** Restores the limits that an earlier start learned. */
  restore(learnings: readonly Learning[], now: number): void {
    for (const learning of learnings) {
      const { name, given, windowMs } = learning;
      const same = this.quotas.find(
        ({ quota }) =>
          quota.name === name && quota.limit === given && (given === 'discover' || quota.windowMs === windowMs),
      );
      (same?.adaptive ?? (given === 'discover' ? this.learned : undefined))?.adoptEstimate(learning, now);
    }
  }

  /** Whether dropping the scope loses no valid knowledge. */
  idle(now: number): boolean {
    return (
      this.inFlight === 0 &&
      this.gate.idle(now) &&
      this.#hint.idle(now) &&
      (!this.learned || this.learned.idle(now)) &&
      this.quotas.every(
        ({ adaptive, bucket, lease }) =>
          adaptive.idle(now) && (!bucket || bucket.isFull(now)) && (!lease || lease.idle(now)),
      )
    );
  }

  snapshot(now: number): ScopeSnapshot {
    return {
      scope: this.name,
      kind: this.kind,
      key: this.key,
      inFlight: this.inFlight,
      waiting: this.countWaiting(),
      gate: this.gate.state,
      retryAt: this.gate.retryAt,
      quotas: this.quotas.map(({ quota, adaptive, lease }) => ({
        ...snapshotOf(adaptive, quota.name, quota.limit, now),
        ...(lease && { fleet: fleetSnapshotOf(lease) }),
      })),
      learned:
        this.learned && this.learned.limit < Infinity
          ? snapshotOf(this.learned, undefined, 'discover', now)
          : undefined,
    };
  }

  /** Number of waiting calls that need a permit of the scope. */
  countWaiting(): number {
    return 0;
  }

  /** What the scope is counted by. */
  get kind(): ScopeKind {
    if (this.group === '') return this.name === this.key ? 'credential' : 'route';
    const [kind = ''] = this.group.split('/');
    return (SCOPE_KINDS as readonly string[]).includes(kind) ? (kind as ScopeKind) : 'custom';
  }

  /** Whether a limit is known. */
  get #isBounded(): boolean {
    if (this.learned && this.learned.limit < Infinity) return true;
    return this.quotas.some(({ adaptive, lease }) => adaptive.limit < Infinity || lease !== undefined);
  }

  /** Whether a lease has too few permits, and only the ledger knows when more are free. */
  #lacksLent(now: number, weight: number, refusalToleranceMs: number): boolean {
    for (const { lent } of this.quotas) if (lent?.freeAt(now, weight, refusalToleranceMs) === Infinity) return true;
    return false;
  }
}
