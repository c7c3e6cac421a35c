import { PRIORITIES } from '../../../contract/context.js';
import type { Scope } from '../limits/scope.js';
import type { GovernedRoute } from '../route.js';
import { type WaitHost, WaitQueue } from './wait-queue.js';
import type { Flow, Waiter } from './waiter.js';

/** All that one credential sends: its own scope, the lanes below it and the one queue they share. */
export class Domain {
  readonly lanes = new Map<string, Lane>();
  readonly queue: WaitQueue;
  /** Scopes of routes whose gate is not open. */
  readonly gated = new Set<Scope>();
  /** The call at the head for which the credential's scope was looked at last, and is to be again when it leaves. */
  lookedAt: Waiter | undefined = undefined;

  constructor(
    readonly credential: string,
    readonly root: Scope,
    readonly host: WaitHost,
    shares: Readonly<Record<string, number>>,
    agingMs: number,
  ) {
    this.queue = new WaitQueue(shares, agingMs);
  }
}

/** The way of all attempts that pass through the same scopes; what holds one of them back holds back all. */
export class Lane {
  /** Scopes besides the credential's, which the domain looks at itself. */
  readonly scopes: readonly Scope[];
  readonly flows = new Set<Flow>();
  /** The scope that holds the lane back, if one does. */
  parkedAt: Scope | undefined = undefined;
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
    readonly domain: Domain,
    /** The route's own scope; a 429 nobody else answers for closes its gate. */
    readonly routeScope: Scope,
    others: readonly Scope[],
  ) {
    this.scopes = [routeScope, ...others];
    for (const scope of this.scopes) scope.lanes.add(this);
  }

  /** Nobody waits here any more, and nobody will. */
  retire(): void {
    for (const scope of this.scopes) scope.lanes.delete(this);
  }

  /** Whether an attempt may pass at once, ahead of nobody. */
  isOpen(now: number, weight: number, patienceMs: number): boolean {
    for (const scope of this.scopes)
      if (scope.parked.size > 0 || scope.freeAt(now, weight, patienceMs) > now) return false;
    return true;
  }

  /**
   * The scope that holds attempts back for longest, or undefined if none does. One that only lacks permits of the store comes
   * last: the store is asked for none as long as something else holds the attempt back.
   *
   * @param storeToo Whether one that only lacks permits of the store counts.
   */
  blocker(now: number, weight: number, patienceMs: number, storeToo = true): Scope | undefined {
    let blocker: Scope | undefined;
    let latest = now;
    let lacking: Scope | undefined;
    for (const scope of this.scopes) {
      const at = scope.freeAt(now, weight, patienceMs);
      if (at === Infinity && scope.lacksPermits(now, weight, patienceMs)) lacking ??= scope;
      else if (at > latest) {
        latest = at;
        blocker = scope;
      }
    }
    return blocker ?? (storeToo ? lacking : undefined);
  }

  /** The scope on the way whose gate is closed for longest. */
  longestClosed(): Scope | undefined {
    let latest = this.domain.root.gate.state === 'closed' ? this.domain.root : undefined;
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
  park(scope: Scope): void {
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
    const { root } = this.domain;
    add(root.waiting, priority, permits);
    root.neededHere += permits;
  }
}

function add(numbers: number[], at: number, n: number): void {
  numbers[at] = (numbers[at] as number) + n;
}
