import { PRIORITIES, type Priority } from '../../../contract/context.js';
import { PriorityClass } from './priority-class.js';
import { compareAge, type Flow, type QueueLane, type Waiter } from './waiter.js';

/** Maximum number of tenants in a snapshot. */
const MAX_TENANTS = 100;

/** The prospects of a new call within its priority class. */
export interface Outlook {
  /** Part of the permits that the class needs which go before the call, from 0 to 1. */
  part: number;
  /** When aging will have given the class that many permits, and those of the call; monotonic ms. */
  agedAt: number;
}

/** The waiting calls of one credential, in the order in which they will be served. */
export class WaitQueue<L extends QueueLane<L>> {
  readonly #classes = PRIORITIES.map((_, priority) => new PriorityClass<L>(priority));
  #shares: Readonly<Record<string, number>>;
  /** Whether aging gave the last permit to a class out of order. */
  #aged = false;
  /** Number of waiting calls. */
  size = 0;

  constructor(
    shares: Readonly<Record<string, number>>,
    public agingMs: number,
  ) {
    this.#shares = shares;
  }

  set shares(shares: Readonly<Record<string, number>>) {
    this.#shares = shares;
    for (const cls of this.#classes) cls.applyShares(shares);
  }

  /** Adds a waiter in the place of its age. */
  add(waiter: Waiter<L>, now: number): void {
    const cls = this.#class(waiter.priority);
    if (cls.size === 0) cls.servedAt = now;
    cls.add(waiter, this.#shares);
    waiter.lane.countWaiter(cls.priority, waiter.weight, 1);
    this.size++;
  }

  /** Removes a waiter from any place. O(log n). */
  remove(waiter: Waiter<L>): void {
    if (waiter.flow) this.#takeOut(waiter, waiter.flow, waiter.weight);
  }

  /** Moves a waiter to another lane, in the place of its age. */
  move(waiter: Waiter<L>, lane: L): void {
    const cls = this.#class(waiter.priority);
    const { servedAt } = cls;
    this.remove(waiter);
    waiter.lane = lane;
    this.add(waiter, servedAt);
  }

  /**
   * Returns the next waiter to serve, among lanes that are not parked. The waiter stays in the queue.
   *
   * A class is overdue if it got no permit for `agingMs`, and for longer than the classes of higher priority. An overdue class goes
   * first, but not twice in a row: if permits come more slowly than classes age, every class is overdue, and aging alone would
   * reverse the order.
   */
  peek(now: number): Waiter<L> | undefined {
    let chosen = this.#firstActive();
    if (!chosen || this.#aged) return chosen?.peek();
    for (const cls of this.#classes) {
      if (cls.active.size === 0) continue;
      // The same sum as in `nextTurnAt`. With another one, rounding could wake the timer a moment too early.
      if (now >= cls.servedAt + this.agingMs && cls.servedAt < chosen.servedAt) chosen = cls;
    }
    return chosen.peek();
  }

  /** When aging puts another call first, if no call joins, leaves or is served before; monotonic ms. */
  nextTurnAt(now: number): number {
    const flow = this.peek(now)?.flow;
    if (!flow || this.#aged) return Infinity;
    const chosen = this.#class(flow.tenant.priority);
    let at = Infinity;
    // `peek` has chosen the overdue class that waits longest, so a class that has waited longer than that one is not overdue yet.
    for (const { active, servedAt } of this.#classes) {
      if (active.size > 0 && servedAt < chosen.servedAt) at = Math.min(at, servedAt + this.agingMs);
    }
    return at;
  }

  /** Removes the waiter that is served now, and charges its permits to its tenant. */
  serve(waiter: Waiter<L>, now: number): void {
    const { weight } = waiter;
    const flow = waiter.flow as Flow<L>;
    const cls = this.#class(flow.tenant.priority);
    this.#aged = this.#firstActive() !== cls;
    cls.servedAt = now;
    cls.charge(flow, weight);
    this.#takeOut(waiter, flow, weight);
  }

  /** Takes all calls of a lane out of the competition, while a scope other than the credential's holds them back. */
  park(lane: L): void {
    for (const flow of lane.flows) this.#class(flow.tenant.priority).deactivate(flow);
  }

  /** Lets the calls of a lane compete again. */
  unpark(lane: L): void {
    for (const flow of lane.flows) this.#class(flow.tenant.priority).activate(flow);
  }

  /** Estimates the permits that go before a new call within its class. */
  estimateOutlook(priority: number, tenant: string, weight: number, now: number): Outlook {
    const cls = this.#class(priority);
    const ahead = cls.countAhead(tenant, weight, this.#shares);
    return {
      part: cls.needed === 0 ? 0 : ahead / cls.needed,
      agedAt: (cls.size === 0 ? now : cls.servedAt) + this.agingMs * (ahead + weight),
    };
  }

  /** Finds the call to shed: the newest one of the lowest class below `priority`. */
  findNewestBelow(priority: number): Waiter<L> | undefined {
    for (let i = PRIORITIES.length - 1; i > priority; i--) {
      const newest = this.#class(i).findNewest();
      if (newest) return newest;
    }
    return undefined;
  }

  /** All waiters, the oldest first. Sorts the whole queue, so only for rare events. */
  waiters(): Waiter<L>[] {
    return this.#classes.flatMap((cls) => cls.waiters()).sort(compareAge);
  }

  /** Waiters that need more than one permit, the oldest first. */
  listHeavy(): Waiter<L>[] {
    return this.#classes
      .filter(({ needed, size }) => needed > size)
      .flatMap((cls) => cls.waiters().filter(({ weight }) => weight > 1))
      .sort(compareAge);
  }

  /** The tenants with the most waiting calls. */
  countByTenant(): { tenant: string; waiting: number }[] {
    const counts = new Map<string, number>();
    for (const { tenants } of this.#classes)
      for (const { name, waiting } of tenants.values())
        if (waiting > 0) counts.set(name, (counts.get(name) ?? 0) + waiting);
    const sorted = [...counts].map(([tenant, waiting]) => ({ tenant, waiting }));
    return sorted.sort((a, b) => b.waiting - a.waiting).slice(0, MAX_TENANTS);
  }

  /** Number of waiting calls by priority. */
  countByPriority(): Record<Priority, number> {
    const counts = PRIORITIES.map((name, i) => [name, this.#class(i).size]);
    return Object.fromEntries(counts) as Record<Priority, number>;
  }

  /** Removes a waiter. Does not read its call: over thousands of calls, each read would miss the CPU cache. */
  #takeOut(waiter: Waiter<L>, flow: Flow<L>, weight: number): void {
    const cls = this.#class(flow.tenant.priority);
    cls.remove(waiter, flow, weight);
    waiter.lane.countWaiter(cls.priority, weight, -1);
    this.size--;
  }

  /** Finds the class of highest priority with a call that is not parked. */
  #firstActive(): PriorityClass<L> | undefined {
    for (const cls of this.#classes) if (cls.active.size > 0) return cls;
    return undefined;
  }

  #class(priority: number): PriorityClass<L> {
    return this.#classes[priority] as PriorityClass<L>;
  }
}
