import type { Undo } from '../../../contract/clock.js';
import { PRIORITIES } from '../../../contract/context.js';
import { Scope } from '../limits/scope.js';
import type { GovernedRoute } from '../route.js';
import { WaitQueue } from './wait-queue.js';
import type { Flow, QueueLane, Waiter } from './waiter.js';

/** Ends the wait of calls before their turn. */
export interface QueueDispatcher {
  dismiss(waiter: Waiter<Lane>, reason: unknown): void;
}

/** A scope with the lanes that pass through it, and the calls that wait for it. */
export class QueuedScope extends Scope {
  /** Lanes that pass through here. */
  readonly lanes = new Set<Lane>();
  /** Lanes that wait for this scope and for nothing else. */
  readonly parked = new Set<Lane>();
  /** Permits that waiting calls need here, by priority. Of a credential's scope: those of calls that nothing else holds back. */
  readonly waiting: number[] = PRIORITIES.map(() => 0);
  /** The dispatch in which the parked lanes last got their chance. */
  reviewed = 0;
  timer: { at: number; stop: Undo } | undefined = undefined;
  /** The partition of which this is the credential's scope. */
  partition: Partition | undefined = undefined;

  /** All waiting calls that pass through this scope. */
  waiters(): Waiter<Lane>[] {
    const all = this.partition?.queue.waiters() ?? [];
    for (const { flows } of this.lanes) for (const flow of flows) all.push(...flow.waiters());
    return all;
  }

  override idle(now: number): boolean {
    return this.parked.size === 0 && super.idle(now);
  }
}

/** All that one credential sends: its own scope, the lanes below it and the one queue they share. */
export class Partition {
  readonly lanes = new Map<string, Lane>();
  readonly queue: WaitQueue<Lane>;
  /** Scopes of routes whose gate is not open. */
  readonly gated = new Set<QueuedScope>();
  /** The call at the head for which the credential's scope was looked at last, and is to be again when it leaves. */
  lookedAt: Waiter<Lane> | undefined = undefined;

  constructor(
    readonly credential: string,
    readonly root: QueuedScope,
    readonly dispatcher: QueueDispatcher,
    shares: Readonly<Record<string, number>>,
    agingMs: number,
  ) {
    this.queue = new WaitQueue(shares, agingMs);
    root.partition = this;
  }
}

/** The way of all attempts that pass through the same scopes; what holds one of them back holds back all. */
export class Lane implements QueueLane<Lane> {
  /** Scopes besides the credential's, which the partition looks at itself. */
  readonly scopes: readonly QueuedScope[];
  readonly flows: Set<Flow<Lane>> = new Set();
  /** The scope that holds the lane back, if one does. */
  parkedAt: QueuedScope | undefined = undefined;
  /** Whether its route goes through other scopes by now: nobody comes here any more, and nothing leaves from here. */
  isStale = false;
  /** Where the numbers of its scopes come from. */
  configured: GovernedRoute | undefined = undefined;
  waiting = 0;
  /** Permits that its waiting calls need, by priority. */
  readonly needed: number[] = PRIORITIES.map(() => 0);
  inFlight = 0;

  constructor(
    readonly routeName: string,
    readonly partition: Partition,
    /** The route's own scope; a 429 nobody else answers for closes its gate. */
    readonly routeScope: QueuedScope,
    others: readonly QueuedScope[],
  ) {
    this.scopes = [routeScope, ...others];
    for (const scope of this.scopes) scope.lanes.add(this);
  }

  /** The numbers for its waiting calls. */
  get route(): GovernedRoute {
    return this.configured as GovernedRoute;
  }

  dismiss(waiter: Waiter<Lane>, reason: unknown): void {
    this.partition.dispatcher.dismiss(waiter, reason);
  }

  /** Nobody waits here any more, and nobody will. */
  retire(): void {
    for (const scope of this.scopes) scope.lanes.delete(this);
  }

  /** Whether an attempt may pass at once, ahead of nobody. */
  isOpen(now: number, weight: number, refusalToleranceMs: number): boolean {
    for (const scope of this.scopes)
      if (scope.parked.size > 0 || scope.freeAt(now, weight, refusalToleranceMs) > now) return false;
    return true;
  }

  /**
   * The scope that holds attempts back for longest, or undefined if none does. One that only lacks permits of the store comes
   * last: the store is asked for none as long as something else holds the attempt back.
   *
   * @param storeToo Whether one that only lacks permits of the store counts.
   */
  blocker(now: number, weight: number, refusalToleranceMs: number, storeToo = true): QueuedScope | undefined {
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
    return blocker ?? (storeToo ? lacking : undefined);
  }

  /** The scope on the way whose gate is closed for longest. */
  longestClosed(): QueuedScope | undefined {
    let latest = this.partition.root.gate.state === 'closed' ? this.partition.root : undefined;
    for (const scope of this.scopes) {
      if (scope.gate.state !== 'closed' || scope.gate.closedUntil <= (latest?.gate.closedUntil ?? -Infinity)) continue;
      latest = scope;
    }
    return latest;
  }

  /** A call came to wait here, or one left (`by` -1). */
  count(priority: number, weight: number, by: 1 | -1): void {
    this.waiting += by;
    add(this.needed, priority, weight * by);
    for (const scope of this.scopes) add(scope.waiting, priority, weight * by);
    if (this.parkedAt) this.parkedAt.neededHere += weight * by;
    else this.#countAtRoot(priority, weight * by);
  }

  /** A scope holds the lane back; until then its calls are in nobody's way at the credential. */
  park(scope: QueuedScope): void {
    this.parkedAt = scope;
    scope.parked.add(this);
    this.needed.forEach((permits, priority) => {
      this.#countAtRoot(priority, -permits);
      scope.neededHere += permits;
    });
  }

  unpark(): void {
    const { parkedAt } = this;
    if (!parkedAt) return;
    parkedAt.parked.delete(this);
    this.parkedAt = undefined;
    this.needed.forEach((permits, priority) => {
      this.#countAtRoot(priority, permits);
      parkedAt.neededHere -= permits;
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
