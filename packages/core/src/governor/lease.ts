import type {
  Clock,
  FleetBelief,
  LeaseReply,
  LeaseRequest,
  Leases,
  LedgerBounds,
  SharedQuota,
  Undo,
} from '../ports.js';
import { Account } from './account.js';
import type { Refusal } from './adaptive.js';
import type { Bounds } from './counter.js';
import { Outstanding } from './outstanding.js';
import { canBeRefused } from './patience.js';
import { Purse, type Block } from './purse.js';
import { Resets } from './resets.js';
import { ServerTime } from './server-time.js';
import { Substitute } from './substitute.js';

/** The next ones are asked for when the last of those at hand begins in less than this, ms. */
const LEAD_MS = 40;
/** How fast the measured rate forgets, ms. */
const RATE_MS = 200;
/** What others may want is told this long after it is known, ms. */
const FLUSH_MS = 20;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 1_000;

/** An attempt, as the scope knows it. */
interface Attempt {
  readonly weight: number;
  readonly order: number;
  readonly sentAt: number;
}

/** The part of a scope that a lease works for. */
export interface LeaseHost {
  /** Permits that waiting calls need here. */
  demand(): number;
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
 * their time, and accounted for: an attempt's place is free again one window after its answer.
 *
 * One exchange at a time, one timer at most, and none while nothing is held, wanted or out.
 */
export class Lease {
  isLost = false;
  readonly #time = new ServerTime();
  #ledger = '';
  #processes: number;
  #contended = false;
  #belief: FleetBelief;
  readonly #held = new Purse();
  readonly #account = new Account();
  readonly #out = new Outstanding(this.#account);
  #asking = false;
  /** The exchange that was begun last. */
  #underWay: Promise<void> | undefined = undefined;
  /** Our ms before which asking is useless. */
  #askAt = -Infinity;
  /** Exchanges that failed in a row. */
  #retries = 0;
  /** A refusal that the ledger has not been told. */
  #refusal: LeaseRequest['refusal'] = undefined;
  /** What became of a trial, as long as the ledger has not been told. */
  #trial: LeaseRequest['trial'] = undefined;
  #resets = new Resets();
  /** Whether the first ledger has to be told what was spent before anything is asked of it. */
  #declares = false;
  /** Whether the ledger is to be told what was believed. */
  #recalls = false;
  /** Permits that the next to leave needs at one moment, and whether it can bear to be refused. */
  #atOnce = 1;
  #mayAsk = false;
  #substitute: Substitute | undefined = undefined;
  /** Permits per ms, forgetting the past. */
  #rate = 0;
  #rateAt = 0;
  #timer: { at: number; stop: Undo } | undefined = undefined;
  #closed = false;

  constructor(
    readonly process: string,
    public quota: SharedQuota,
    readonly leases: Leases,
    readonly clock: Clock,
    readonly host: LeaseHost,
    before?: Lease,
  ) {
    this.#processes = leases.processes;
    this.#belief = { limit: quota.limit, counts: undefined, edge: undefined };
    if (before) this.#follow(before);
  }

  /** Whether calls are to be refused as long as the store is lost. */
  get refuses(): boolean {
    return this.isLost && this.leases.onLoss === 'refuse';
  }

  /** Whether others want more than there is. */
  get isContended(): boolean {
    return this.#contended;
  }

  /** Processes that spend this quota, as far as known. */
  get processes(): number {
    return this.#processes;
  }

  /** What all of them together believe of the platform. */
  get belief(): FleetBelief {
    return this.#belief;
  }

  /** The limit in force for all of them together. */
  get limit(): number {
    return this.#belief.limit;
  }

  /**
   * When `weight` permits are here: `now`, later, or Infinity while only the ledger can tell. Asks nobody.
   *
   * @param patienceMs How long the attempt could wait if it were refused.
   */
  freeAt(now: number, weight: number, patienceMs = 0): number {
    const bold = canBeRefused(patienceMs, this.quota.windowMs);
    const at = this.#held.freeAt(now, Math.min(weight, this.limit), bold);
    if (at !== undefined) return at;
    if (!this.isLost) return Infinity;
    if (this.leases.onLoss === 'open') return now;
    return this.#substitute?.freeAt(now, weight) ?? Infinity;
  }

  /** Takes permits that `freeAt` said are here. */
  take(now: number, weight: number, order: number): void {
    this.#rate = this.#rateNow(now) + weight / RATE_MS;
    this.#rateAt = now;
    this.#substitute?.take(weight);
    this.#dropExpired(now);
    const places = this.#held.take(weight);
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
    this.#substitute?.end(now, weight);
    if (this.#out.isTrial(order)) this.#trial ??= passed ? 'passed' : 'void';
    const places = this.#out.end(order);
    // Known of before this lease was made, or after it was closed.
    if (!places) return;
    const tick = this.#tickAfter(now + this.quota.windowMs);
    for (const { count, place } of places) this.#account.move(place, tick, count);
    this.#account.note(now, weight, this.quota);
    this.#review(now);
  }

  /** The attempt was never sent: its place is free as if it had not been lent. */
  undo(weight: number, order: number): void {
    this.#substitute?.undo(weight);
    if (this.#out.isTrial(order)) this.#trial ??= 'void';
    for (const { count, place, tick } of this.#out.end(order) ?? []) this.#account.move(place, tick, count);
    this.#review(this.clock.now());
  }

  /** The platform refused what the ledger had lent. Unless all that is sent counts by agreement, it did not count it. */
  refused(now: number, { weight, order, sentAt }: Attempt, refusal: Refusal, roundTripMs: number): void {
    // On its own it may have been its own fault.
    const until = { from: refusal.until - refusal.roundedMs - roundTripMs, to: refusal.until };
    if (this.#out.isTrial(order)) this.#trial = 'refused';
    const sent = this.isLost ? undefined : this.#inLedger({ from: sentAt, to: sentAt });
    if (sent) this.#refusal ??= { sentAt: sent.from, until: this.#inLedger(until) };
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
    this.#atOnce = weight;
    this.#mayAsk = canBeRefused(patienceMs, this.quota.windowMs);
    this.#review(now);
  }

  /** When the `n`th permit can be expected: those at hand, then a share of what all have, as far as others want it too. */
  estimate(now: number, n: number, from: number): number {
    const at = this.#held.freeAt(now, n, false);
    if (at !== undefined) return Math.max(from, at);
    if (!this.#contended && !this.isLost) return from;
    if (this.isLost && this.leases.onLoss !== 'share') return from;
    const share = this.limit / this.#processes;
    const missing = n - this.#held.count;
    // The next one may come at once: what is lent is lent evenly.
    return from + ((missing - 1) / share) * this.quota.windowMs;
  }

  /** Others gave permits back, or the ledger is a new one. */
  changed(now: number): void {
    if (this.#ledger === '') return;
    this.#askAt = -Infinity;
    if (this.#hasSpent(now)) this.#ask(now, this.#missing(now));
    else this.#review(now);
  }

  /** The store is there again. */
  ready(now: number): void {
    if (!this.isLost && !this.#hasSpent(now)) return;
    this.#askAt = -Infinity;
    this.#retries = 0;
    this.#ask(now, this.#missing(now));
  }

  /** Takes new numbers. What is lent stays lent: the ledger knows its places. */
  renumber(quota: SharedQuota): void {
    this.quota = quota;
    this.#belief = { ...this.#belief, limit: Math.min(this.limit, quota.limit) };
    this.#askAt = -Infinity;
  }

  /** Whether forgetting it would lose nothing. */
  idle(now: number): boolean {
    return !this.#hasSpent(now) && this.#held.isEmpty && !this.#asking && !this.isLost;
  }

  /** Whether an exchange is under way, or a timer will look at what is due. */
  get isAwake(): boolean {
    return this.#asking || this.#timer !== undefined;
  }

  /** Gives back what is held, as far as the store can be told. Settles when it was, or could not be. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.stop();
    this.#timer = undefined;
    // What it lends has to be given back too.
    if (this.#asking) await this.#underWay;
    this.#giveBack();
    if (this.#ledger === '' || this.isLost) return;
    await this.leases.exchange(this.quota, this.#request(0, true)).catch(() => undefined);
  }

  /** Goes on where another one ends, on a ledger that knows nothing of what that had spent. */
  #follow(before: Lease): void {
    const now = this.clock.now();
    for (const [at, count] of before.#account.spent(now, before.quota)) this.#account.note(at, count, this.quota);
    this.#out.adopt(before.#out);
    this.#processes = before.#processes;
    this.#contended = before.#contended;
    this.#declares = this.#hasSpent(now);
    this.isLost = before.isLost;
    if (this.isLost && this.leases.onLoss === 'share') this.#substitute = this.#makeSubstitute(now);
  }

  /** Does what is due, and sets the timer for what is due next. */
  #review(now: number): void {
    if (this.#closed) return;
    this.#dropExpired(now);
    if (this.#asking) return;
    const missing = this.#missing(now);
    const due = this.#askDue(now, missing);
    // While the store is lost every call looks for it: what goes on its own wants nothing, and what is refused does not wait.
    if (due <= now || (this.isLost && this.#askAt <= now)) return this.#ask(now, missing);
    this.#arm(Math.min(due, this.#flushDue(now), this.#extendDue()));
  }

  /** Permits that are wanted and not at hand. One at a time where the rate is low. */
  #missing(now: number): number {
    const ahead = Math.floor(this.#rateNow(now) * this.quota.horizonMs);
    return Math.max(0, Math.ceil(this.host.demand() + ahead - this.#held.count));
  }

  #askDue(now: number, missing: number): number {
    // What one was refused for all have to know.
    if (this.#refusal || this.#trial) return this.#retries > 0 ? this.#askAt : now;
    const demand = this.host.demand();
    const held = this.#held.count;
    if (missing === 0 || (this.isLost && this.leases.onLoss === 'refuse' && demand === 0)) return Infinity;
    // Enough for those who wait, and for those who are about to come.
    const ahead = Math.floor(this.#rateNow(now) * LEAD_MS);
    if (demand === 0 && held >= ahead) return Infinity;
    const { last } = this.#held;
    // Others are in line too: the next block is asked for when this one ends, not before.
    return Math.max(last ? last.from - LEAD_MS : now, this.#askAt);
  }

  /** When what is known here has to be told because others may wait for it. */
  #flushDue(now: number): number {
    // Told when the store is back.
    if (this.isLost) return Infinity;
    const { first } = this.#held;
    const unspent = first ? first.until : Infinity;
    if (!this.#contended || !this.#account.tells) return unspent;
    // Not sooner than anything else is asked again where an answer was lost: the next one that is takes the store with it.
    return Math.min(unspent, Math.max(now + FLUSH_MS, this.#retries > 0 ? this.#askAt : now));
  }

  /** When the ledger would give up the place of an attempt that is still out. */
  #extendDue(): number {
    // A ledger that is lost keeps no place by being told of it.
    if (this.isLost) return Infinity;
    const place = this.#out.first ?? 0;
    // What it does not know it will be told when the store is back.
    return place > 0 ? this.#time.earliestAt(this.#lastWord(place)) : Infinity;
  }

  /** Ledger ms by which a permit that is still out has to be told of. */
  #lastWord(place: number): number {
    const { tickMs, windowMs, graceMs } = this.quota;
    return place * tickMs - windowMs - graceMs / 2;
  }

  #arm(at: number): void {
    // A timer that comes early does no harm; to make one for every attempt would.
    if (this.#timer && this.#timer.at <= at && at < Infinity) return;
    this.#timer?.stop();
    this.#timer = undefined;
    if (at === Infinity) return;
    const stop = this.clock.setTimer(Math.max(0, at - this.clock.now()), () => {
      this.#timer = undefined;
      this.#due(this.clock.now());
    });
    this.#timer = { at, stop };
  }

  #due(now: number): void {
    if (this.isLost) return this.#review(now);
    this.#dropExpired(now);
    const isDue = (place: number): boolean => this.#time.earliestAt(this.#lastWord(place)) <= now;
    const extended = this.#out.extend(this.#latestPlace(now), isDue);
    const missing = this.#missing(now);
    const wants = this.#askDue(now, missing) <= now;
    const { tells } = this.#account;
    if (wants || extended || (tells && this.#contended)) return this.#ask(now, wants ? missing : 0);
    // Given back, not wanted again: told now, or others would wait for the place to be free by itself.
    if (tells && this.#held.isEmpty && this.#out.isEmpty && this.host.demand() === 0) return this.#ask(now, 0);
    this.#review(now);
  }

  #ask(now: number, demand: number): void {
    if (this.#asking || this.#closed) return;
    this.#asking = true;
    this.#arm(Infinity);
    const request = this.#request(this.#declares ? 0 : demand, false);
    this.#underWay = this.leases.exchange(this.quota, request).then(
      (reply) => {
        this.#asking = false;
        this.#answered(request, reply, now, this.clock.now());
      },
      (error: unknown) => {
        this.#asking = false;
        this.#failed(error, this.clock.now());
      },
    );
  }

  #request(demand: number, leaving: boolean): LeaseRequest {
    const { id, moves } = this.#account.batch();
    const now = this.clock.now();
    const edge = this.#resets.edge(now, this.quota.windowMs);
    return {
      process: this.process,
      ledger: this.#ledger,
      batch: id,
      moves,
      demand,
      atOnce: Math.min(demand, this.#atOnce),
      mayAsk: this.#mayAsk,
      mayBeTold: this.#resets.mayTell(now, this.quota.windowMs),
      refusal: this.#refusal,
      trial: this.#trial,
      edge: edge && this.#inLedger(edge),
      belief: this.#recalls ? this.#belief : undefined,
      returning: this.isLost,
      leaving,
    };
  }

  #answered(request: LeaseRequest, reply: LeaseReply, askedAt: number, now: number): void {
    if (this.#closed) return this.#tooLate(reply);
    // Its clock was set, or another server took over: what is held may be of another time.
    if (this.#time.learn(reply.now, askedAt, now)) this.#giveBack();
    this.#processes = Math.max(1, reply.processes);
    this.#contended = reply.contended;
    this.#retries = 0;
    const wasLost = this.isLost;
    const isFirst = this.#ledger === '';
    const isOther = !isFirst && this.#ledger !== reply.ledger;
    if (isOther || this.#trial === request.trial) this.#trial = undefined;
    if (!isOther) {
      this.#account.arrived();
      if (this.#refusal === request.refusal) this.#refusal = undefined;
      // What is told from now on is measured anew.
      if (request.edge) this.#resets = new Resets();
      this.#learn(reply);
    }
    this.#recalls = isOther;
    this.#ledger = reply.ledger;
    this.isLost = false;
    this.#substitute = undefined;
    const declares = isOther || (isFirst && (wasLost || this.#declares));
    this.#declares = false;
    if (declares) this.#declare(now);
    else if (wasLost) this.#out.place(this.#latestPlace(now));
    this.#askAt = declares ? -Infinity : this.#time.surelyAt(reply.askAt);
    for (const { count, from, freeAtTick } of reply.permits) this.#hold(count, from, freeAtTick, reply.isTrial);
    if (wasLost) this.host.back();
    // Nothing is lent before all have told what they spent.
    if (declares || (wasLost && this.#account.hasNews)) this.#ask(now, this.#missing(now));
    this.host.wake();
    this.#review(this.clock.now());
  }

  /** Nobody leaves any more: what is lent is free as if it had not been. */
  #tooLate({ ledger, permits }: LeaseReply): void {
    if (this.#ledger !== '' && this.#ledger !== ledger) return;
    this.#account.arrived();
    this.#ledger = ledger;
    this.isLost = false;
    const { tickMs } = this.quota;
    for (const { count, from, freeAtTick } of permits) this.#account.move(freeAtTick, Math.floor(from / tickMs), count);
  }

  #learn({ limit, counts, edge }: FleetBelief): void {
    const before = this.#belief;
    this.#belief = { limit, counts, edge };
    if (limit !== before.limit || counts !== before.counts) this.host.learned();
  }

  #hold(count: number, from: number, place: number, isTrial: boolean): void {
    const { tickMs, validMs } = this.quota;
    this.#held.add({
      count,
      from: this.#time.surelyAt(from),
      until: this.#time.earliestAt(from + validMs),
      tick: Math.floor(from / tickMs),
      place,
      isTrial,
    });
  }

  #failed(error: unknown, now: number): void {
    if (this.#closed) return;
    this.#askAt = now + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#retries++);
    // The list of a long loss would be longer than Redis takes.
    this.#account.forget((tick) => this.#time.surelyAt(tick * this.quota.tickMs) <= now);
    // One answer may get lost. On its own a process spends what the others may have been lent.
    if (!this.isLost && this.#retries > 1) {
      this.isLost = true;
      this.#refusal = this.#trial = undefined;
      if (this.leases.onLoss === 'share') this.#substitute = this.#makeSubstitute(now);
      this.host.lost(error);
      this.host.wake();
    }
    this.#review(this.clock.now());
  }

  #makeSubstitute(now: number): Substitute {
    const { windowMs } = this.quota;
    const spent = this.#account.spent(now, this.quota);
    const [limit, processes, contended] = [this.limit, this.#processes, this.#contended];
    return new Substitute({ limit, windowMs, processes, contended, inFlight: this.#out.count, spent }, now);
  }

  /** A ledger that knows nothing of us is told what we spent in the last window, and what is out. */
  #declare(now: number): void {
    const account = this.#account;
    account.drop();
    this.#held.empty();
    for (const [at, count] of account.spent(now, this.quota))
      account.move(0, this.#tickAfter(at + this.quota.windowMs), count);
    this.#out.forgotten();
    this.#out.place(this.#latestPlace(now));
  }

  /** The tick by which what is out now is surely over, unless it is told again. */
  #latestPlace(now: number): number {
    const { windowMs, validMs, graceMs } = this.quota;
    return this.#tickAfter(now + windowMs + validMs + graceMs);
  }

  /** The tick at which a moment of ours has surely passed; 0 where no ledger is known. */
  #tickAfter(moment: number): number {
    const tick = Math.ceil(this.#time.latest(moment) / this.quota.tickMs);
    return Number.isFinite(tick) ? tick : 0;
  }

  /** Whether a ledger that knows nothing of this process would have to be told something. */
  #hasSpent(now: number): boolean {
    return !this.#out.isEmpty || this.#account.spent(now, this.quota).length > 0;
  }

  #dropExpired(now: number): void {
    this.#unspent(this.#held.expired(now));
  }

  #giveBack(): void {
    this.#unspent(this.#held.empty());
  }

  #unspent(blocks: readonly Block[]): void {
    for (const { place, tick, count, isTrial } of blocks) {
      this.#account.move(place, tick, count);
      if (isTrial) this.#trial ??= 'void';
    }
  }

  /** A moment of ours in the ledger's time; undefined while that is not known, or where it has no bounds. */
  #inLedger({ from, to }: Bounds): LedgerBounds | undefined {
    const bounds = { from: this.#time.earliest(from), to: this.#time.latest(to) };
    return Number.isFinite(bounds.from) && Number.isFinite(bounds.to) ? bounds : undefined;
  }

  #rateNow(now: number): number {
    return this.#rate * Math.exp((this.#rateAt - now) / RATE_MS);
  }
}
