import type { Interval } from '../../../contract/counting.js';
import type { SharedEstimate, LeaseReply, LentPermits, SharedQuota } from '../../../contract/leases.js';
import type { Block } from './leased-permits.js';
import { ServerClock } from './server-clock.js';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 1_000;
/** New ledgers in a row after which the store is as good as lost: it forgets each as soon as it is written. */
const MOST_NEW_LEDGERS = 3;
/** A ledger that is there for so long stays, ms. One that lends does too. */
const STEADY_MS = 1_000;

/** What an answer says of the ledger that gave it. */
export interface LedgerNews {
  /** The first one this process hears of. */
  readonly isFirst: boolean;
  /** Another one than before: it knows nothing of this process. */
  readonly isOther: boolean;
  /** By how much its clock was set, ms; 0 where it was not. */
  readonly jumpMs: number;
}

/** What one process knows of the ledger of a quota: which one it is, its time, and what it said last. */
export class KnownLedger {
  /** '' before the first answer. */
  id = '';
  contended = false;
  estimate: SharedEstimate;
  /** Our ms before which the store is not asked, after an exchange that failed or a ledger that was forgotten again. */
  retryAt = -Infinity;
  readonly #time = new ServerClock();
  /** Exchanges that failed in a row. */
  #failures = 0;
  /** New ledgers in a row, none of which lent anything or stayed. */
  #newLedgers = 0;
  /** When this one was first heard of. */
  #since = -Infinity;

  constructor(
    public quota: SharedQuota,
    /** Processes that spend this quota, as far as known. */
    public processes: number,
  ) {
    this.estimate = { limit: quota.limit, counts: undefined, edge: undefined };
  }

  /** Reads an answer. What is believed of the platform is left to the caller. */
  read(reply: LeaseReply, askedAt: number, now: number): LedgerNews {
    const isFirst = this.id === '';
    const isOther = !isFirst && this.id !== reply.ledger;
    this.#time.learn(reply.now, askedAt, now);
    const { jumpMs } = this.#time;
    this.id = reply.ledger;
    this.processes = Math.max(1, reply.processes);
    this.contended = reply.contended;
    this.#failures = 0;
    if (isFirst || isOther) this.#since = now;
    if (isOther) this.#newLedgers++;
    else if (reply.permits.length > 0 || now - this.#since >= STEADY_MS) this.#newLedgers = 0;
    // The first new one is asked at once: a store that was emptied is whole again.
    const rests = this.isForgotten || (isOther && this.#newLedgers > 1);
    this.retryAt = rests ? now + pauseMs(this.#newLedgers - 2) : -Infinity;
    // An edge in the old time is none in the new one.
    if (jumpMs !== 0) this.estimate = { ...this.estimate, edge: undefined };
    return { isFirst, isOther, jumpMs };
  }

  /** Whether each exchange finds a new ledger: what is told there is lost at once. */
  get isForgotten(): boolean {
    return this.#newLedgers >= MOST_NEW_LEDGERS;
  }

  /** An exchange failed. Returns whether the store is lost: one answer may get lost. */
  failed(now: number): boolean {
    this.retryAt = now + pauseMs(this.#failures++);
    return this.#failures > 1;
  }

  /** The store may be there again. */
  mayBeBack(): void {
    this.retryAt = -Infinity;
    this.#failures = 0;
  }

  /** A moment of ours in the ledger's time; undefined while that is not known, or where it has no bounds. */
  inLedger({ from, to }: Interval): Interval | undefined {
    const bounds = { from: this.#time.earliest(from), to: this.#time.latest(to) };
    return Number.isFinite(bounds.from) && Number.isFinite(bounds.to) ? bounds : undefined;
  }

  /** When, by our clock, it has surely come to a moment of its own. */
  surelyAt(moment: number): number {
    return this.#time.surelyAt(moment);
  }

  /** When, by our clock, it can have come to a moment of its own at the earliest. */
  earliestAt(moment: number): number {
    return this.#time.earliestAt(moment);
  }

  /** Lent permits by our clock. @param part Part of their validity that is used. */
  blockOf({ count, from, freeAtTick }: LentPermits, part: number, isTrial: boolean): Block {
    const { tickMs, validMs } = this.quota;
    const until = this.earliestAt(from + validMs * part);
    return { count, from: this.surelyAt(from), until, tick: Math.floor(from / tickMs), place: freeAtTick, isTrial };
  }

  /** Whether a tick is over, surely. */
  isPast(tick: number, now: number): boolean {
    return this.#time.surelyAt(tick * this.quota.tickMs) <= now;
  }

  /** The tick at which a moment of ours has surely passed; 0 where no ledger is known. */
  tickAfter(moment: number): number {
    const tick = Math.ceil(this.#time.latest(moment) / this.quota.tickMs);
    return Number.isFinite(tick) ? tick : 0;
  }

  /** The tick by which what is out now is surely over, unless it is told again. */
  latestTick(now: number): number {
    const { windowMs, validMs, graceMs } = this.quota;
    return this.tickAfter(now + windowMs + validMs + graceMs);
  }

  /** When, by our clock, a permit that is still out has to be told of. */
  lastWordAt(place: number): number {
    const { tickMs, windowMs, graceMs } = this.quota;
    return this.#time.earliestAt(place * tickMs - windowMs - graceMs / 2);
  }
}

/** The pause after so many failures before. */
function pauseMs(failures: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
}
