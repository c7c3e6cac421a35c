import type { QueuedCall } from '../../../call/call.js';
import type { CancelListener } from '../../../contract/cancellation.js';
import { Passage } from '../../../pipeline/execution.js';
import type { GovernedRoute } from '../route.js';
import type { HeapItem } from './heap.js';
import type { Lane } from './lane.js';
import type { Tenant } from './priority-class.js';

/**
 * A call in the queue. It takes the place of the passage that came there, so that one object less waits: its promise resolves
 * with itself when it has a permit, or a reason why it left without one, and the call goes on with it.
 */
export class Waiter extends Passage implements CancelListener, QueuedCall {
  /** Those before and behind it in its flow. */
  older: Waiter | undefined = undefined;
  younger: Waiter | undefined = undefined;
  /** Where it waits; undefined where it does not, any more or yet. */
  flow: Flow | undefined = undefined;
  refusal: unknown = undefined;
  #resolve!: (self: this) => void;

  constructor(
    { call, way, at, ticket }: Passage,
    public lane: Lane,
    /** Monotonic ms. */
    readonly since: number,
  ) {
    super(call, way, at);
    this.ticket = ticket;
  }

  get weight(): number {
    return this.call.weight;
  }

  get priority(): number {
    return this.call.priority;
  }

  get tenant(): string {
    return this.call.tenant ?? '';
  }

  get route(): GovernedRoute {
    return this.lane.configured as GovernedRoute;
  }

  /** Called once. */
  turn(): Promise<this> {
    const turn = new Promise<this>(keepResolve);
    this.#resolve = resolveOfLast;
    return turn;
  }

  /** Its wait is over. */
  end(): void {
    this.#resolve(this);
  }

  reject(error: unknown): void {
    // Whoever makes several calls leave may come too late for this one.
    if (this.flow) this.lane.domain.host.dismiss(this, error);
  }

  onCancelled(reason: unknown): void {
    this.reject(reason);
  }
}

/** Of the promise that was made last. One function for all of them: each would else hold another one, with what it knows. */
let resolveOfLast: (value: unknown) => void;
function keepResolve(resolve: (value: never) => void): void {
  resolveOfLast = resolve as typeof resolveOfLast;
}

/** The waiting calls of one tenant, one priority and one lane, oldest first. */
export class Flow implements HeapItem {
  key = 0;
  at = -1;
  head: Waiter | undefined = undefined;
  tail: Waiter | undefined = undefined;
  /** Its place among the flows of its class, the one with the newest call first; out of date while it is `unsorted`. */
  readonly newest = { key: 0, at: -1, flow: this as Flow };
  unsorted = false;
  /** Who came in last: calls that move here from another lane come one behind the other. */
  #latest: Waiter | undefined = undefined;

  constructor(
    readonly lane: Lane,
    readonly tenant: Tenant,
  ) {}

  /** Puts a waiter behind all older ones. */
  insert(waiter: Waiter): void {
    const after = this.#placeOf(waiter.call.order);
    const before = after ? after.younger : this.head;
    waiter.older = after;
    waiter.younger = before;
    if (after) after.younger = waiter;
    else this.head = waiter;
    if (before) before.older = waiter;
    else this.tail = waiter;
    waiter.flow = this;
    this.#latest = waiter;
  }

  waiters(): Waiter[] {
    const all: Waiter[] = [];
    for (let waiter = this.head; waiter; waiter = waiter.younger) all.push(waiter);
    return all;
  }

  remove(waiter: Waiter): void {
    const { older, younger } = waiter;
    if (older) older.younger = younger;
    else this.head = younger;
    if (younger) younger.older = older;
    else this.tail = older;
    waiter.older = waiter.younger = waiter.flow = undefined;
    if (this.#latest === waiter) this.#latest = undefined;
  }

  /** The youngest of those older than `order`. Looks from both ends: a new call is the newest, a retried one among the oldest. */
  #placeOf(order: number): Waiter | undefined {
    const latest = this.#latest;
    if (latest?.younger && latest.call.order <= order && latest.younger.call.order > order) return latest;
    let before = this.head;
    let after = this.tail;
    while (before && after) {
      if (after.call.order <= order) return after;
      if (before.call.order > order) return before.older;
      after = after.older;
      before = before.younger;
    }
    return undefined;
  }
}

export function byAge(a: Waiter, b: Waiter): number {
  return a.call.order - b.call.order;
}
