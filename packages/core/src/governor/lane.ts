import type { Domain } from './domain.js';
import type { GovernedRoute } from './governor.js';
import type { Flow } from './queue.js';
import type { Scope } from './scope.js';

/** The way of all attempts that pass through the same scopes; what holds one of them back holds back all. */
export class Lane {
  /** Scopes besides the credential's, which the domain looks at itself. */
  readonly scopes: readonly Scope[];
  readonly flows = new Set<Flow>();
  /** The scope that holds the lane back, if one does. */
  parkedAt: Scope | undefined = undefined;
  /** Where the numbers of its scopes come from. */
  configured: GovernedRoute | undefined = undefined;
  waiting = 0;
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

  /** The scope that holds attempts back for longest, or undefined if none does. */
  blocker(now: number, weight: number): Scope | undefined {
    let blocker: Scope | undefined;
    let latest = now;
    for (const scope of this.scopes) {
      const at = scope.freeAt(now, weight);
      if (at > latest) {
        latest = at;
        blocker = scope;
      }
    }
    return blocker;
  }

  /** The scope on the way whose gate is closed for longest. */
  longestClosed(): Scope | undefined {
    let latest = this.domain.root.gate.state === 'closed' ? this.domain.root : undefined;
    for (const scope of this.scopes) {
      if (scope.gate.state === 'closed' && scope.gate.closedUntil > (latest?.gate.closedUntil ?? -Infinity)) latest = scope;
    }
    return latest;
  }
}
