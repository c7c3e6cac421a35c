import { quotaSharing } from './sharing/lease-manager.js';
import type { LeaseNews, LeaseReply, LeaseRequest, Leases, SharedQuota } from '../../contract/leases.js';
import type { Undo } from '../../contract/clock.js';
import type { VirtualClock } from '../../testing.js';

/** A ledger of one process. While `lends` is set, it lends every requested permit after `latencyMs`. */
export class Lender implements Leases {
  readonly sharing = quotaSharing;
  readonly onLoss = 'share';
  readonly processes = 1;
  lends = true;
  /** Demands by scope, zeros left out. */
  readonly asked: (readonly [scope: string, demand: number])[] = [];
  news: LeaseNews | undefined = undefined;

  constructor(
    readonly clock: VirtualClock,
    readonly latencyMs = 5,
  ) {}

  exchange(quota: SharedQuota, { demand }: LeaseRequest): Promise<LeaseReply> {
    const scope = quota.scope.slice(0, quota.scope.indexOf('|'));
    if (demand > 0) this.asked.push([scope, demand]);
    return new Promise((resolve) => {
      this.clock.setTimer(this.latencyMs, () => resolve(this.#reply(quota, demand)));
    });
  }

  #reply({ limit, windowMs, validMs, graceMs, tickMs }: SharedQuota, demand: number): LeaseReply {
    const now = this.clock.now();
    const freeAtTick = Math.ceil((now + windowMs + validMs + graceMs) / tickMs);
    const permits = this.lends && demand > 0 ? [{ count: demand, from: now, freeAtTick }] : [];
    const estimate = { limit, counts: undefined, edge: undefined };
    const askAt = this.lends ? now : now + 50;
    return { ledger: 'l', now, processes: 1, contended: false, ...estimate, isTrial: false, askAt, permits };
  }

  closeGate(): Promise<void> {
    return Promise.resolve();
  }

  gateOf(): number {
    return 0;
  }

  listen(news: LeaseNews): Undo {
    this.news = news;
    return () => (this.news = undefined);
  }
}
