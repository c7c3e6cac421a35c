import type { Attempt } from '../../../contract/counting.js';
import type { QuotaLease, QuotaSharing, SharedScope } from '../../../contract/leases.js';
import type { AdaptiveQuota } from '../learning/adaptive-quota.js';
import type { AttemptResult } from '../learning/types.js';
import type { Quota } from '../options.js';
import { Gate } from './gate.js';
import type { Pacer } from './pacer.js';
import { QuotaHint } from './quota-hint.js';
import { ScopedQuota, sharedTermsOf } from './scoped-quota.js';
import { fleetSnapshotOf, type Learning, type ScopeSnapshot, snapshotOf } from './snapshot.js';

/** Permits whose time is worked out one by one for an estimate; beyond, each limit is asked by itself. */
const MOST_ESTIMATES = 1_000;

/** Something that can tell when the `n`th permit is there. */
interface Estimating {
  estimate(now: number, n: number, from: number, takenAt?: (i: number) => number): number;
}

/** What one quota, gate or concurrency limit is counted by, and the state of it. */
export class Scope implements SharedScope {
  readonly gate = new Gate();
  quotas: ScopedQuota[] = [];
  /** Paces a scope for which no limit is documented, once a refusal taught one. */
  learned: AdaptiveQuota | undefined = undefined;
  /** Of a credential: spaces its attempts. */
  pacer: Pacer | undefined = undefined;
  maxConcurrent = Infinity;
  inFlight = 0;
  /** Permits of the attempts in flight. */
  permits = 0;
  /** When an attempt last left, monotonic ms. */
  usedAt = -Infinity;
  /** Permits that calls need which this scope alone holds back, as far as the dispatcher has looked at them. */
  neededHere = 0;
  /** Updates of the line before its numbers were made: it takes none that are older. */
  generation = 0;
  /** Whether it has been told what an earlier start had learned. */
  recalled = false;
  /** Shares the quotas with other processes. */
  sharing: QuotaSharing | undefined = undefined;
  readonly #hint = new QuotaHint();

  constructor(
    public name: string,
    /** The {@link Group} it was made for; '' for credentials and routes. */
    public group: string,
    /** What it is counted by within the group. */
    readonly key: string,
    /** Whether all that passes here belongs to one tenant. */
    readonly ofTenant: boolean,
  ) {}

  /**
   * Gives the scope these quotas. Those it has already keep their state, and new ones learn what was sent before them.
   *
   * @returns whether it had others.
   */
  setQuotas(quotas: readonly Quota[], now: number): boolean {
    if (quotas.length === this.quotas.length && quotas.every((quota, i) => this.quotas[i]?.quota === quota))
      return false;
    const left = [...this.quotas];
    const longest = left.reduce<ScopedQuota | undefined>(
      (best, quota) => (best && best.adaptive.windowMs >= quota.adaptive.windowMs ? best : quota),
      undefined,
    );
    this.quotas = quotas.map((quota) => {
      const at = left.findIndex(
        ({ quota: { name, windowMs } }) => name === quota.name && (name !== undefined || windowMs === quota.windowMs),
      );
      const kept = at < 0 ? undefined : left.splice(at, 1)[0];
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
    for (const { lease } of left) if (lease) void this.sharing?.end(lease);
    return true;
  }

  /**
   * When everything here allows `weight` permits: `now`, later, or Infinity while only an answer can tell.
   *
   * @param refusalToleranceMs How long the attempt could wait if it were refused.
   */
  freeAt(now: number, weight: number, refusalToleranceMs: number): number {
    const at = this.#ownFreeAt(now, weight, refusalToleranceMs);
    return at <= now && this.#lacks(now, weight, refusalToleranceMs) ? Infinity : at;
  }

  /** The same, whatever the store has yet to lend: it is asked for that when nothing else holds back. */
  #ownFreeAt(now: number, weight: number, refusalToleranceMs: number): number {
    if (this.inFlight >= this.maxConcurrent) return Infinity;
    let at = this.gate.freeAt(now);
    if (this.#hint.isActive) at = Math.max(at, this.#hint.freeAt(now, weight, this.#isBounded));
    for (const quota of this.quotas) {
      const free = quota.freeAt(now, weight, refusalToleranceMs);
      if (free < Infinity || !quota.lent) at = Math.max(at, free);
      else if (quota.bucket) at = Math.max(at, quota.bucket.freeAt(now, weight));
    }
    if (this.learned) at = Math.max(at, this.learned.freeAt(now, weight, refusalToleranceMs));
    if (this.pacer) at = Math.max(at, this.pacer.freeAt(now));
    return at;
  }

  /** Whether the store is to lend permits before an attempt can leave. */
  lacksPermits(now: number, weight: number, refusalToleranceMs: number): boolean {
    return this.#ownFreeAt(now, weight, refusalToleranceMs) <= now && this.#lacks(now, weight, refusalToleranceMs);
  }

  freeAtBesides(lease: QuotaLease, now: number, weight: number): number {
    if (this.inFlight >= this.maxConcurrent) return Infinity;
    let at = this.gate.freeAt(now);
    for (const quota of this.quotas) {
      if (quota.lease !== lease) at = Math.max(at, quota.freeAt(now, weight, 0));
      else if (quota.bucket) at = Math.max(at, quota.bucket.freeAt(now, weight));
    }
    if (this.learned) at = Math.max(at, this.learned.freeAt(now, weight, 0));
    return this.pacer ? Math.max(at, this.pacer.freeAt(now)) : at;
  }

  /** Takes permits that `freeAt` said are free. Returns whether this attempt is the gate's probe. */
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

  /** @param refused Which of the quotas here refused it, with what it said. */
  end(now: number, attempt: Attempt, ended: AttemptResult, refused?: AdaptiveQuota): void {
    const { weight, order } = attempt;
    this.inFlight--;
    this.permits -= weight;
    const isRefused = typeof ended === 'object';
    const elsewhere = isRefused ? 'unknown' : ended;
    this.#hint.ended(order, isRefused, ended === 'accepted');
    for (const { adaptive, lease } of this.quotas) {
      const here = adaptive === refused ? ended : elsewhere;
      // What got through says nothing of the limit here: the ledger knows what got through everywhere.
      adaptive.end(now, attempt, lease && !lease.isLost ? elsewhere : here);
      if (lease && typeof here === 'object') lease.refused(now, attempt, here, adaptive.roundTripMs);
      else lease?.end(now, weight, order, here === 'accepted');
    }
    this.learned?.end(now, attempt, this.learned === refused ? ended : elsewhere);
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
   * Permits that waiting calls need of the store: of those calls only that could leave if it lent some. What another scope holds
   * back needs none here, and nothing leaves while the gate is closed, or another limit here is used up.
   */
  demand(now: number): number {
    return this.neededHere === 0 || this.#ownFreeAt(now, 1, 0) > now ? 0 : this.neededHere;
  }

  /** Somebody at the head waits here: what is lent is asked for. */
  wanted(now: number, weight: number, refusalToleranceMs: number): void {
    for (const { lease } of this.quotas) lease?.announceDemand(now, weight, refusalToleranceMs);
  }

  /** Whether the store is lost, and nothing is to leave without it. */
  get refuses(): boolean {
    return this.quotas.some(({ lease }) => lease?.refuses);
  }

  /** It is forgotten. */
  retire(): void {
    for (const { lease } of this.quotas) if (lease) void this.sharing?.end(lease);
  }

  /** A quota for which a call of this weight would wait for ever, if there is one. */
  tooSmallFor(weight: number): ScopedQuota | undefined {
    return this.quotas.find(({ most }) => most < weight);
  }

  /**
   * The platform says what is left. What is in flight may not be counted there yet, so it is taken off; and it only ever
   * lowers what we think: the windows stay as they are.
   *
   * @param order Order of the attempt that brought it; the answer of an older one does not replace a newer hint.
   */
  hint(remaining: number, until: number, order: number): void {
    this.#hint.tell(remaining, this.permits, until, order);
  }

  /** Whether answers are still to be read for what is left. */
  readsHints(order: number): boolean {
    return this.#hint.reads(order, this.#isBounded);
  }

  /** An answer says nothing of what is left. */
  toldNothing(): void {
    this.#hint.toldNothing(this.#isBounded);
  }

  /** When the `n`th permit can be expected, if nothing leaves before `notBefore`. */
  estimate(now: number, n: number, notBefore: number): number {
    let from = notBefore;
    from = this.#hint.estimate(n, from);
    const limits: Estimating[] = this.quotas.flatMap((quota) => (quota.bucket ? [quota, quota.bucket] : [quota]));
    if (this.learned && this.learned.limit < Infinity) limits.push(this.learned);
    if (this.pacer) limits.push(this.pacer);
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

  /** What was learned here, to hand to the next start. */
  learnings(): Learning[] {
    const own = this.quotas.map(({ quota, adaptive }) => ({ name: quota.name, given: quota.limit, adaptive }));
    const all = this.learned ? [...own, { name: undefined, given: 'discover' as const, adaptive: this.learned }] : own;
    return all.flatMap(({ name, given, adaptive }) => {
      const learned = adaptive.learnedLimit();
      return learned ? [{ name, given, ...learned }] : [];
    });
  }

  /** Begins with what an earlier start has learned. */
  recall(learnings: readonly Learning[], now: number): void {
    for (const learning of learnings) {
      const { name, given, windowMs } = learning;
      const same = this.quotas.find(
        ({ quota }) =>
          quota.name === name && quota.limit === given && (given === 'discover' || quota.windowMs === windowMs),
      );
      (same?.adaptive ?? (given === 'discover' ? this.learned : undefined))?.adoptEstimate(learning, now);
    }
  }

  /** Whether forgetting it would change nothing. */
  idle(now: number): boolean {
    return (
      this.inFlight === 0 &&
      this.gate.idle(now) &&
      this.#hint.idle(now) &&
      (!this.learned || this.learned.idle(now)) &&
      this.quotas.every(
        ({ adaptive, bucket, lease }) =>
          adaptive.idle(now) && (!bucket || bucket.full(now)) && (!lease || lease.idle(now)),
      )
    );
  }

  snapshot(now: number): ScopeSnapshot {
    return {
      scope: this.name,
      inFlight: this.inFlight,
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

  /** Whether a limit is known here. */
  get #isBounded(): boolean {
    if (this.learned && this.learned.limit < Infinity) return true;
    return this.quotas.some(({ adaptive, lease }) => adaptive.limit < Infinity || lease !== undefined);
  }

  /** Whether a lease has too few permits, and only the ledger can tell when it has more. */
  #lacks(now: number, weight: number, refusalToleranceMs: number): boolean {
    for (const { lent } of this.quotas) if (lent?.freeAt(now, weight, refusalToleranceMs) === Infinity) return true;
    return false;
  }
}
