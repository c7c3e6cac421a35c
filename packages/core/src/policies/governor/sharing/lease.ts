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

/** What others may want is told this long after it is known, ms. */
const FLUSH_MS = 20;
/** Where others wait, permits at hand end after this part of their validity at the earliest. */
const SHORTEST_HOLD = 0.5;

/** The part of a scope that a lease works for. */
export interface LeaseHost extends DemandHost {
  /** There may be permits now. */
  wake(): void;
  /** The store is lost; until it is back this process is on its own. */
  lost(error: unknown): void;
  back(): void;
  /** The fleet believes something else of the platform. */
  learned(): void;
}

/**
 * One process's part of a quota that many spend together. The ledger in the store lends permits; here they are held, spent in
 * their time, and accounted for: an attempt's place is free again one window after its answer. {@link LeaseDemand} decides what is
 * asked for. {@link KnownLedger} keeps what is known of the ledger; {@link PermitAccounts} and {@link LimitFindings} keep what it has
 * to be told.
 *
 * One exchange at a time, one timer at most, and none while nothing is held, wanted or out.
 */
export class Lease implements QuotaLease {
  readonly #loss: StoreLoss;
  readonly #timer: SingleTimer;
  readonly #ledger: KnownLedger;
  readonly #demand: LeaseDemand;
  readonly #permits = new PermitAccounts();
  readonly #findings = new LimitFindings();
  #asking = false;
  /** The exchange that was begun last. */
  #underWay: Promise<void> | undefined = undefined;
  /** Whether the first ledger has to be told what was spent before anything is asked of it. */
  #declares = false;
  /** Whether the ledger is to be told what was believed. */
  #recalls = false;
  /** When permits ended unspent of which the ledger has not been told; undefined where there are none. */
  #unspentSince: number | undefined = undefined;
  #closed = false;

  constructor(
    readonly process: string,
    public quota: SharedQuota,
    readonly leases: Leases,
    readonly clock: Clock,
    readonly host: LeaseHost,
    before?: Lease,
  ) {
    this.#loss = new StoreLoss(leases.onLoss);
    this.#timer = new SingleTimer(clock, (now) => this.#due(now));
    this.#ledger = new KnownLedger(quota, leases.processes);
    this.#demand = new LeaseDemand(host);
    if (before) this.#follow(before);
  }

  /** Whether the store is lost, and this process on its own. */
  get isLost(): boolean {
    return this.#loss.isLost;
  }

  /** Whether calls are to be refused as long as the store is lost. */
  get refuses(): boolean {
    return this.#loss.refuses;
  }

  /** Whether others want more than there is. */
  get isContended(): boolean {
    return this.#ledger.contended;
  }

  /** Processes that spend this quota, as far as known. */
  get processes(): number {
    return this.#ledger.processes;
  }

  /** What all of them together believe of the platform. */
  get sharedEstimate(): SharedEstimate {
    return this.#ledger.estimate;
  }

  /** The limit in force for all of them together. */
  get limit(): number {
    return this.#ledger.estimate.limit;
  }

  /**
   * When `weight` permits are here: `now`, later, or Infinity while only the ledger can tell. Asks nobody.
   *
   * @param refusalToleranceMs How long the attempt could wait if it were refused.
   */
  freeAt(now: number, weight: number, refusalToleranceMs = 0): number {
    const bold = toleratesRefusal(refusalToleranceMs, this.quota.windowMs);
    return this.#permits.held.freeAt(now, Math.min(weight, this.limit), bold) ?? this.#loss.freeAt(now, weight);
  }

  /** Takes permits that `freeAt` said are here. */
  take(now: number, weight: number, order: number): void {
    this.#demand.spent(now, weight);
    this.#loss.take(weight);
    this.#dropExpired(now);
    this.#permits.take(now, weight, order);
    this.#review(now);
  }

  /** Whether a refusal of this attempt would be about what the fleet only tries. */
  isTrial(order: number): boolean {
    return this.#permits.out.isTrial(order);
  }

  /**
   * The attempt ended, and the platform may have counted it.
   *
   * @param passed Whether the platform accepted it.
   */
  end(now: number, weight: number, order: number, passed = false): void {
    this.#loss.ended(now, weight);
    if (this.isTrial(order)) this.#findings.trialEnded(passed ? 'passed' : 'void');
    const tick = this.#ledger.tickAfter(now + this.quota.windowMs);
    // Known of before this lease was made, or after it was closed.
    if (!this.#permits.settle(now, weight, order, tick, this.quota)) return;
    // Where others wait they are told of it, and the ledger says whose turn it is.
    if (!this.isContended) this.#demand.freedAt(now + this.quota.windowMs);
    this.#review(now);
  }

  /** The attempt was never sent: its place is free as if it had not been lent. */
  undo(weight: number, order: number): void {
    this.#loss.undo(weight);
    if (this.isTrial(order)) this.#findings.trialEnded('void');
    this.#permits.undo(order);
    this.#review(this.clock.now());
  }

  /** The platform refused what the ledger had lent. Unless all that is sent counts by agreement, it did not count it. */
  refused(now: number, { weight, order, sentAt }: Attempt, refusal: Refusal, roundTripMs: number): void {
    // On its own it may have been its own fault.
    const until = { from: refusal.until - refusal.roundedMs - roundTripMs, to: refusal.until };
    if (this.isTrial(order)) this.#findings.trialEnded('refused');
    const sent = this.isLost ? undefined : this.#ledger.inLedger({ from: sentAt, to: sentAt });
    if (sent) this.#findings.refused(sent.from, this.#ledger.inLedger(until));
    if (this.quota.enforcement === 'sliding' || this.isLost) this.end(now, weight, order);
    else this.undo(weight, order);
  }

  /** An answer said when the quota will be whole again. */
  recordReset(now: number, moment: Interval): void {
    this.#findings.tellReset(now, moment, this.quota.windowMs);
  }

  /** Somebody waits here who needs `weight` permits at one moment. */
  announceDemand(now: number, weight: number, refusalToleranceMs = 0): void {
    this.#demand.atOnce = weight;
    this.#demand.mayAsk = toleratesRefusal(refusalToleranceMs, this.quota.windowMs);
    this.#review(now);
  }

  /** When the `n`th permit can be expected: those at hand, then a share of what all have, as far as others want it too. */
  estimate(now: number, n: number, from: number): number {
    const { held } = this.#permits;
    const at = held.freeAt(now, n, false);
    if (at !== undefined) return Math.max(from, at);
    if (!this.isContended && !this.isLost) return from;
    if (this.isLost && this.leases.onLoss !== 'share') return from;
    const share = this.limit / this.processes;
    const missing = n - held.count;
    // The next one may come at once: what is lent is lent evenly.
    return from + ((missing - 1) / share) * this.quota.windowMs;
  }

  /** Others gave permits back, or the ledger is a new one. */
  changed(now: number): void {
    if (this.#ledger.id === '') return;
    this.#demand.askAt = -Infinity;
    // A ledger that is forgotten again and again is news each time.
    if (this.#hasSpent(now) && this.#ledger.retryAt <= now) this.#ask(now, this.#missing(now));
    else this.#review(now);
  }

  /** The store is there again. */
  ready(now: number): void {
    if (!this.isLost && !this.#hasSpent(now)) return;
    this.#demand.askAt = -Infinity;
    this.#ledger.mayBeBack();
    this.#ask(now, this.#missing(now));
  }

  /** Takes new numbers. What is lent stays lent: the ledger knows its places. */
  reconfigure(quota: SharedQuota): void {
    this.quota = quota;
    this.#ledger.quota = quota;
    this.#ledger.estimate = { ...this.sharedEstimate, limit: Math.min(this.limit, quota.limit) };
    this.#demand.askAt = -Infinity;
  }

  /** Whether others may wait for what is known here. */
  get #hasNews(): boolean {
    const { held, out, report } = this.#permits;
    if (!report.tells) return false;
    if (this.isContended) return true;
    // Nobody here can use it now, and whoever comes elsewhere would wait for the place to be free by itself.
    if (this.host.demand() > 0) return this.#unspentSince !== undefined;
    return held.isEmpty && out.isEmpty;
  }

  /** Whether forgetting it would lose nothing. */
  idle(now: number): boolean {
    return !this.#hasSpent(now) && this.#permits.held.isEmpty && !this.#asking && !this.isLost;
  }

  /** Whether an exchange is under way, or a timer will look at what is due. */
  get isAwake(): boolean {
    return this.#asking || this.#timer.isArmed;
  }

  /** Gives back what is held, as far as the store can be told. Settles when it was, or could not be. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer.arm(Infinity);
    // What it lends has to be given back too.
    if (this.#asking) await this.#underWay;
    this.#unspent(this.#permits.dropHeld());
    if (this.#ledger.id === '' || this.isLost) return;
    await this.leases.exchange(this.quota, this.#request(0, true)).catch(() => undefined);
  }

  /** Goes on where another one ends, on a ledger that knows nothing of what that had spent. */
  #follow(before: Lease): void {
    const now = this.clock.now();
    this.#permits.adopt(before.#permits, now, before.quota, this.quota);
    this.#ledger.processes = before.processes;
    this.#ledger.contended = before.isContended;
    this.#declares = this.#hasSpent(now);
    if (before.isLost) this.#loss.begin(this.#lastKnown(now), now);
  }

  /** Does what is due, and sets the timer for what is due next. */
  #review(now: number): void {
    if (this.#closed) return;
    this.#dropExpired(now);
    if (this.#asking) return;
    const missing = this.#missing(now);
    const due = this.#askDue(now, missing);
    // While the store is lost every call looks for it: what goes on its own wants nothing, and what is refused does not wait.
    if (due <= now || (this.isLost && this.#ledger.retryAt <= now)) return this.#ask(now, missing);
    this.#timer.arm(Math.min(due, this.#flushDue(now), this.#extendDue()));
  }

  #missing(now: number): number {
    return this.#demand.missing(now, this.#permits.held, this.quota.horizonMs, this.limit);
  }

  #askDue(now: number, missing: number): number {
    const { retryAt } = this.#ledger;
    // What one was refused for all have to know.
    if (this.#findings.isUrgent) return Math.max(now, retryAt);
    if (this.refuses && this.host.demand() === 0) return Infinity;
    return Math.max(this.#demand.due(now, missing, this.#permits.held), retryAt);
  }

  /** When what is known here has to be told because others may wait for it. */
  #flushDue(now: number): number {
    // Told when the store is back.
    if (this.isLost) return Infinity;
    // Not sooner than anything else is asked again where an answer was lost: a second lost answer marks the store as lost.
    const soonest = Math.max(now, this.#ledger.retryAt);
    const unspent = this.#permits.held.endsAt;
    if (this.#unspentSince !== undefined && this.host.demand() > 0)
      return Math.min(unspent, Math.max(this.#unspentSince + FLUSH_MS, soonest));
    if (!this.isContended || !this.#permits.report.tells) return unspent;
    return Math.min(unspent, Math.max(now + FLUSH_MS, soonest));
  }

  /** When the ledger would give up the place of an attempt that is still out. */
  #extendDue(): number {
    // A ledger that is lost keeps no place by being told of it.
    if (this.isLost) return Infinity;
    const place = this.#permits.out.first ?? 0;
    // What it does not know it will be told when the store is back.
    return place > 0 ? this.#ledger.lastWordAt(place) : Infinity;
  }

  #due(now: number): void {
    if (this.isLost) return this.#review(now);
    this.#dropExpired(now);
    const isDue = (place: number): boolean => this.#ledger.lastWordAt(place) <= now;
    const extended = this.#permits.out.extend(this.#ledger.latestTick(now), isDue);
    const missing = this.#missing(now);
    const wants = this.#askDue(now, missing) <= now;
    if (this.#ledger.retryAt <= now && (wants || extended || this.#hasNews)) return this.#ask(now, wants ? missing : 0);
    this.#review(now);
  }

  #ask(now: number, demand: number): void {
    if (this.#asking || this.#closed) return;
    this.#asking = true;
    this.#unspentSince = undefined;
    this.#timer.arm(Infinity);
    const request = this.#request(this.#declares ? 0 : demand, false);
    // What throws at once, and what cannot be right, is a failed exchange too.
    const exchange = async (): Promise<LeaseReply> =>
      checkReply(await this.leases.exchange(this.quota, request), this.quota);
    this.#underWay = exchange()
      .finally(() => (this.#asking = false))
      .then(
        (reply) => this.#answered(request, reply, now, this.clock.now()),
        (error: unknown) => this.#failed(error, this.clock.now()),
      );
  }

  #request(demand: number, leaving: boolean): LeaseRequest {
    const { id, moves } = this.#permits.report.batch();
    const findings = this.#findings.tell(this.clock.now(), this.quota.windowMs, (moment) =>
      this.#ledger.inLedger(moment),
    );
    return {
      process: this.process,
      ledger: this.#ledger.id,
      batch: id,
      moves,
      demand,
      atOnce: Math.min(demand, this.#demand.atOnce),
      mayRunTrial: this.#demand.mayAsk,
      ...findings,
      estimate: this.#recalls ? this.sharedEstimate : undefined,
      returning: this.isLost,
      leaving,
    };
  }

  #answered(request: LeaseRequest, reply: LeaseReply, askedAt: number, now: number): void {
    if (this.#closed) return this.#tooLate(reply);
    const wasLost = this.isLost;
    const { isFirst, isOther, jumpMs } = this.#ledger.read(reply, askedAt, now);
    this.#findings.told(request, isOther);
    if (!isOther) {
      this.#permits.report.arrived();
      if (jumpMs !== 0) this.#rebase(jumpMs, now);
      this.#learn(reply);
    }
    this.#recalls = isOther;
    const declares = isOther || (isFirst && (wasLost || this.#declares));
    this.#declares = false;
    if (declares) this.#declare(now);
    if (this.#ledger.isForgotten) {
      this.#lose(new Error('the store forgets each ledger as soon as it is written: it may be short of memory'), now);
      return this.#review(this.clock.now());
    }
    this.#loss.end();
    if (wasLost && !declares) this.#permits.out.place(this.#ledger.latestTick(now));
    const lent = reply.permits.reduce((sum, { count }) => sum + count, 0);
    const askAt = declares ? -Infinity : this.#ledger.surelyAt(reply.askAt);
    this.#demand.answered(now, askAt, request.demand > 0 && lent === 0 && !declares, this.#permits.held);
    for (const permits of reply.permits) this.#hold(permits, reply.isTrial);
    if (wasLost) this.host.back();
    // Nothing is lent before all have told what they spent.
    if (this.#ledger.retryAt <= now && (declares || (wasLost && this.#permits.report.hasNews)))
      this.#ask(now, this.#missing(now));
    this.host.wake();
    this.#review(this.clock.now());
  }

  /** The ledger's clock was set, or another server took over: what was reckoned in its old time is told in the new one. */
  #rebase(jumpMs: number, now: number): void {
    this.#unspent(this.#permits.dropHeld());
    this.#findings.forgetResets();
    if (Math.abs(jumpMs) < this.quota.tickMs) return;
    this.#permits.place(this.#ledger.latestTick(now));
  }

  /** Nobody leaves any more: what is lent is free as if it had not been. */
  #tooLate({ ledger, permits }: LeaseReply): void {
    if (this.#ledger.id !== '' && this.#ledger.id !== ledger) return;
    const { report } = this.#permits;
    report.arrived();
    this.#ledger.id = ledger;
    this.#loss.end();
    const { tickMs } = this.quota;
    for (const { count, from, freeAtTick } of permits) report.move(freeAtTick, Math.floor(from / tickMs), count);
  }

  #learn({ limit, counts, edge }: SharedEstimate): void {
    const before = this.sharedEstimate;
    this.#ledger.estimate = { limit, counts, edge };
    if (limit !== before.limit || counts !== before.counts) this.host.learned();
  }

  #hold(lent: LentPermits, isTrial: boolean): void {
    // Two processes that each hold what the other waits for do not give it back at the same moment.
    const part = this.isContended ? SHORTEST_HOLD + (1 - SHORTEST_HOLD) * this.host.chance() : 1;
    this.#permits.held.add(this.#ledger.blockOf(lent, part, isTrial));
  }

  #failed(error: unknown, now: number): void {
    if (this.#closed) return;
    const isLost = this.#ledger.failed(now);
    // The list of a long loss would be longer than Redis takes.
    this.#permits.report.forget((tick) => this.#ledger.isPast(tick, now));
    if (isLost) this.#lose(error, now);
    this.#review(this.clock.now());
  }

  /** On its own from now on. It spends what the others may have been lent. */
  #lose(error: unknown, now: number): void {
    if (this.isLost) return;
    this.#findings.drop();
    this.#loss.begin(this.#lastKnown(now), now);
    this.host.lost(error);
    this.host.wake();
  }

  #lastKnown(now: number): LastKnown {
    const { limit, processes, isContended: contended } = this;
    const { out, report } = this.#permits;
    const spent = report.spent(now, this.quota);
    return { limit, windowMs: this.quota.windowMs, processes, contended, inFlight: out.count, spent };
  }

  /** A ledger that knows nothing of us is told what we spent in the last window, and what is out. */
  #declare(now: number): void {
    const ledger = this.#ledger;
    this.#permits.declare(now, this.quota, (moment) => ledger.tickAfter(moment), ledger.latestTick(now));
  }

  /** Whether a ledger that knows nothing of this process would have to be told something. */
  #hasSpent(now: number): boolean {
    return this.#permits.hasSpent(now, this.quota);
  }

  #dropExpired(now: number): void {
    const gone = this.#permits.dropExpired(now);
    if (gone.length === 0) return;
    this.#unspent(gone);
    this.#unspentSince ??= now;
    this.#demand.unspent(now, gone, this.quota);
  }

  /** Permits ended unspent, and trials with them. */
  #unspent(blocks: readonly Block[]): void {
    if (blocks.some(({ isTrial }) => isTrial)) this.#findings.trialEnded('void');
  }
}
