import type { SharedQuota } from '../../../contract/leases.js';
import type { Block, LeasedPermits } from './leased-permits.js';

/** The next ones are asked for when the last of those at hand begins in less than this, ms. */
const LEAD_MS = 40;
/** How fast the measured rate forgets, ms. */
const RATE_MS = 200;
/** A ledger that lent nothing is not asked again sooner than this, whatever it says, ms. */
const LEAST_PAUSE_MS = 2;
/** How often a rest doubles. */
const MOST_RESTS = 3;

/** The part of a scope that wants permits. */
export interface DemandHost {
  /** Permits that waiting calls need here. */
  demand(): number;
  /** When everything else here lets so many permits pass: `now`, later, or Infinity while nobody can tell. */
  elsewhereFreeAt(now: number, weight: number): number;
  /** A number in [0, 1). */
  chance(): number;
}

/**
 * How many permits one process asks of its ledger, and when.
 *
 * What can be spent is asked for, no more. Permits that end unspent while calls wait show that another limit holds the calls
 * back: from then on the lease holds only as many as left within one validity, and twice as many each time it runs dry. Permits of
 * which none was spent are given back, and the lease rests before it asks again: another process may hold what is missing here,
 * and wait for what was held here.
 */
export class LeaseDemand {
  /** Our ms before which asking is useless. */
  askAt = -Infinity;
  /** Permits that the next to leave needs at one moment, and whether it can bear to be refused. */
  atOnce = 1;
  mayAsk = false;
  /** Permits per ms, forgetting the past. */
  #rate = 0;
  #rateAt = 0;
  /** When a permit was last spent. */
  #spentAt = -Infinity;
  /** When the ledger last answered. */
  #answeredAt = -Infinity;
  /** Permits to hold at most. */
  #most = Infinity;
  #restUntil = -Infinity;
  #rests = 0;

  constructor(readonly host: DemandHost) {}

  /** Permits were spent. */
  spent(now: number, weight: number): void {
    this.#rate = this.#rateNow(now) + weight / RATE_MS;
    this.#rateAt = now;
    this.#spentAt = now;
    this.#rests = 0;
  }

  /** Permits ended unspent: their places are free again, so what the ledger said of them is out of date. */
  unspent(now: number, blocks: readonly Block[], { validMs }: SharedQuota): void {
    this.askAt = -Infinity;
    if (this.host.demand() === 0) return;
    const left = Math.ceil(this.#rateNow(now) * validMs);
    this.#most = Math.max(1, Math.min(this.#most, left));
    if (blocks.some(({ from }) => this.#spentAt >= from)) return;
    this.#restUntil = now + validMs * (0.5 + this.host.chance()) * 2 ** Math.min(this.#rests++, MOST_RESTS);
  }

  /**
   * The ledger answered.
   *
   * @param held Permits at hand before those of this answer.
   */
  answered(now: number, askAt: number, lentNothing: boolean, held: LeasedPermits): void {
    this.askAt = lentNothing ? Math.max(askAt, now + LEAST_PAUSE_MS) : askAt;
    // All were spent, and nothing else holds the calls back: more can be used.
    const isDry = held.count < this.atOnce && this.#spentAt >= this.#answeredAt && this.host.demand() > 0;
    if (isDry && this.#most < Infinity && this.host.elsewhereFreeAt(now, this.atOnce) <= now) this.#most *= 2;
    this.#answeredAt = now;
  }

  /** A place of our own will be free then: the ledger did not know of it when it said when to ask again. */
  freedAt(moment: number): void {
    this.askAt = Math.min(this.askAt, moment - 2 * LEAD_MS);
  }

  /**
   * Permits that are wanted and not at hand. One at a time where the rate is low.
   *
   * @param limit The limit in force: nobody needs more at one moment.
   */
  missing(now: number, held: LeasedPermits, horizonMs: number, limit: number): number {
    const demand = this.host.demand();
    const atOnce = Math.min(this.atOnce, limit);
    // There are enough, and never together. A few more than enough, and no more than that.
    const isEnough = atOnce > 1 && held.count >= atOnce && held.count < 3 * atOnce;
    if (isEnough && demand >= atOnce && held.freeAt(now, atOnce, this.mayAsk) === undefined) return atOnce;
    const wanted = demand + Math.floor(this.#rateNow(now) * horizonMs);
    const most = Math.max(this.#most, atOnce);
    const missing = Math.ceil(Math.min(wanted, most) - held.count);
    // Not one by one.
    return missing > 0 && (wanted <= most || held.count <= most / 2) ? missing : 0;
  }

  /** When the ledger is to be asked. */
  due(now: number, missing: number, held: LeasedPermits): number {
    const demand = this.host.demand();
    if (missing === 0) return Infinity;
    // Enough for those who wait, and for those who are about to come.
    if (demand === 0 && held.count >= Math.floor(this.#rateNow(now) * LEAD_MS)) return Infinity;
    const { last } = held;
    // Others are in line too: the next block is asked for when this one ends, not before.
    const at = Math.max(last ? last.from - LEAD_MS : now, this.askAt);
    return demand === 0 || this.#most === Infinity ? at : Math.max(at, this.#notBefore(now));
  }

  /** Until when nothing is asked for because calls could not leave with it. */
  #notBefore(now: number): number {
    const elsewhere = this.host.elsewhereFreeAt(now, this.atOnce);
    if (elsewhere <= now) return now;
    return elsewhere < Infinity ? elsewhere - LEAD_MS : this.#restUntil;
  }

  #rateNow(now: number): number {
    return this.#rate * Math.exp((this.#rateAt - now) / RATE_MS);
  }
}
