import { PRIORITIES } from '../../../contract/context.js';
import type { Scope } from '../limits/scope.js';
import type { Lane } from './lane.js';
import { PriorityClass } from './priority-class.js';
import { byAge, type Flow, type Waiter } from './waiter.js';

/** Whom the calls in the queue belong to: the governor. */
export interface WaitHost {
  /** A waiter wants to leave the queue before its turn. */
  dismiss(waiter: Waiter, reason: unknown): void;
  /** A scope has other quotas now. */
  renumbered(scope: Scope): void;
}

/** What a newcomer has to expect of its own class. */
export interface Outlook {
  /** Permits of its class that go before it, as a part of all that wait in the class. */
  part: number;
  /** Monotonic ms at which aging will have given its class as many permits as that. */
  agedAt: number;
}

/** All that waits for one credential, in the order in which it will be served. */
export class WaitQueue {
  readonly #classes = PRIORITIES.map((_, priority) => new PriorityClass(priority));
  #shares: Readonly<Record<string, number>>;
  /** Whether the last permit went to a class out of its order. */
  #aged = false;
  size = 0;

  constructor(
    shares: Readonly<Record<string, number>>,
    public agingMs: number,
  ) {
    this.#shares = shares;
  }

  set shares(shares: Readonly<Record<string, number>>) {
    this.#shares = shares;
    for (const cls of this.#classes) cls.reshare(shares);
  }

  add(waiter: Waiter, now: number): void {
    const cls = this.#classOf(waiter);
    if (cls.size === 0) cls.servedAt = now;
    cls.add(waiter, this.#shares);
    waiter.lane.count(cls.priority, waiter.weight, 1);
    this.size++;
  }

  /** Takes a waiter out, wherever it stands. O(log n). */
  remove(waiter: Waiter): void {
    if (waiter.flow) this.#takeOut(waiter, waiter.flow, waiter.weight);
  }

  /** Moves a waiter to another lane; among the calls there it has the place of its age. */
  move(waiter: Waiter, lane: Lane): void {
    const cls = this.#classOf(waiter);
    const { servedAt } = cls;
    this.remove(waiter);
    waiter.lane = lane;
    this.add(waiter, servedAt);
  }

  /**
   * The next to be served among lanes that are not parked, without taking it out.
   *
   * A class without a permit for `agingMs`, and for longer than the more important ones, is overdue and goes first. But not twice
   * in a row: where permits come more slowly than classes age, everything is overdue, and the order would be turned upside down.
   */
  peek(now: number): Waiter | undefined {
    let chosen = this.#firstActive();
    if (!chosen || this.#aged) return chosen?.peek();
    for (const cls of this.#classes) {
      if (cls.active.size === 0) continue;
      // The same sum as of the timer, or its rounding would make that come a moment too early for nothing.
      if (now >= cls.servedAt + this.agingMs && cls.servedAt < chosen.servedAt) chosen = cls;
    }
    return chosen.peek();
  }

  /** When another one is the next to be served because its class has become overdue, if nobody comes, leaves or is served before. */
  nextTurnAt(now: number): number {
    const chosen = this.peek(now)?.flow?.tenant.cls;
    if (!chosen || this.#aged) return Infinity;
    let at = Infinity;
    for (const { active, servedAt } of this.#classes) {
      const overdueAt = servedAt + this.agingMs;
      if (active.size > 0 && servedAt < chosen.servedAt && overdueAt > now) at = Math.min(at, overdueAt);
    }
    return at;
  }

  /** Takes out a waiter that is served now. */
  serve(waiter: Waiter, now: number): void {
    const { weight } = waiter;
    const flow = waiter.flow as Flow;
    const { cls } = flow.tenant;
    this.#aged = this.#firstActive() !== cls;
    cls.servedAt = now;
    cls.charge(flow, weight);
    this.#takeOut(waiter, flow, weight);
  }

  /** Sets aside all calls of a lane: something other than the credential holds them back. */
  park(lane: Lane): void {
    for (const flow of lane.flows) flow.tenant.cls.deactivate(flow);
  }

  unpark(lane: Lane): void {
    for (const flow of lane.flows) flow.tenant.cls.activate(flow);
  }

  outlook(priority: number, tenant: string, weight: number, now: number): Outlook {
    const cls = this.#classes[priority] as PriorityClass;
    const ahead = cls.ahead(tenant, weight, this.#shares);
    return {
      part: cls.needed === 0 ? 0 : ahead / cls.needed,
      agedAt: (cls.size === 0 ? now : cls.servedAt) + this.agingMs * (ahead + weight),
    };
  }

  /** The newest call of the lowest class below `priority`: the one to shed. */
  newestBelow(priority: number): Waiter | undefined {
    for (let i = PRIORITIES.length - 1; i > priority; i--) {
      const newest = (this.#classes[i] as PriorityClass).newest();
      if (newest) return newest;
    }
    return undefined;
  }

  /** All waiters, the oldest first; for the rare events that concern many at once. */
  waiters(): Waiter[] {
    return this.#classes.flatMap((cls) => cls.waiters()).sort(byAge);
  }

  /** Waiters that need more than one permit, the oldest first. */
  heavy(): Waiter[] {
    return this.#classes
      .filter(({ needed, size }) => needed > size)
      .flatMap((cls) => cls.waiters().filter(({ weight }) => weight > 1))
      .sort(byAge);
  }

  /** Waiting calls by priority. */
  counts(): Record<string, number> {
    return Object.fromEntries(PRIORITIES.map((name, i) => [name, (this.#classes[i] as PriorityClass).size]));
  }

  /** Looks at the call for nothing: whoever takes out thousands would wait for the memory of each. */
  #takeOut(waiter: Waiter, flow: Flow, weight: number): void {
    const { cls } = flow.tenant;
    cls.remove(waiter, flow, weight);
    waiter.lane.count(cls.priority, weight, -1);
    this.size--;
  }

  /** The most important class of which somebody may be served. */
  #firstActive(): PriorityClass | undefined {
    for (const cls of this.#classes) if (cls.active.size > 0) return cls;
    return undefined;
  }

  #classOf(waiter: Waiter): PriorityClass {
    return this.#classes[waiter.priority] as PriorityClass;
  }
}
