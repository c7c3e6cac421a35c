import type { Clock, LeaseReply, LeaseRequest, Leases, SharedQuota, Undo } from '../ports.js';
import { Account } from './account.js';
import { ServerTime } from './server-time.js';
import { Substitute } from './substitute.js';

/** Ticks of a window: what they round away is at most this part of the quota. */
const TICKS = 250;
/** How long a permit may be spent, as a part of the window, and at most, ms. */
const VALID = { part: 0.25, mostMs: 1_000 };
const GRACE_MS = 1_000;
/** Permits are asked for this long ahead, where the rate makes that more than one, ms. */
const HORIZON_MS = 80;
/** The next ones are asked for when the last of those at hand begins in less than this, ms. */
const LEAD_MS = 40;
/** How fast the measured rate forgets, ms. */
const RATE_MS = 200;
/** What others may want is told this long after it is known, ms. */
const FLUSH_MS = 20;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 1_000;

/** The part of a scope that a lease works for. */
export interface LeaseHost {
  /** Permits that waiting calls need here. */
  demand(): number;
  /** There may be permits now. */
  wake(): void;
  /** The store is lost; until it is back this process is on its own. */
  lost(error: unknown): void;
  back(): void;
}

/** Permits lent, by our clock. */
interface Block {
  count: number;
  readonly from: number;
  readonly until: number;
  /** Tick at which it began: its place is free again then where it is not spent. */
  readonly tick: number;
  /** Tick under which the ledger counts it. */
  readonly place: number;
}

/** Where the ledger counts the permits of an attempt. */
interface Place {
  readonly count: number;
  /** 0: the ledger knows nothing of them. */
  readonly place: number;
  readonly tick: number;
}

/** How permits of a quota are lent. */
export function sharedQuota(scope: string, limit: number, windowMs: number): SharedQuota {
  return {
    scope,
    limit,
    windowMs,
    tickMs: Math.max(1, Math.floor(windowMs / TICKS)),
    validMs: Math.min(VALID.mostMs, VALID.part * windowMs),
    graceMs: GRACE_MS,
    horizonMs: HORIZON_MS,
  };
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
  #limitInForce: number;
  readonly #held: Block[] = [];
  /** Attempts out, the oldest first, by order. */
  readonly #out = new Map<number, readonly Place[]>();
  readonly #account = new Account();
  #asking = false;
  /** Our ms before which asking is useless. */
  #askAt = -Infinity;
  /** Exchanges that failed in a row. */
  #retries = 0;
  #refused = false;
  /** Permits that the next to leave needs at one moment. */
  #atOnce = 1;
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
  ) {
    this.#processes = leases.processes;
    this.#limitInForce = quota.limit;
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

  /** The limit in force for all of them together. */
  get limit(): number {
    return this.#limitInForce;
  }

  /** When `weight` permits are here: `now`, later, or Infinity while only the ledger can tell. Asks nobody. */
  freeAt(now: number, weight: number): number {
    const needed = Math.min(weight, this.#limitInForce);
    let count = 0;
    for (const block of this.#held) {
      if (block.until <= now) continue;
      count += block.count;
      if (count >= needed) return Math.max(now, block.from);
    }
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
    const places: Place[] = [];
    let missing = weight;
    for (let block = this.#held[0]; block && missing > 0; block = this.#held[0]) {
      const count = Math.min(block.count, missing);
      block.count -= count;
      missing -= count;
      places.push({ count, place: block.place, tick: block.tick });
      if (block.count === 0) this.#held.shift();
    }
    // Only while the store is lost: the ledger will be told.
    if (missing > 0) places.push({ count: missing, place: 0, tick: 0 });
    this.#out.set(order, places);
    this.#review(now);
  }

  /** The attempt ended, and the platform may have counted it. */
  end(now: number, weight: number, order: number): void {
    this.#substitute?.end(now, weight);
    const places = this.#out.get(order);
    this.#out.delete(order);
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
    const places = this.#out.get(order);
    this.#out.delete(order);
    for (const { count, place, tick } of places ?? []) if (place > 0) this.#account.move(place, tick, count);
    this.#review(this.clock.now());
  }

  /** The platform refused what the ledger had lent: somebody else spends too. */
  refused(): void {
    // On its own it may have been its own fault.
    if (!this.isLost) this.#refused = true;
  }

  /** Somebody waits here who needs `weight` permits at one moment. */
  wanted(now: number, weight: number): void {
    this.#atOnce = weight;
    this.#review(now);
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
    this.#limitInForce = Math.min(this.#limitInForce, quota.limit);
    this.#askAt = -Infinity;
  }

  /** Whether forgetting it would lose nothing. */
  idle(now: number): boolean {
    return !this.#hasSpent(now) && this.#held.length === 0 && !this.#asking && !this.isLost;
  }

  /** Gives back what is held, as far as the store can be told. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.stop();
    this.#timer = undefined;
    this.#giveBack();
    if (this.#ledger === '' || this.isLost) return;
    this.leases.exchange(this.quota, this.#request(0, true)).catch(() => undefined);
  }

  /** Does what is due, and sets the timer for what is due next. */
  #review(now: number): void {
    if (this.#closed) return;
    this.#dropExpired(now);
    if (this.#asking) return this.#arm(Infinity);
    const missing = this.#missing(now);
    const due = this.#askDue(now, missing);
    // While the store is lost every call looks for it: what goes on its own wants nothing, and what is refused does not wait.
    if (due <= now || (this.isLost && this.#askAt <= now)) return this.#ask(now, missing);
    this.#arm(Math.min(due, this.#flushDue(now), this.#extendDue()));
  }

  /** Permits that are wanted and not at hand. One at a time where the rate is low. */
  #missing(now: number): number {
    const ahead = Math.floor(this.#rateNow(now) * this.quota.horizonMs);
    return Math.max(0, Math.ceil(this.host.demand() + ahead - this.#heldCount()));
  }

  #askDue(now: number, missing: number): number {
    const demand = this.host.demand();
    const held = this.#heldCount();
    if (missing === 0 || (this.isLost && this.leases.onLoss === 'refuse' && demand === 0)) return Infinity;
    // Enough for those who wait, and for those who are about to come.
    const ahead = Math.floor(this.#rateNow(now) * LEAD_MS);
    if (demand === 0 && held >= ahead) return Infinity;
    const last = this.#held.at(-1);
    // Others are in line too: the next block is asked for when this one ends, not before.
    const nearEnd = last && (held >= demand + ahead || last.from > now + LEAD_MS) ? last.from - LEAD_MS : now;
    return Math.max(nearEnd, this.#askAt);
  }

  /** When what is known here has to be told because others may wait for it. */
  #flushDue(now: number): number {
    // Told when the store is back.
    if (this.isLost) return Infinity;
    const first = this.#held[0];
    const unspent = first ? first.until : Infinity;
    return this.#contended && this.#account.tells ? Math.min(unspent, now + FLUSH_MS) : unspent;
  }

  /** When the ledger would give up the place of an attempt that is still out. */
  #extendDue(): number {
    for (const places of this.#out.values()) {
      const place = places[0]?.place ?? 0;
      if (place > 0) return this.#time.earliestAt(this.#lastWord(place));
      // It will be told when the store is back.
      return Infinity;
    }
    return Infinity;
  }

  /** Ledger ms by which a permit that is still out has to be told of. */
  #lastWord(place: number): number {
    const { tickMs, windowMs, graceMs } = this.quota;
    return place * tickMs - windowMs - graceMs / 2;
  }

  #arm(at: number): void {
    if (this.#timer?.at === at) return;
    // A timer that comes early does no harm; to make one for every attempt would.
    if (this.#timer && this.#timer.at < at && at < Infinity) return;
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
    if (this.#closed || this.#asking) return;
    if (this.isLost) return this.#review(now);
    this.#dropExpired(now);
    const extended = this.#extend(now);
    const missing = this.#missing(now);
    const wants = this.#askDue(now, missing) <= now;
    const { tells } = this.#account;
    if (wants || extended || (tells && this.#contended)) return this.#ask(now, wants ? missing : 0);
    // Given back, not wanted again: told now, or others would wait for the place to be free by itself.
    if (tells && this.#held.length === 0 && this.#out.size === 0 && this.host.demand() === 0) return this.#ask(now, 0);
    this.#review(now);
  }

  #ask(now: number, demand: number): void {
    if (this.#asking || this.#closed) return;
    this.#asking = true;
    this.#arm(Infinity);
    this.leases.exchange(this.quota, this.#request(demand, false)).then(
      (reply) => {
        this.#asking = false;
        this.#answered(reply, now, this.clock.now());
      },
      (error: unknown) => {
        this.#asking = false;
        this.#failed(error, this.clock.now());
      },
    );
  }

  #request(demand: number, leaving: boolean): LeaseRequest {
    const { id, moves } = this.#account.batch();
    return {
      process: this.process,
      ledger: this.#ledger,
      batch: id,
      moves,
      demand,
      atOnce: Math.min(demand, this.#atOnce),
      refused: this.#refused,
      returning: this.isLost,
      leaving,
    };
  }

  #answered(reply: LeaseReply, askedAt: number, now: number): void {
    if (this.#closed) return;
    // Its clock was set, or another server took over: what is held may be of another time.
    if (this.#time.learn(reply.now, askedAt, now)) this.#giveBack();
    this.#processes = Math.max(1, reply.processes);
    this.#contended = reply.contended;
    this.#limitInForce = reply.limit;
    this.#retries = 0;
    const wasLost = this.isLost;
    const isFirst = this.#ledger === '';
    const isOther = !isFirst && this.#ledger !== reply.ledger;
    if (!isOther) {
      this.#account.arrived();
      this.#refused = false;
    }
    this.#ledger = reply.ledger;
    this.isLost = false;
    this.#substitute = undefined;
    if (isOther || (isFirst && wasLost)) this.#declare(now);
    else if (wasLost) this.#place(now);
    this.#askAt = isOther ? -Infinity : this.#time.surelyAt(reply.askAt);
    for (const { count, from, freeAtTick } of reply.permits) this.#hold(count, from, freeAtTick);
    if (wasLost) this.host.back();
    // Nothing is lent before all have told what they spent.
    if (isOther || (wasLost && this.#account.hasNews)) this.#ask(now, this.#missing(now));
    this.host.wake();
    this.#review(this.clock.now());
  }

  #hold(count: number, from: number, place: number): void {
    const { tickMs, validMs } = this.quota;
    this.#held.push({
      count,
      from: this.#time.surelyAt(from),
      until: this.#time.earliestAt(from + validMs),
      tick: Math.floor(from / tickMs),
      place,
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
      if (this.leases.onLoss === 'share') this.#substitute = this.#makeSubstitute(now);
      this.host.lost(error);
      this.host.wake();
    }
    this.#review(this.clock.now());
  }

  #makeSubstitute(now: number): Substitute {
    const { windowMs } = this.quota;
    const spent = this.#account.spent(now, this.quota);
    let out = 0;
    for (const places of this.#out.values()) for (const { count } of places) out += count;
    const [limit, processes, contended] = [this.#limitInForce, this.#processes, this.#contended];
    return new Substitute({ limit, windowMs, processes, contended, inFlight: out, spent }, now);
  }

  /** A ledger that knows nothing of us is told what we spent in the last window, and what is out. */
  #declare(now: number): void {
    const account = this.#account;
    account.drop();
    this.#held.length = 0;
    for (const [at, count] of account.spent(now, this.quota))
      account.move(0, this.#tickAfter(at + this.quota.windowMs), count);
    for (const [order, places] of this.#out)
      this.#out.set(
        order,
        places.map(({ count }) => ({ count, place: 0, tick: 0 })),
      );
    this.#place(now);
  }

  /** Gives attempts that are out without the ledger's knowledge a place in it. */
  #place(now: number): void {
    const place = this.#latestPlace(now);
    for (const [order, places] of this.#out) {
      if (places.every((one) => one.place > 0)) continue;
      for (const one of places) if (one.place === 0) this.#account.move(0, place, one.count);
      this.#out.set(
        order,
        places.map((one) => (one.place > 0 ? one : { count: one.count, place, tick: 0 })),
      );
    }
  }

  /** Keeps the places of attempts that are out for long. Returns whether there were any. */
  #extend(now: number): boolean {
    const to = this.#latestPlace(now);
    let extended = false;
    for (const [order, places] of this.#out) {
      const { place = 0 } = places[0] ?? {};
      if (place === 0) continue;
      if (this.#time.earliestAt(this.#lastWord(place)) > now) break;
      for (const one of places) this.#account.move(one.place, to, one.count);
      // At the end, as the one that has to be told of last.
      this.#out.delete(order);
      this.#out.set(
        order,
        places.map((one) => ({ ...one, place: to })),
      );
      extended = true;
    }
    return extended;
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
    return this.#out.size > 0 || this.#account.spent(now, this.quota).length > 0;
  }

  #dropExpired(now: number): void {
    for (let block = this.#held[0]; block && block.until <= now; block = this.#held[0]) {
      this.#account.move(block.place, block.tick, block.count);
      this.#held.shift();
    }
  }

  #giveBack(): void {
    for (const { place, tick, count } of this.#held) this.#account.move(place, tick, count);
    this.#held.length = 0;
  }

  #heldCount(): number {
    let count = 0;
    for (const block of this.#held) count += block.count;
    return count;
  }

  #rateNow(now: number): number {
    return this.#rate * Math.exp((this.#rateAt - now) / RATE_MS);
  }
}
