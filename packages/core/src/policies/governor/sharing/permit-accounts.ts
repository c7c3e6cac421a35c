import type { SharedQuota } from '../../../contract/leases.js';
import { InFlightPermits } from './in-flight-permits.js';
import { type Block, LeasedPermits } from './leased-permits.js';
import { UsageReport } from './usage-report.js';

/** The permits of one lease: those at hand, those of attempts on the wire, and what the ledger has to be told of both. */
export class PermitAccounts {
  readonly held = new LeasedPermits();
  readonly report = new UsageReport();
  readonly out = new InFlightPermits(this.report);

  /** Takes permits at hand for an attempt. Permits beyond those are spent without the ledger, and reported later. */
  take(now: number, weight: number, order: number): void {
    const places = this.held.take(now, weight);
    const missing = places.reduce((left, { count }) => left - count, weight);
    if (missing > 0) places.push({ count: missing, place: 0, tick: 0 });
    this.out.add(order, places);
  }

  /**
   * An attempt was answered. Its places are free again at this tick.
   *
   * @returns whether it was known.
   */
  settle(now: number, weight: number, order: number, freeAtTick: number, quota: SharedQuota): boolean {
    const places = this.out.end(order);
    if (!places) return false;
    for (const { count, place } of places) this.report.move(place, freeAtTick, count);
    this.report.note(now, weight, quota);
    return true;
  }

  /** An attempt was never sent. Its places are free as if they had not been lent. */
  undo(order: number): void {
    this.report.giveBack(this.out.end(order) ?? []);
  }

  /** Gives back the permits at hand whose time is over. Returns them. */
  dropExpired(now: number): Block[] {
    return this.#giveBack(this.held.expired(now));
  }

  /** Gives back all permits at hand. Returns them. */
  dropHeld(): Block[] {
    return this.#giveBack(this.held.empty());
  }

  /** Takes over from a lease of another ledger. */
  adopt(before: PermitAccounts, now: number, quotaBefore: SharedQuota, quota: SharedQuota): void {
    for (const [at, count] of before.report.spent(now, quotaBefore)) this.report.note(at, count, quota);
    this.out.adopt(before.out);
  }

  /**
   * Reports to a new ledger what was spent in the last window, and the attempts on the wire.
   *
   * @param freeAtTick Converts a moment of ours to a tick of the ledger.
   * @param latestTick The tick by which every attempt on the wire has surely ended.
   */
  declare(now: number, quota: SharedQuota, freeAtTick: (moment: number) => number, latestTick: number): void {
    this.report.drop();
    this.held.empty();
    for (const [at, count] of this.report.spent(now, quota))
      this.report.move(0, freeAtTick(at + quota.windowMs), count);
    this.place(latestTick);
  }

  /** Gives the attempts on the wire new places, where the ledger does not know the old ones. */
  place(latestTick: number): void {
    this.out.forgotten();
    this.out.place(latestTick);
  }

  /** Whether a new ledger would have to be told of spent permits. */
  hasSpent(now: number, quota: SharedQuota): boolean {
    return !this.out.isEmpty || this.report.spent(now, quota).length > 0;
  }

  #giveBack(blocks: Block[]): Block[] {
    this.report.giveBack(blocks);
    return blocks;
  }
}
