import type { ActiveCall, QueuedCall } from '../../../call/call.js';
import type { CancelListener } from '../../../contract/cancellation.js';
import { Execution } from '../../../pipeline/execution.js';
import { Heap, type HeapItem } from './heap.js';

/** A lane as the queue sees it. Its calls are set aside together. */
export interface QueueLane<L extends QueueLane<L>> {
  readonly flows: Set<Flow<L>>;
  /** The scope for which its calls are set aside. */
  readonly parkedAt: object | undefined;
  /** Counts a call that joins the lane, or one that leaves (`by` -1). */
  count(priority: number, weight: number, by: 1 | -1): void;
  /** Takes a waiter out before its turn. */
  dismiss(waiter: Waiter<L>, reason: unknown): void;
}

/**
 * A call in the queue. It takes the place of the execution that came there, so that one object less waits: its promise resolves
 * with itself when it has a permit, or a reason why it left without one, and the call goes on with it.
 */
export class Waiter<L extends QueueLane<L>> extends Execution implements CancelListener, QueuedCall {
  /** Those before and behind it in its flow. */
  older: Waiter<L> | undefined = undefined;
  younger: Waiter<L> | undefined = undefined;
  /** Where it waits; undefined where it does not, any more or yet. */
  flow: Flow<L> | undefined = undefined;
  refusal: unknown = undefined;
  #resolve!: (self: this) => void;

  constructor(
    { call, pipeline, position, ticket }: Execution,
    public lane: L,
    /** Monotonic ms. */
    readonly since: number,
  ) {
    super(call, pipeline, position);
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
    if (this.flow) this.lane.dismiss(this, error);
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
export class Flow<L extends QueueLane<L>> implements HeapItem {
  key = 0;
  at = -1;
  head: Waiter<L> | undefined = undefined;
  tail: Waiter<L> | undefined = undefined;
  /** Its place among the flows of its class, the one with the newest call first; out of date while it is `unsorted`. */
  readonly newest = { key: 0, at: -1, flow: this as Flow<L> };
  unsorted = false;
  /** Who came in last: calls that move here from another lane come one behind the other. */
  #latest: Waiter<L> | undefined = undefined;

  constructor(
    readonly lane: L,
    readonly tenant: Tenant<L>,
  ) {}

  /** Puts a waiter behind all older ones. */
  insert(waiter: Waiter<L>): void {
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

  waiters(): Waiter<L>[] {
    const all: Waiter<L>[] = [];
    for (let waiter = this.head; waiter; waiter = waiter.younger) all.push(waiter);
    return all;
  }

  remove(waiter: Waiter<L>): void {
    const { older, younger } = waiter;
    if (older) older.younger = younger;
    else this.head = younger;
    if (younger) younger.older = older;
    else this.tail = older;
    waiter.older = waiter.younger = waiter.flow = undefined;
    if (this.#latest === waiter) this.#latest = undefined;
  }

  /** The youngest of those older than `order`. Looks from both ends: a new call is the newest, a retried one among the oldest. */
  #placeOf(order: number): Waiter<L> | undefined {
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

/** A tenant's place in one priority class. `key` is its pass: how much it was given, by its weight. */
export class Tenant<L extends QueueLane<L>> implements HeapItem {
  key = 0;
  at = -1;
  readonly flows = new Map<L, Flow<L>>();
  readonly active = new Heap<Flow<L>>();
  /** Permits that its waiting calls need. */
  needed = 0;

  constructor(
    readonly name: string,
    public share: number,
    /** Of its class, as an index into PRIORITIES. */
    readonly priority: number,
  ) {}
}

export function byAge({ call: a }: { call: ActiveCall }, { call: b }: { call: ActiveCall }): number {
  return a.order - b.order;
}
