import type { Clock } from '../../../contract/clock.js';
import type { Bounds } from '../../../contract/counting.js';
import type { FleetBelief, LeaseReply, LeaseRequest, Leases, SharedQuota } from '../../../contract/leases.js';
import { SingleTimer } from '../../../runtime/single-timer.js';
import { canBeRefused } from '../learning/refusal-tolerance.js';
import { Resets } from '../learning/reset-edges.js';
import type { Attempt, Refusal } from '../learning/types.js';
import type { LastKnown } from './fallback-limiter.js';
import { Outstanding } from './in-flight-permits.js';
import { KnownLedger } from './known-ledger.js';
import { type DemandHost, LeaseDemand } from './lease-demand.js';
import { type Block, Purse } from './leased-permits.js';
import { checkReply } from './ledger-reply.js';
import { StoreLoss } from './store-loss.js';
import { Account } from './usage-report.js';

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
 * their time, and accounted for: an attempt's place is free again one window after its answer. What is asked for is decided by
 * {@link LeaseDemand}, what is known of the ledger is kept by {@link KnownLedger}.
 *
 * One exchange at a time, one timer at most, and none while nothing is held, wanted or out.
 */
export class Lease {
  readonly #loss: StoreLoss;
  readonly #timer: SingleTimer;
  readonly #ledger: KnownLedger;
  readonly #demand: LeaseDemand;
  readonly #held = new Purse();
  readonly #account = new Account();
  readonly #out = new Outstanding(this.#account);
  #asking = false;
  /** The exchange that was begun last. */
  #underWay: Promise<void> | undefined = undefined;
  /** A refusal that the ledger has not been told. */
  #refusal: LeaseRequest['refusal'] = undefined;
  /** What became of a trial, as long as the ledger has not been told. */
  #trial: LeaseRequest['trial'] = undefined;
  #resets = new Resets();
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
  get belief(): FleetBelief {
    return this.#ledger.belief;
  }

  /** The limit in force for all of them together. */
  get limit(): number {
    return this.#ledger.belief.limit;
  }

  /**
   * When `weight` permits are here: `now`, later, or Infinity while only the ledger can tell. Asks nobody.
   *
   * @param patienceMs How long the attempt could wait if it were refused.
   */
  freeAt(now: number, weight: number, patienceMs = 0): number {
    const bold = canBeRefused(patienceMs, this.quota.windowMs);
    return this.#held.freeAt(now, Math.min(weight, this.limit), bold) ?? this.#loss.freeAt(now, weight);
  }

  /** Takes permits that `freeAt` said are here. */
  take(now: number, weight: number, order: number): void {
    this.#demand.spent(now, weight);
    this.#loss.take(weight);
    this.#dropExpired(now);
    const places = this.#held.take(now, weight);
    const missing = places.reduce((left, { count }) => left - count, weight);
    // Only while the store is lost: the ledger will be told.
    if (missing > 0) places.push({ count: missing, place: 0, tick: 0 });
    this.#out.add(order, places);
    this.#review(now);
  }

  /** Whether a refusal of this attempt would be about what the fleet only tries. */
  isTrial(order: number): boolean {
    return this.#out.isTrial(order);
  }

  /**
   * The attempt ended, and the platform may have counted it.
   *
   * @param passed Whether the platform accepted it.
   */
  end(now: number, weight: number, order: number, passed = false): void {
    this.#loss.ended(now, weight);
    if (this.#out.isTrial(order)) this.#trial ??= passed ? 'passed' : 'void';
    const places = this.#out.end(order);
    // Known of before this lease was made, or after it was closed.
    if (!places) return;
    const tick = this.#ledger.tickAfter(now + this.quota.windowMs);
    for (const { count, place } of places) this.#account.move(place, tick, count);
    this.#account.note(now, weight, this.quota);
    // Where others wait they are told of it, and the ledger says whose turn it is.
    if (!this.isContended) this.#demand.freedAt(now + this.quota.windowMs);
    this.#review(now);
  }

  /** The attempt was never sent: its place is free as if it had not been lent. */
  undo(weight: number, order: number): void {
    this.#loss.undo(weight);
    if (this.#out.isTrial(order)) this.#trial ??= 'void';
    this.#account.giveBack(this.#out.end(order) ?? []);
    this.#review(this.clock.now());
  }

  /** The platform refused what the ledger had lent. Unless all that is sent counts by agreement, it did not count it. */
  refused(now: number, { weight, order, sentAt }: Attempt, refusal: Refusal, roundTripMs: number): void {
    // On its own it may have been its own fault.
    const until = { from: refusal.until - refusal.roundedMs - roundTripMs, to: refusal.until };
    if (this.#out.isTrial(order)) this.#trial = 'refused';
    const sent = this.isLost ? undefined : this.#ledger.inLedger({ from: sentAt, to: sentAt });
    if (sent) this.#refusal ??= { sentAt: sent.from, until: this.#ledger.inLedger(until) };
    if (this.quota.enforcement === 'sliding' || this.isLost) this.end(now, weight, order);
    else this.undo(weight, order);
  }

  /** An answer said when the quota will be whole again. */
  tellReset(now: number, moment: Bounds): void {
    const { windowMs } = this.quota;
    // Bounds as wide as a window agree with any edge.
    if (moment.to - moment.from <= windowMs / 2) this.#resets.tell(now, moment, windowMs);
  }

  /** Somebody waits here who needs `weight` permits at one moment. */
  wanted(now: number, weight: number, patienceMs = 0): void {
    this.#demand.atOnce = weight;
    this.#demand.mayAsk = canBeRefused(patienceMs, this.quota.windowMs);
    this.#review(now);
  }

  /** When the `n`th permit can be expected: those at hand, then a share of what all have, as far as others want it too. */
  estimate(now: number, n: number, from: number): number {
    const at = this.#held.freeAt(now, n, false);
    if (at !== undefined) return Math.max(from, at);
    if (!this.isContended && !this.isLost) return from;
    if (this.isLost && this.leases.onLoss !== 'share') return from;
    const share = this.limit / this.processes;
    const missing = n - this.#held.count;
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
  renumber(quota: SharedQuota): void {
    this.quota = quota;
    this.#ledger.quota = quota;
    this.#ledger.belief = { ...this.belief, limit: Math.min(this.limit, quota.limit) };
    this.#demand.askAt = -Infinity;
  }

  /** Whether others may wait for what is known here. */
  get #hasNews(): boolean {
    if (!this.#account.tells) return false;
    if (this.isContended) return true;
    // Nobody here can use it now, and whoever comes elsewhere would wait for the place to be free by itself.
    if (this.host.demand() > 0) return this.#unspentSince !== undefined;
    return this.#held.isEmpty && this.#out.isEmpty;
  }

  /** Whether forgetting it would lose nothing. */
  idle(now: number): boolean {
    return !this.#hasSpent(now) && this.#held.isEmpty && !this.#asking && !this.isLost;
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
    this.#unspent(this.#held.empty());
    if (this.#ledger.id === '' || this.isLost) return;
    await this.leases.exchange(this.quota, this.#request(0, true)).catch(() => undefined);
  }

  /** Goes on where another one ends, on a ledger that knows nothing of what that had spent. */
  #follow(before: Lease): void {
    const now = this.clock.now();
    for (const [at, count] of before.#account.spent(now, before.quota)) this.#account.note(at, count, this.quota);
    this.#out.adopt(before.#out);
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
    return this.#demand.missing(now, this.#held, this.quota.horizonMs, this.limit);
  }

  #askDue(now: number, missing: number): number {
    const { retryAt } = this.#ledger;
    // What one was refused for all have to know.
    if (this.#refusal || this.#trial) return Math.max(now, retryAt);
    if (this.refuses && this.host.demand() === 0) return Infinity;
    return Math.max(this.#demand.due(now, missing, this.#held), retryAt);
  }

  /** When what is known here has to be told because others may wait for it. */
  #flushDue(now: number): number {
    // Told when the store is back.
    if (this.isLost) return Infinity;
    // Not sooner than anything else is asked again where an answer was lost: a second lost answer marks the store as lost.
    const soonest = Math.max(now, this.#ledger.retryAt);
    const unspent = this.#held.endsAt;
    if (this.#unspentSince !== undefined && this.host.demand() > 0)
      return Math.min(unspent, Math.max(this.#unspentSince + FLUSH_MS, soonest));
    if (!this.isContended || !this.#account.tells) return unspent;
    return Math.min(unspent, Math.max(now + FLUSH_MS, soonest));
  }

  /** When the ledger would give up the place of an attempt that is still out. */
  #extendDue(): number {
    // A ledger that is lost keeps no place by being told of it.
    if (this.isLost) return Infinity;
    const place = this.#out.first ?? 0;
    // What it does not know it will be told when the store is back.
    return place > 0 ? this.#ledger.lastWordAt(place) : Infinity;
  }

  #due(now: number): void {
    if (this.isLost) return this.#review(now);
    this.#dropExpired(now);
    const isDue = (place: number): boolean => this.#ledger.lastWordAt(place) <= now;
    const extended = this.#out.extend(this.#ledger.latestTick(now), isDue);
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
    const { id, moves } = this.#account.batch();
    const now = this.clock.now();
    const edge = this.#resets.edge(now, this.quota.windowMs);
    return {
      process: this.process,
      ledger: this.#ledger.id,
      batch: id,
      moves,
      demand,
      atOnce: Math.min(demand, this.#demand.atOnce),
      mayAsk: this.#demand.mayAsk,
      mayBeTold: this.#resets.mayTell(now, this.quota.windowMs),
      refusal: this.#refusal,
      trial: this.#trial,
      edge: edge && this.#ledger.inLedger(edge),
      belief: this.#recalls ? this.belief : undefined,
      returning: this.isLost,
      leaving,
    };
  }

  #answered(request: LeaseRequest, reply: LeaseReply, askedAt: number, now: number): void {
    if (this.#closed) return this.#tooLate(reply);
    const wasLost = this.isLost;
    const { isFirst, isOther, jumpMs } = this.#ledger.read(reply, askedAt, now);
    if (isOther || this.#trial === request.trial) this.#trial = undefined;
    if (!isOther) {
      this.#account.arrived();
      if (this.#refusal === request.refusal) this.#refusal = undefined;
      // What is told from now on is measured anew.
      if (request.edge) this.#resets = new Resets();
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
    if (wasLost && !declares) this.#out.place(this.#ledger.latestTick(now));
    const lent = reply.permits.reduce((sum, { count }) => sum + count, 0);
    const askAt = declares ? -Infinity : this.#ledger.surelyAt(reply.askAt);
    this.#demand.answered(now, askAt, request.demand > 0 && lent === 0 && !declares, this.#held);
    for (const { count, from, freeAtTick } of reply.permits) this.#hold(count, from, freeAtTick, reply.isTrial);
    if (wasLost) this.host.back();
    // Nothing is lent before all have told what they spent.
    if (this.#ledger.retryAt <= now && (declares || (wasLost && this.#account.hasNews)))
      this.#ask(now, this.#missing(now));
    this.host.wake();
    this.#review(this.clock.now());
  }

  /** The ledger's clock was set, or another server took over: what was reckoned in its old time is told in the new one. */
  #rebase(jumpMs: number, now: number): void {
    this.#unspent(this.#held.empty());
    this.#resets = new Resets();
    if (Math.abs(jumpMs) < this.quota.tickMs) return;
    this.#out.forgotten();
    this.#out.place(this.#ledger.latestTick(now));
  }

  /** Nobody leaves any more: what is lent is free as if it had not been. */
  #tooLate({ ledger, permits }: LeaseReply): void {
    if (this.#ledger.id !== '' && this.#ledger.id !== ledger) return;
    this.#account.arrived();
    this.#ledger.id = ledger;
    this.#loss.end();
    const { tickMs } = this.quota;
    for (const { count, from, freeAtTick } of permits) this.#account.move(freeAtTick, Math.floor(from / tickMs), count);
  }

  #learn({ limit, counts, edge }: FleetBelief): void {
    const before = this.belief;
    this.#ledger.belief = { limit, counts, edge };
    if (limit !== before.limit || counts !== before.counts) this.host.learned();
  }

  #hold(count: number, from: number, place: number, isTrial: boolean): void {
    const { tickMs, validMs } = this.quota;
    // Two processes that each hold what the other waits for do not give it back at the same moment.
    const part = this.isContended ? SHORTEST_HOLD + (1 - SHORTEST_HOLD) * this.host.chance() : 1;
    this.#held.add({
      count,
      from: this.#ledger.surelyAt(from),
      until: this.#ledger.earliestAt(from + validMs * part),
      tick: Math.floor(from / tickMs),
      place,
      isTrial,
    });
  }

  #failed(error: unknown, now: number): void {
    if (this.#closed) return;
    const isLost = this.#ledger.failed(now);
    // The list of a long loss would be longer than Redis takes.
    this.#account.forget((tick) => this.#ledger.isPast(tick, now));
    if (isLost) this.#lose(error, now);
    this.#review(this.clock.now());
  }

  /** On its own from now on. It spends what the others may have been lent. */
  #lose(error: unknown, now: number): void {
    if (this.isLost) return;
    this.#refusal = this.#trial = undefined;
    this.#loss.begin(this.#lastKnown(now), now);
    this.host.lost(error);
    this.host.wake();
  }

  #lastKnown(now: number): LastKnown {
    const { limit, processes, isContended: contended } = this;
    const spent = this.#account.spent(now, this.quota);
    return { limit, windowMs: this.quota.windowMs, processes, contended, inFlight: this.#out.count, spent };
  }

  /** A ledger that knows nothing of us is told what we spent in the last window, and what is out. */
  #declare(now: number): void {
    const account = this.#account;
    account.drop();
    this.#held.empty();
    for (const [at, count] of account.spent(now, this.quota))
      account.move(0, this.#ledger.tickAfter(at + this.quota.windowMs), count);
    this.#out.forgotten();
    this.#out.place(this.#ledger.latestTick(now));
  }

  /** Whether a ledger that knows nothing of this process would have to be told something. */
  #hasSpent(now: number): boolean {
    return !this.#out.isEmpty || this.#account.spent(now, this.quota).length > 0;
  }

  #dropExpired(now: number): void {
    const gone = this.#held.expired(now);
    if (gone.length === 0) return;
    this.#unspent(gone);
    this.#unspentSince ??= now;
    this.#demand.unspent(now, gone, this.quota);
  }

  #unspent(blocks: readonly Block[]): void {
    this.#account.giveBack(blocks);
    if (blocks.some(({ isTrial }) => isTrial)) this.#trial ??= 'void';
  }
}
