import type { Clock } from '../../../contract/clock.js';
import type { Attempt, Interval, Refusal } from '../../../contract/counting.js';
import type {
  SharedEstimate,
  LeaseReply,
  LeaseRequest,
  Leases,
  LentPermits,
  QuotaLease,
  SharedQuota,
} from '../../../contract/leases.js';
import { SingleTimer } from '../../../runtime/single-timer.js';
import { toleratesRefusal } from '../learning/refusal-tolerance.js';
import type { LastKnown } from './fallback-limiter.js';
import { KnownLedger } from './known-ledger.js';
import { type DemandHost, LeaseDemand } from './lease-demand.js';
import type { Block } from './leased-permits.js';
import { checkReply } from './ledger-reply.js';
import { LimitFindings } from './limit-findings.js';
import { PermitAccounts } from './permit-accounts.js';
import { StoreLoss } from './store-loss.js';

/** Delay before a report that other processes may wait for, ms. */
const FLUSH_MS = 20;
/** Minimum part of the validity for which permits are held while other processes wait. */
const MIN_HOLD_PART = 0.5;

/** The part of a scope that a lease serves. */
export interface LeaseHost extends DemandHost {
  /** Called when permits may be free. */
  wake(): void;
  /** Called when the store is lost. Until it is back, this process works alone. */
  onStoreLost(error: unknown): void;
  onStoreBack(): void;
  /** Called when the shared estimate of the platform changed. */
  onLimitLearned(): void;
}

/**
 * The part of one process in a shared quota. The ledger in the store lends permits. The lease holds them, spends them within
 * their validity, and reports them: a permit is free again one window after its answer.
 *
 * {@link LeaseDemand} decides what is requested. {@link KnownLedger} keeps the state of the ledger. {@link PermitAccounts} and
 * {@link LimitFindings} keep what must be reported.
 *
 * A lease runs one exchange at a time and at most one timer; none while no permit is held, wanted or in flight.
 */
export class Lease implements QuotaLease {
  readonly #loss: StoreLoss;
  readonly #timer: SingleTimer;
  readonly #ledger: KnownLedger;
  readonly #demand: LeaseDemand;
  readonly #permits = new PermitAccounts();
  readonly #findings = new LimitFindings();
  #isAsking = false;
  /** The last exchange. */
  #exchange: Promise<void> | undefined;
  /** Whether the first ledger needs a report of used permits before any request. */
  #reportsFirst = false;
  /** Whether the next request carries the estimate. */
  #sendsEstimate = false;
  /** When unreported permits expired; undefined without such permits. */
  #expiredSince: number | undefined;
  #isClosed = false;

  constructor(
    readonly process: string,
    public quota: SharedQuota,
    readonly leases: Leases,
    readonly clock: Clock,
    readonly host: LeaseHost,
    before?: Lease,
  ) {
    this.#loss = new StoreLoss(leases.onLoss);
    this.#timer = new SingleTimer(clock, (now) => this.#onTimer(now));
    this.#ledger = new KnownLedger(quota, leases.processes);
    this.#demand = new LeaseDemand(host);
    if (before) this.#takeOver(before);
  }

  /** Whether the store is lost and this process works alone. */
  get isLost(): boolean {
    return this.#loss.isLost;
  }

  /** Whether calls are refused while the store is lost. */
  get refuses(): boolean {
    return this.#loss.refuses;
  }

  /** Whether all processes together want more permits than are free. */
  get isContended(): boolean {
    return this.#ledger.contended;
  }

  /** Processes that share this quota, as far as known. */
  get processes(): number {
    return this.#ledger.processes;
  }

  /** What all processes together know about the limit of the platform. */
  get sharedEstimate(): SharedEstimate {
    return this.#ledger.estimate;
  }

  /** The limit in force for all processes together. */
  get limit(): number {
    return this.#ledger.estimate.limit;
  }

  /**
   * Returns when `weight` permits are at hand: `now`, later, or Infinity while the time depends on the ledger. Never starts an
   * exchange.
   *
   * @param refusalToleranceMs - How long the call can wait after a refusal.
   */
  freeAt(now: number, weight: number, refusalToleranceMs = 0): number {
    const withTrials = toleratesRefusal(refusalToleranceMs, this.quota.windowMs);
    return this.#permits.held.freeAt(now, Math.min(weight, this.limit), withTrials) ?? this.#loss.freeAt(now, weight);
  }

  /** Takes permits that are free by `freeAt`. */
  take(now: number, weight: number, order: number): void {
    this.#demand.recordSpent(now, weight);
    this.#loss.take(weight);
    this.#dropExpired(now);
    this.#permits.take(now, weight, order);
    this.#review(now);
  }

  /** Whether the attempt is a trial beyond the known limit. */
  isTrial(order: number): boolean {
    return this.#permits.inFlight.isTrial(order);
  }

  /**
   * Ends an attempt that the platform may have counted.
   *
   * @param passed - Whether the platform accepted the attempt.
   */
  end(now: number, weight: number, order: number, passed = false): void {
    this.#loss.recordEnd(now, weight);
    if (this.isTrial(order)) this.#findings.recordTrial(passed ? 'passed' : 'void');
    const tick = this.#ledger.tickAfter(now + this.quota.windowMs);
    // The attempt left before this lease existed, or after it was closed.
    if (!this.#permits.end(now, weight, order, tick, this.quota)) return;
    // With contention the ledger decides whose turn it is.
    if (!this.isContended) this.#demand.expectFree(now + this.quota.windowMs);
    this.#review(now);
  }

  /** Frees the permits of an attempt that was never sent. */
  undo(weight: number, order: number): void {
    this.#loss.undo(weight);
    if (this.isTrial(order)) this.#findings.recordTrial('void');
    this.#permits.undo(order);
    this.#review(this.clock.now());
  }

  /**
   * Records that the platform refused lent permits. The platform does not count refused attempts, except with `sliding`
   * enforcement.
   */
  refused(now: number, { weight, order, sentAt }: Attempt, refusal: Refusal, roundTripMs: number): void {
    // Without the store, the refusal may result from the local limit.
    const until = { from: refusal.until - refusal.roundedMs - roundTripMs, to: refusal.until };
    if (this.isTrial(order)) this.#findings.recordTrial('refused');
    const sent = this.isLost ? undefined : this.#ledger.toLedgerTime({ from: sentAt, to: sentAt });
    if (sent) this.#findings.recordRefusal(sent.from, this.#ledger.toLedgerTime(until));
    if (this.quota.enforcement === 'sliding' || this.isLost) this.end(now, weight, order);
    else this.undo(weight, order);
  }

  /** Records the reset that an answer names. */
  recordReset(now: number, moment: Interval): void {
    this.#findings.recordReset(now, moment, this.quota.windowMs);
  }

  /** Announces that the next waiting call needs `weight` permits at one moment. */
  announceDemand(now: number, weight: number, refusalToleranceMs = 0): void {
    this.#demand.atOnce = weight;
    this.#demand.mayTry = toleratesRefusal(refusalToleranceMs, this.quota.windowMs);
    this.#review(now);
  }

  /** Returns when the `n`th permit is expected: permits at hand first, then a share of all permits under contention. */
  estimate(now: number, n: number, from: number): number {
    const { held } = this.#permits;
    const at = held.freeAt(now, n, false);
    if (at !== undefined) return Math.max(from, at);
    if (!this.isContended && !this.isLost) return from;
    if (this.isLost && this.leases.onLoss !== 'share') return from;
    const share = this.limit / this.processes;
    const missing = n - held.count;
    // The first missing permit may come at once; further permits are lent evenly.
    return from + ((missing - 1) / share) * this.quota.windowMs;
  }

  /** Handles news of free permits or of a new ledger. */
  onChange(now: number): void {
    if (this.#ledger.id === '') return;
    this.#demand.askAt = -Infinity;
    // A store that repeatedly forgets its ledger sends news each time.
    if (this.#hasSpent(now) && this.#ledger.retryAt <= now) this.#ask(now, this.#missing(now));
    else this.#review(now);
  }

  /** Handles the news that the store is reachable again. */
  onReady(now: number): void {
    if (!this.isLost && !this.#hasSpent(now)) return;
    this.#demand.askAt = -Infinity;
    this.#ledger.resetRetry();
    this.#ask(now, this.#missing(now));
  }

  /** Applies new numbers. Lent permits stay lent, because the ledger knows them. */
  reconfigure(quota: SharedQuota): void {
    this.quota = quota;
    this.#ledger.quota = quota;
    this.#ledger.estimate = { ...this.sharedEstimate, limit: Math.min(this.limit, quota.limit) };
    this.#demand.askAt = -Infinity;
  }

  /** Whether other processes may wait for the report of this process. */
  get #hasNews(): boolean {
    const { held, inFlight, report } = this.#permits;
    if (!report.isPending) return false;
    if (this.isContended) return true;
    // Calls here cannot use the permits now. Other processes would wait until the permits become free by themselves.
    if (this.host.demand() > 0) return this.#expiredSince !== undefined;
    return held.isEmpty && inFlight.isEmpty;
  }

  /** Whether dropping the lease loses nothing. */
  idle(now: number): boolean {
    return !this.#hasSpent(now) && this.#permits.held.isEmpty && !this.#isAsking && !this.isLost;
  }

  /** Whether an exchange is under way, or a timer is armed. */
  get isAwake(): boolean {
    return this.#isAsking || this.#timer.isArmed;
  }

  /** Gives back all permits, as far as the store is reachable. Settles when that is done or has failed. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer.arm(Infinity);
    // The permits of the running exchange must be given back too.
    if (this.#isAsking) await this.#exchange;
    this.#endTrials(this.#permits.dropHeld());
    if (this.#ledger.id === '' || this.isLost) return;
    await this.leases.exchange(this.quota, this.#request(0, true)).catch(() => undefined);
  }

  /** Takes over from a lease of another ledger; the new ledger does not know its permits. */
  #takeOver(before: Lease): void {
    const now = this.clock.now();
    this.#permits.adopt(before.#permits, now, before.quota, this.quota);
    this.#ledger.processes = before.processes;
    this.#ledger.contended = before.isContended;
    this.#reportsFirst = this.#hasSpent(now);
    if (before.isLost) this.#loss.begin(this.#lastKnown(now), now);
  }

  /** Starts a due exchange, or sets the timer for the next one. */
  #review(now: number): void {
    if (this.#isClosed) return;
    this.#dropExpired(now);
    if (this.#isAsking) return;
    const missing = this.#missing(now);
    const due = this.#askAt(now, missing);
    // While the store is lost, every call tries the store: calls do not wait for permits then.
    if (due <= now || (this.isLost && this.#ledger.retryAt <= now)) return this.#ask(now, missing);
    this.#timer.arm(Math.min(due, this.#flushAt(now), this.#extendAt()));
  }

  #missing(now: number): number {
    return this.#demand.missing(now, this.#permits.held, this.quota.horizonMs, this.limit);
  }

  #askAt(now: number, missing: number): number {
    const { retryAt } = this.#ledger;
    // All processes must know of a refusal or a trial result.
    if (this.#findings.isUrgent) return Math.max(now, retryAt);
    if (this.refuses && this.host.demand() === 0) return Infinity;
    return Math.max(this.#demand.dueAt(now, missing, this.#permits.held), retryAt);
  }

  /** Returns when a report is due that other processes may wait for. */
  #flushAt(now: number): number {
    // The report is sent when the store is back.
    if (this.isLost) return Infinity;
    // After a lost answer the retry pause applies: a second lost answer marks the store as lost.
    const soonest = Math.max(now, this.#ledger.retryAt);
    const unspent = this.#permits.held.endsAt;
    if (this.#expiredSince !== undefined && this.host.demand() > 0)
      return Math.min(unspent, Math.max(this.#expiredSince + FLUSH_MS, soonest));
    if (!this.isContended || !this.#permits.report.isPending) return unspent;
    return Math.min(unspent, Math.max(now + FLUSH_MS, soonest));
  }

  /** Returns when the ledger would free the place of an attempt still in flight. */
  #extendAt(): number {
    // A lost ledger cannot extend places.
    if (this.isLost) return Infinity;
    const place = this.#permits.inFlight.firstPlace ?? 0;
    // Unknown places are reported when the store is back.
    return place > 0 ? this.#ledger.extendAt(place) : Infinity;
  }

  #onTimer(now: number): void {
    if (this.isLost) return this.#review(now);
    this.#dropExpired(now);
    const isDue = (place: number): boolean => this.#ledger.extendAt(place) <= now;
    const extended = this.#permits.inFlight.extend(this.#ledger.latestTick(now), isDue);
    const missing = this.#missing(now);
    const isDueNow = this.#askAt(now, missing) <= now;
    if (this.#ledger.retryAt <= now && (isDueNow || extended || this.#hasNews))
      return this.#ask(now, isDueNow ? missing : 0);
    this.#review(now);
  }

  #ask(now: number, demand: number): void {
    if (this.#isAsking || this.#isClosed) return;
    this.#isAsking = true;
    this.#expiredSince = undefined;
    this.#timer.arm(Infinity);
    const request = this.#request(this.#reportsFirst ? 0 : demand, false);
    // Synchronous errors and invalid replies count as failed exchanges too.
    const exchange = async (): Promise<LeaseReply> =>
      checkReply(await this.leases.exchange(this.quota, request), this.quota);
    this.#exchange = exchange()
      .finally(() => (this.#isAsking = false))
      .then(
        (reply) => this.#onReply(request, reply, now, this.clock.now()),
        (error: unknown) => this.#onFailure(error, this.clock.now()),
      );
  }

  #request(demand: number, leaving: boolean): LeaseRequest {
    const { id, moves } = this.#permits.report.nextBatch();
    const findings = this.#findings.report(this.clock.now(), this.quota.windowMs, (moment) =>
      this.#ledger.toLedgerTime(moment),
    );
    return {
      process: this.process,
      ledger: this.#ledger.id,
      batch: id,
      moves,
      demand,
      atOnce: Math.min(demand, this.#demand.atOnce),
      mayRunTrial: this.#demand.mayTry,
      ...findings,
      estimate: this.#sendsEstimate ? this.sharedEstimate : undefined,
      returning: this.isLost,
      leaving,
    };
  }

  #onReply(request: LeaseRequest, reply: LeaseReply, askedAt: number, now: number): void {
    if (this.#isClosed) return this.#onLateReply(reply);
    const wasLost = this.isLost;
    const { isFirst, isOther, jumpMs } = this.#ledger.read(reply, askedAt, now);
    this.#findings.confirm(request, isOther);
    if (!isOther) {
      this.#permits.report.confirm();
      if (jumpMs !== 0) this.#onClockJump(jumpMs, now);
      this.#adoptEstimate(reply);
    }
    this.#sendsEstimate = isOther;
    const reportsAll = isOther || (isFirst && (wasLost || this.#reportsFirst));
    this.#reportsFirst = false;
    if (reportsAll) this.#reportAll(now);
    if (this.#ledger.isForgotten) {
      this.#onStoreLost(
        new Error('the store lost the ledger after each write; check its memory limit and eviction policy'),
        now,
      );
      return this.#review(this.clock.now());
    }
    this.#loss.end();
    if (wasLost && !reportsAll) this.#permits.inFlight.place(this.#ledger.latestTick(now));
    const lent = reply.permits.reduce((sum, { count }) => sum + count, 0);
    const askAt = reportsAll ? -Infinity : this.#ledger.surelyAt(reply.askAt);
    this.#demand.recordAnswer(now, askAt, request.demand > 0 && lent === 0 && !reportsAll, this.#permits.held);
    for (const permits of reply.permits) this.#addPermits(permits, reply.isTrial);
    if (wasLost) this.host.onStoreBack();
    // The ledger lends nothing before all processes have reported their use.
    if (this.#ledger.retryAt <= now && (reportsAll || (wasLost && this.#permits.report.hasNews)))
      this.#ask(now, this.#missing(now));
    this.host.wake();
    this.#review(this.clock.now());
  }

  /** Handles a jump of the ledger clock, or a failover: places in the old ledger time are reported in the new time. */
  #onClockJump(jumpMs: number, now: number): void {
    this.#endTrials(this.#permits.dropHeld());
    this.#findings.dropResets();
    if (Math.abs(jumpMs) < this.quota.tickMs) return;
    this.#permits.place(this.#ledger.latestTick(now));
  }

  /** Handles a reply after closing: gives back the lent permits. */
  #onLateReply({ ledger, permits }: LeaseReply): void {
    if (this.#ledger.id !== '' && this.#ledger.id !== ledger) return;
    const { report } = this.#permits;
    report.confirm();
    this.#ledger.id = ledger;
    this.#loss.end();
    const { tickMs } = this.quota;
    for (const { count, from, freeAtTick } of permits) report.move(freeAtTick, Math.floor(from / tickMs), count);
  }

  #adoptEstimate({ limit, counts, edge }: SharedEstimate): void {
    const before = this.sharedEstimate;
    this.#ledger.estimate = { limit, counts, edge };
    if (limit !== before.limit || counts !== before.counts) this.host.onLimitLearned();
  }

  #addPermits(lent: LentPermits, isTrial: boolean): void {
    // Random holding times keep two processes from returning permits at the same moment, where each waits for permits of the
    // other.
    const part = this.isContended ? MIN_HOLD_PART + (1 - MIN_HOLD_PART) * this.host.random() : 1;
    this.#permits.held.add(this.#ledger.toBlock(lent, part, isTrial));
  }

  #onFailure(error: unknown, now: number): void {
    if (this.#isClosed) return;
    const isLost = this.#ledger.recordFailure(now);
    // After a long loss the report would exceed the size that Redis accepts.
    this.#permits.report.dropPast((tick) => this.#ledger.isPast(tick, now));
    if (isLost) this.#onStoreLost(error, now);
    this.#review(this.clock.now());
  }

  /** Handles the loss of the store: the process works alone from now on. */
  #onStoreLost(error: unknown, now: number): void {
    if (this.isLost) return;
    this.#findings.drop();
    this.#loss.begin(this.#lastKnown(now), now);
    this.host.onStoreLost(error);
    this.host.wake();
  }

  #lastKnown(now: number): LastKnown {
    const { limit, processes, isContended: contended } = this;
    const { inFlight, report } = this.#permits;
    const spent = report.spent(now, this.quota);
    return { limit, windowMs: this.quota.windowMs, processes, contended, inFlight: inFlight.count, spent };
  }

  /** Reports to a new ledger the permits used in the last window, and the attempts in flight. */
  #reportAll(now: number): void {
    const ledger = this.#ledger;
    this.#permits.reportAll(now, this.quota, (moment) => ledger.tickAfter(moment), ledger.latestTick(now));
  }

  /** Whether a new ledger needs a report of used permits. */
  #hasSpent(now: number): boolean {
    return this.#permits.hasSpent(now, this.quota);
  }

  #dropExpired(now: number): void {
    const expired = this.#permits.dropExpired(now);
    if (expired.length === 0) return;
    this.#endTrials(expired);
    this.#expiredSince ??= now;
    this.#demand.recordUnspent(now, expired, this.quota);
  }

  /** Records trials that expired unused. */
  #endTrials(blocks: readonly Block[]): void {
    if (blocks.some(({ isTrial }) => isTrial)) this.#findings.recordTrial('void');
  }
}
