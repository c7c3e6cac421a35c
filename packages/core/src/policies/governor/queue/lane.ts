import type { Undo } from '../../../contract/clock.js';
import { PRIORITIES } from '../../../contract/context.js';
import { Scope } from '../limits/scope.js';
import type { GovernedRoute } from '../route.js';
import { WaitQueue } from './wait-queue.js';
import type { Flow, QueueLane, Waiter } from './waiter.js';

/** Ends the wait of a call before its turn. */
export interface QueueDispatcher {
  /** Takes a waiter out of its queue, with the reason. */
  dismiss(waiter: Waiter<Lane>, reason: unknown): void;
}

/** A scope with its lanes and waiting calls. */
export class QueuedScope extends Scope {
  /** Lanes that contain this scope. Empty for a credential's scope, whose partition has them. */
  readonly lanes = new Set<Lane>();
  /** Lanes that are parked until this scope is free. */
  readonly parked = new Set<Lane>();
  /** Permits that waiting calls need here, by priority. A credential's scope does not count parked lanes. */
  readonly waiting: number[] = PRIORITIES.map(() => 0);
  /** The round of the dispatcher in which the parked lanes last competed. */
  reviewed = 0;
  /** Wakes the calls that wait for this scope. */
  timer: { at: number; stop: Undo } | undefined = undefined;
  /** The partition, if this is a credential's scope. */
  partition: Partition | undefined = undefined;

  /** All waiting calls that need permits of this scope. */
  waiters(): Waiter<Lane>[] {
    return this.partition?.queue.waiters() ?? [...this.lanes].flatMap((lane) => lane.waiters());
  }

  override countWaiting(): number {
    if (this.partition) return this.partition.queue.size;
    let n = 0;
    for (const { waiting } of this.lanes) n += waiting;
    return n;
  }

  override idle(now: number): boolean {
    return this.parked.size === 0 && super.idle(now);
  }
}

/** The calls of one credential: its scope, its lanes and the queue that they share. */
export class Partition {
  readonly lanes = new Map<string, Lane>();
  readonly queue: WaitQueue<Lane>;
  /** Scopes of routes whose gate is not open. */
  readonly gated = new Set<QueuedScope>();
  /** The last call that waited for the credential's scope at the head of the queue. If it leaves, the scope is checked again. */
  lookedAt: Waiter<Lane> | undefined = undefined;

  constructor(
    readonly credential: string,
    /** The credential's scope. */
    readonly root: QueuedScope,
    readonly dispatcher: QueueDispatcher,
    shares: Readonly<Record<string, number>>,
    agingMs: number,
  ) {
    this.queue = new WaitQueue(shares, agingMs);
    root.partition = this;
  }
}

/** The calls of one route that need permits of the same scopes. A scope that holds one of them back holds back all. */
export class Lane implements QueueLane<Lane> {
  /** The scopes without the credential's, which the dispatcher checks once per partition. */
  readonly scopes: readonly QueuedScope[];
  /** The credential's scope, then `scopes`. */
  readonly allScopes: readonly QueuedScope[];
  readonly flows: Set<Flow<Lane>> = new Set();
  /** The scope at which the lane is parked. */
  parkedAt: QueuedScope | undefined = undefined;
  /** Whether an update gave its route other scopes. New calls go to another lane, and waiting calls move there. */
  isStale = false;
  /** The route whose options the scopes have. */
  configured: GovernedRoute | undefined = undefined;
  /** Number of waiting calls. */
  waiting = 0;
  /** Permits that its waiting calls need, by priority. */
  readonly needed: number[] = PRIORITIES.map(() => 0);
  inFlight = 0;

  constructor(
    readonly routeName: string,
    readonly partition: Partition,
    /** The route's own scope. A 429 that is attributed to no other scope closes its gate. */
    readonly routeScope: QueuedScope,
    others: readonly QueuedScope[],
  ) {
    this.scopes = [routeScope, ...others];
    this.allScopes = [partition.root, ...this.scopes];
    for (const scope of this.scopes) scope.lanes.add(this);
  }

  /** The route of the waiting calls. */
  get route(): GovernedRoute {
    return this.configured as GovernedRoute;
  }

  dismiss(waiter: Waiter<Lane>, reason: unknown): void {
    this.partition.dispatcher.dismiss(waiter, reason);
  }

  /** All waiting calls, in no order. */
  waiters(): Waiter<Lane>[] {
    return [...this.flows].flatMap((flow) => flow.waiters());
  }

  /** Removes the lane from its scopes. It has no calls any more. */
  retire(): void {
    for (const scope of this.scopes) scope.lanes.delete(this);
  }

  /** Whether `scopes` have permits for an attempt now, and the attempt overtakes no call that waits for one of them. */
  isOpen(now: number, weight: number, refusalToleranceMs: number): boolean {
    for (const scope of this.scopes)
      if (scope.parked.size > 0 || scope.freeAt(now, weight, refusalToleranceMs) > now) return false;
    return true;
  }

  /**
   * Finds the scope that holds attempts back for longest. A scope that lacks only permits of the store comes last: the store is
   * not asked while another scope holds the attempt back.
   *
   * @param includesStore - Whether a scope counts that lacks only permits of the store.
   */
  findBlocker(now: number, weight: number, refusalToleranceMs: number, includesStore = true): QueuedScope | undefined {
    let blocker: QueuedScope | undefined;
    let latest = now;
    let lacking: QueuedScope | undefined;
    for (const scope of this.scopes) {
      const at = scope.freeAt(now, weight, refusalToleranceMs);
      if (at === Infinity && scope.lacksPermits(now, weight, refusalToleranceMs)) lacking ??= scope;
      else if (at > latest) {
        latest = at;
        blocker = scope;
      }
    }
    return blocker ?? (includesStore ? lacking : undefined);
  }

  /** Finds the scope whose gate is closed for longest. */
  findLongestClosed(): QueuedScope | undefined {
    let latest: QueuedScope | undefined;
    for (const scope of this.allScopes) {
      const { state, closedUntil } = scope.gate;
      if (state === 'closed' && !(latest && closedUntil <= latest.gate.closedUntil)) latest = scope;
    }
    return latest;
  }

  /** Counts a call that joins the lane, or one that leaves (`by` -1). */
  countWaiter(priority: number, weight: number, by: 1 | -1): void {
    this.waiting += by;
    add(this.needed, priority, weight * by);
    for (const scope of this.scopes) add(scope.waiting, priority, weight * by);
    if (this.parkedAt) this.parkedAt.neededHere += weight * by;
    else this.#countAtRoot(priority, weight * by);
  }

  /** Parks the lane until `scope` is free. Its calls do not count at the credential's scope until then. */
  park(scope: QueuedScope): void {
    this.parkedAt = scope;
    scope.parked.add(this);
    this.#moveNeeded(scope, 1);
  }

  /** Lets the lane compete again. */
  unpark(): void {
    const { parkedAt } = this;
    if (!parkedAt) return;
    parkedAt.parked.delete(this);
    this.parkedAt = undefined;
    this.#moveNeeded(parkedAt, -1);
  }

  /** Moves the needed permits from the credential's scope to `scope`, or back (`by` -1). */
  #moveNeeded(scope: QueuedScope, by: 1 | -1): void {
    this.needed.forEach((permits, priority) => {
      this.#countAtRoot(priority, permits * -by);
      scope.neededHere += permits * by;
    });
  }

  #countAtRoot(priority: number, permits: number): void {
    const { root } = this.partition;
    add(root.waiting, priority, permits);
    root.neededHere += permits;
  }
}

function add(numbers: number[], at: number, n: number): void {
  numbers[at] = (numbers[at] as number) + n;
}
