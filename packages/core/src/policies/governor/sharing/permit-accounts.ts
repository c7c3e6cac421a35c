import type { SharedQuota } from '../../../contract/leases.js';
import { InFlightPermits } from './in-flight-permits.js';
import { type Block, LeasedPermits } from './leased-permits.js';
import { UsageReport } from './usage-report.js';

/** Permits of one lease: permits at hand, permits of attempts on the wire, and the report for the ledger. */
export class PermitAccounts {
  readonly held = new LeasedPermits();
  readonly report = new UsageReport();
  readonly inFlight = new InFlightPermits(this.report);

  /** Takes permits at hand for an attempt. Missing permits are used without the ledger, and reported later. */
  take(now: number, weight: number, order: number): void {
    const places = this.held.take(now, weight);
    const missing = places.reduce((left, { count }) => left - count, weight);
    if (missing > 0) places.push({ count: missing, place: 0, tick: 0 });
    this.inFlight.add(order, places);
  }

  /**
   * Ends an answered attempt. Its permits are free again at the given tick.
   *
   * @returns whether the attempt was known.
   */
  end(now: number, weight: number, order: number, freeAtTick: number, quota: SharedQuota): boolean {
    const places = this.inFlight.end(order);
    if (!places) return false;
    for (const { count, place } of places) this.report.move(place, freeAtTick, count);
    this.report.recordSpent(now, weight, quota);
    return true;
  }

  /** Frees the permits of an attempt that was never sent. */
  undo(order: number): void {
    this.report.giveBack(this.inFlight.end(order) ?? []);
  }

  /** Gives back the expired permits. Returns them. */
  dropExpired(now: number): Block[] {
    return this.#giveBack(this.held.takeExpired(now));
  }

  /** Gives back all permits at hand. Returns them. */
  dropHeld(): Block[] {
    return this.#giveBack(this.held.takeAll());
  }

  /** Takes over from a lease of another ledger. */
  adopt(before: PermitAccounts, now: number, quotaBefore: SharedQuota, quota: SharedQuota): void {
    for (const [at, count] of before.report.spent(now, quotaBefore)) this.report.recordSpent(at, count, quota);
    this.inFlight.adopt(before.inFlight);
  }

  /**
   * Reports to a new ledger the permits used in the last window, and the attempts on the wire.
   *
   * @param freeAtTick - Converts a local time to a tick of the ledger.
   * @param latestTick - Tick by which every attempt on the wire has certainly ended.
   */
  reportAll(now: number, quota: SharedQuota, freeAtTick: (moment: number) => number, latestTick: number): void {
    this.report.drop();
    this.held.takeAll();
    for (const [at, count] of this.report.spent(now, quota))
      this.report.move(0, freeAtTick(at + quota.windowMs), count);
    this.place(latestTick);
  }

  /** Reports new places for the attempts on the wire, where the ledger does not know the old places. */
  place(latestTick: number): void {
    this.inFlight.clearPlaces();
    this.inFlight.place(latestTick);
  }

  /** Whether a new ledger needs a report of used permits. */
  hasSpent(now: number, quota: SharedQuota): boolean {
    return !this.inFlight.isEmpty || this.report.spent(now, quota).length > 0;
  }

  #giveBack(blocks: Block[]): Block[] {
    this.report.giveBack(blocks);
    return blocks;
  }
}
