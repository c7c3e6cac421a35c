import type { Interval } from '../../../contract/counting.js';
import type { SharedEstimate, LeaseReply, LentPermits, SharedQuota } from '../../../contract/leases.js';
import type { Block } from './leased-permits.js';
import { ServerClock } from './server-clock.js';

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 1_000;
/** Consecutive new ledgers after which the store counts as lost: the store forgets each ledger at once. */
const MAX_NEW_LEDGERS = 3;
/** Age at which a ledger counts as stable, ms. A ledger that lends permits is stable too. */
const STABLE_MS = 1_000;

/** Facts of a reply about its ledger. */
export interface ReplyFacts {
  /** Whether this is the first known ledger. */
  readonly isFirst: boolean;
  /** Whether the ledger differs from the previous one: it knows nothing of this process. */
  readonly isOther: boolean;
  /** Jump of the ledger clock, ms; 0 without a jump. */
  readonly jumpMs: number;
}

/** What one process knows about the ledger of a quota: id, clock, and last reply. */
export class KnownLedger {
  /** Id of the ledger; empty before the first reply. */
  id = '';
  contended = false;
  estimate: SharedEstimate;
  /** Local ms before which the store is not asked, after a failed exchange or repeated new ledgers. */
  retryAt = -Infinity;
  readonly #clock = new ServerClock();
  /** Consecutive failed exchanges. */
  #failures = 0;
  /** Consecutive new ledgers, none of which lent permits or lasted. */
  #newLedgers = 0;
  /** When the current ledger was first seen. */
  #since = -Infinity;

  constructor(
    public quota: SharedQuota,
    /** Processes that share this quota, as far as known. */
    public processes: number,
  ) {
    this.estimate = { limit: quota.limit, counts: undefined, edge: undefined };
  }

  /** Reads a reply. The caller reads the estimate of the platform. */
  read(reply: LeaseReply, askedAt: number, now: number): ReplyFacts {
    const isFirst = this.id === '';
    const isOther = !isFirst && this.id !== reply.ledger;
    this.#clock.update(reply.now, askedAt, now);
    const { jumpMs } = this.#clock;
    this.id = reply.ledger;
    this.processes = Math.max(1, reply.processes);
    this.contended = reply.contended;
    this.#failures = 0;
    if (isFirst || isOther) this.#since = now;
    if (isOther) this.#newLedgers++;
    else if (reply.permits.length > 0 || now - this.#since >= STABLE_MS) this.#newLedgers = 0;
    // The first new ledger is asked at once: an emptied store works again.
    const pauses = this.isForgotten || (isOther && this.#newLedgers > 1);
    this.retryAt = pauses ? now + pauseMs(this.#newLedgers - 2) : -Infinity;
    // An edge in the old ledger time is invalid in the new time.
    if (jumpMs !== 0) this.estimate = { ...this.estimate, edge: undefined };
    return { isFirst, isOther, jumpMs };
  }

  /** Whether every exchange finds a new ledger, so that reports are lost at once. */
  get isForgotten(): boolean {
    return this.#newLedgers >= MAX_NEW_LEDGERS;
  }

  /** Records a failed exchange. Returns whether the store is lost: one failure is tolerated. */
  recordFailure(now: number): boolean {
    this.retryAt = now + pauseMs(this.#failures++);
    return this.#failures > 1;
  }

  /** Resets the retry pause: the store may be reachable again. */
  resetRetry(): void {
    this.retryAt = -Infinity;
    this.#failures = 0;
  }

  /** Converts a local moment to ledger time; undefined while unknown, or without finite bounds. */
  toLedgerTime({ from, to }: Interval): Interval | undefined {
    const bounds = { from: this.#clock.earliest(from), to: this.#clock.latest(to) };
    return Number.isFinite(bounds.from) && Number.isFinite(bounds.to) ? bounds : undefined;
  }

  /** Returns the local time at which the ledger clock has certainly reached `moment`. */
  surelyAt(moment: number): number {
    return this.#clock.surelyAt(moment);
  }

  /** Returns the earliest local time at which the ledger clock may have reached `moment`. */
  earliestAt(moment: number): number {
    return this.#clock.earliestAt(moment);
  }

  /**
   * Converts lent permits to local time.
   *
   * @param part - Part of the validity to use.
   */
  toBlock({ count, from, freeAtTick }: LentPermits, part: number, isTrial: boolean): Block {
    const { tickMs, validMs } = this.quota;
    const until = this.earliestAt(from + validMs * part);
    return { count, from: this.surelyAt(from), until, tick: Math.floor(from / tickMs), place: freeAtTick, isTrial };
  }

  /** Whether a tick has certainly passed. */
  isPast(tick: number, now: number): boolean {
    return this.#clock.surelyAt(tick * this.quota.tickMs) <= now;
  }

  /** Returns the tick at which a local moment has certainly passed; 0 without a known ledger. */
  tickAfter(moment: number): number {
    const tick = Math.ceil(this.#clock.latest(moment) / this.quota.tickMs);
    return Number.isFinite(tick) ? tick : 0;
  }

  /** Returns the tick by which current attempts have certainly ended, unless they are extended. */
  latestTick(now: number): number {
    const { windowMs, validMs, graceMs } = this.quota;
    return this.tickAfter(now + windowMs + validMs + graceMs);
  }

  /** Returns the local time at which the place of an attempt in flight must be extended. */
  extendAt(place: number): number {
    const { tickMs, windowMs, graceMs } = this.quota;
    return this.#clock.earliestAt(place * tickMs - windowMs - graceMs / 2);
  }
}

/** Returns the pause after `failures` earlier failures. */
function pauseMs(failures: number): number {
  return Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
}
