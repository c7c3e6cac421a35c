import type { SharedQuota } from '../../../contract/leases.js';
import type { Block, LeasedPermits } from './leased-permits.js';

/** Permits are requested when the last block at hand begins in less than this, ms. */
const LEAD_MS = 40;
/** Time constant of the measured rate, ms. */
const RATE_MS = 200;
/** Minimum pause after a reply without permits, ms. */
const MIN_PAUSE_MS = 2;
/** Maximum number of doublings of a rest. */
const MAX_DOUBLINGS = 3;

/** The part of a scope that needs permits. */
export interface DemandHost {
  /** Permits that waiting calls need here. */
  demand(): number;
  /** When all other limits let so many permits pass: `now`, later, or Infinity while unknown. */
  elsewhereFreeAt(now: number, weight: number): number;
  /** A random number in [0, 1). */
  random(): number;
}

/**
 * Decides how many permits one process requests from its ledger, and when.
 *
 * Only usable permits are requested. Permits that expire unused while calls wait show that another limit holds the calls back.
 * The lease then holds only the permits that left within one validity, and doubles the number each time it runs dry.
 *
 * Where no permit of a block was used, the lease rests before the next request: another process may hold the missing permits of
 * the other limit, and wait for the permits held here.
 */
export class LeaseDemand {
  /** Local ms before which a request is useless. */
  askAt = -Infinity;
  /** Permits that the next call needs at one moment, and whether the call tolerates a refusal. */
  atOnce = 1;
  mayTry = false;
  /** Permits per ms, decaying over time. */
  #rate = 0;
  #rateAt = 0;
  /** When a permit was last used. */
  #spentAt = -Infinity;
  /** When the ledger last answered. */
  #answeredAt = -Infinity;
  /** Maximum number of permits to hold. */
  #max = Infinity;
  #restUntil = -Infinity;
  #rests = 0;

  constructor(readonly host: DemandHost) {}

  /** Records used permits. */
  recordSpent(now: number, weight: number): void {
    this.#rate = this.#rateAtTime(now) + weight / RATE_MS;
    this.#rateAt = now;
    this.#spentAt = now;
    this.#rests = 0;
  }

  /** Records expired permits. Their places are free again, so the last `askAt` of the ledger is outdated. */
  recordUnspent(now: number, blocks: readonly Block[], { validMs }: SharedQuota): void {
    this.askAt = -Infinity;
    if (this.host.demand() === 0) return;
    const left = Math.ceil(this.#rateAtTime(now) * validMs);
    this.#max = Math.max(1, Math.min(this.#max, left));
    if (blocks.some(({ from }) => this.#spentAt >= from)) return;
    this.#restUntil = now + validMs * (0.5 + this.host.random()) * 2 ** Math.min(this.#rests++, MAX_DOUBLINGS);
  }

  /**
   * Records a reply of the ledger.
   *
   * @param held - Permits at hand before those of this reply.
   */
  recordAnswer(now: number, askAt: number, lentNothing: boolean, held: LeasedPermits): void {
    this.askAt = lentNothing ? Math.max(askAt, now + MIN_PAUSE_MS) : askAt;
    // All permits were used, and no other limit holds the calls back: the lease can use more.
    const isDry = held.count < this.atOnce && this.#spentAt >= this.#answeredAt && this.host.demand() > 0;
    if (isDry && this.#max < Infinity && this.host.elsewhereFreeAt(now, this.atOnce) <= now) this.#max *= 2;
    this.#answeredAt = now;
  }

  /** Notes that a permit of this process becomes free. The ledger did not know the time when it set `askAt`. */
  expectFree(moment: number): void {
    this.askAt = Math.min(this.askAt, moment - 2 * LEAD_MS);
  }

  /**
   * Returns the number of missing permits: one at a time where the rate is low.
   *
   * @param limit - The limit in force: the maximum needed at one moment.
   */
  missing(now: number, held: LeasedPermits, horizonMs: number, limit: number): number {
    const demand = this.host.demand();
    const atOnce = Math.min(this.atOnce, limit);
    // Enough permits are at hand but never valid together. The lease holds at most three times that many.
    const isEnough = atOnce > 1 && held.count >= atOnce && held.count < 3 * atOnce;
    if (isEnough && demand >= atOnce && held.freeAt(now, atOnce, this.mayTry) === undefined) return atOnce;
    const wanted = demand + Math.floor(this.#rateAtTime(now) * horizonMs);
    const max = Math.max(this.#max, atOnce);
    const missing = Math.ceil(Math.min(wanted, max) - held.count);
    // Permits are not requested one by one.
    return missing > 0 && (wanted <= max || held.count <= max / 2) ? missing : 0;
  }

  /** Returns when the ledger is to be asked. */
  dueAt(now: number, missing: number, held: LeasedPermits): number {
    const demand = this.host.demand();
    if (missing === 0) return Infinity;
    // The permits at hand suffice for waiting calls and for calls expected soon.
    if (demand === 0 && held.count >= Math.floor(this.#rateAtTime(now) * LEAD_MS)) return Infinity;
    const { last } = held;
    // Other processes are waiting too: the next block is requested only when this one ends.
    const at = Math.max(last ? last.from - LEAD_MS : now, this.askAt);
    return demand === 0 || this.#max === Infinity ? at : Math.max(at, this.#notBefore(now));
  }

  /** Returns until when no permits are requested because other limits hold the calls back. */
  #notBefore(now: number): number {
    const elsewhere = this.host.elsewhereFreeAt(now, this.atOnce);
    if (elsewhere <= now) return now;
    return elsewhere < Infinity ? elsewhere - LEAD_MS : this.#restUntil;
  }

  #rateAtTime(now: number): number {
    return this.#rate * Math.exp((this.#rateAt - now) / RATE_MS);
  }
}
