import type { ActiveCall, QueuedCall } from '../../../call/call.js';
import type { CancelListener } from '../../../contract/cancellation.js';
import { Execution } from '../../../pipeline/execution.js';
import { Heap, type HeapItem } from './heap.js';

/** What the queue needs of a lane. The calls of a lane are parked together. */
export interface QueueLane<L extends QueueLane<L>> {
  /** The lane's waiting calls by tenant and priority. */
  readonly flows: Set<Flow<L>>;
  /** The scope for which the lane is parked. */
  readonly parkedAt: object | undefined;
  /** Counts a call that joins the lane, or one that leaves (`by` -1). */
  countWaiter(priority: number, weight: number, by: 1 | -1): void;
  /** Ends the wait of a call before its turn, with a reason. */
  dismiss(waiter: Waiter<L>, reason: unknown): void;
}

/**
 * A call in the queue. The waiter replaces the execution that entered the queue, which saves one object per waiting call. Its
 * promise resolves with the waiter itself, which has a permit or a `refusal`, and continues the call.
 */
export class Waiter<L extends QueueLane<L>> extends Execution implements CancelListener, QueuedCall {
  /** Neighbours in the flow. */
  older: Waiter<L> | undefined = undefined;
  younger: Waiter<L> | undefined = undefined;
  /** The flow in which it waits; undefined before and after the wait. */
  flow: Flow<L> | undefined = undefined;
  /** Why it left the queue without a permit. */
  refusal: unknown = undefined;
  #resolve!: (self: this) => void;

  constructor(
    { call, pipeline, position, ticket }: Execution,
    public lane: L,
    /** When the wait began, monotonic ms. */
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

  /** Creates the promise of the turn. Called once. */
  waitForTurn(): Promise<this> {
    const turn = new Promise<this>(storeResolve);
    this.#resolve = lastResolve;
    return turn;
  }

  /** Resolves the promise of the turn. */
  settle(): void {
    this.#resolve(this);
  }

  reject(error: unknown): void {
    // The call may have left the queue already, for example together with others.
    if (this.flow) this.lane.dismiss(this, error);
  }

  onCancelled(reason: unknown): void {
    this.reject(reason);
  }
}

/** Resolver of the promise created last. Sharing it saves one closure per waiter. */
let lastResolve: (value: unknown) => void;
function storeResolve(resolve: (value: never) => void): void {
  lastResolve = resolve as typeof lastResolve;
}

/** The waiting calls of one tenant, one priority and one lane, oldest first. */
export class Flow<L extends QueueLane<L>> implements HeapItem {
  /** Order of the oldest call. */
  key = 0;
  at = -1;
  head: Waiter<L> | undefined = undefined;
  tail: Waiter<L> | undefined = undefined;
  /** The flow's item in the heap of flows by newest call. Out of date while `unsorted` is set. */
  readonly newest = { key: 0, at: -1, flow: this as Flow<L> };
  unsorted = false;
  /** The waiter inserted last. Calls that move here from another lane come in their order, so the next one follows it. */
  #latest: Waiter<L> | undefined;

  constructor(
    readonly lane: L,
    readonly tenant: Tenant<L>,
  ) {}

  /** Inserts a waiter behind all older ones. */
  insert(waiter: Waiter<L>): void {
    const after = this.#findPlace(waiter.call.id);
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

  /** All waiters, the oldest first. */
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

  /** Finds the youngest waiter older than `order`. Searches from both ends: a new call is the newest, a retried one is old. */
  #findPlace(order: number): Waiter<L> | undefined {
    const latest = this.#latest;
    if (latest?.younger && latest.call.id <= order && latest.younger.call.id > order) return latest;
    let before = this.head;
    let after = this.tail;
    while (before && after) {
      if (after.call.id <= order) return after;
      if (before.call.id > order) return before.older;
      after = after.older;
      before = before.younger;
    }
    return undefined;
  }
}

/** A tenant in one priority class. `key` is the tenant's pass: the permits it got, divided by its share. */
export class Tenant<L extends QueueLane<L>> implements HeapItem {
  key = 0;
  at = -1;
  readonly flows = new Map<L, Flow<L>>();
  /** Flows that are not parked, the one with the oldest call first. */
  readonly active = new Heap<Flow<L>>();
  /** Permits that the tenant's waiting calls need. */
  needed = 0;
  /** Number of waiting calls. */
  waiting = 0;

  constructor(
    readonly name: string,
    public share: number,
    /** Index of the class in PRIORITIES. */
    readonly priority: number,
  ) {}
}

/** Compares two calls by age. Sorts the oldest first. */
export function compareAge({ call: a }: { call: ActiveCall }, { call: b }: { call: ActiveCall }): number {
  return a.id - b.id;
}
