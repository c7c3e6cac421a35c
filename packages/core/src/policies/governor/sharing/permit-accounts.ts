import type { SharedQuota } from '../../../contract/leases.js';
import { Outstanding } from './in-flight-permits.js';
import { type Block, Purse } from './leased-permits.js';
import { Account } from './usage-report.js';

/** The permits of one lease: those at hand, those of attempts that are out, and what the ledger has to be told of both. */
export class PermitAccounts {
  readonly held = new Purse();
  readonly report = new Account();
  readonly out = new Outstanding(this.report);

  /** Takes permits at hand for an attempt. What is missing was spent without the ledger, which will be told. */
  take(now: number, weight: number, order: number): void {
    const places = this.held.take(now, weight);
    const missing = places.reduce((left, { count }) => left - count, weight);
    if (missing > 0) places.push({ count: missing, place: 0, tick: 0 });
    this.out.add(order, places);
  }

  /**
   * An attempt was answered: its places are free again at this tick.
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

  /** An attempt was never sent: its places are free as if they had not been lent. */
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

  /** Goes on where those of another ledger end. */
  adopt(before: PermitAccounts, now: number, quotaBefore: SharedQuota, quota: SharedQuota): void {
    for (const [at, count] of before.report.spent(now, quotaBefore)) this.report.note(at, count, quota);
    this.out.adopt(before.out);
  }

  /**
   * A ledger that knows nothing of this process is told what was spent in the last window, and what is out.
   *
   * @param freeAtTick The tick at which a place is free that is free at a moment of ours.
   * @param latestTick The tick by which what is out is surely over.
   */
  declare(now: number, quota: SharedQuota, freeAtTick: (moment: number) => number, latestTick: number): void {
    this.report.drop();
    this.held.empty();
    for (const [at, count] of this.report.spent(now, quota))
      this.report.move(0, freeAtTick(at + quota.windowMs), count);
    this.place(latestTick);
  }

  /** Gives all that is out new places, for the ledger knows none of the old ones. */
  place(latestTick: number): void {
    this.out.forgotten();
    this.out.place(latestTick);
  }

  /** Whether a ledger that knows nothing of this process would have to be told something. */
  hasSpent(now: number, quota: SharedQuota): boolean {
    return !this.out.isEmpty || this.report.spent(now, quota).length > 0;
  }

  #giveBack(blocks: Block[]): Block[] {
    this.report.giveBack(blocks);
    return blocks;
  }
}
