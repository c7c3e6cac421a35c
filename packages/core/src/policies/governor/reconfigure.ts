import type { ActiveCall } from '../../call/call.js';
import type { Route } from '../../contract/call.js';
import type { Clock, Undo } from '../../contract/clock.js';
import { checkWeight } from './admission.js';
import type { Dispatcher } from './dispatcher.js';
import type { GovernorOptions } from './options.js';
import type { Lane } from './queue/lane.js';
import type { Waiter } from './queue/waiter.js';
import type { GovernedRoute } from './route.js';
import { haveSameGroups } from './scope-keys.js';
import type { ScopeRegistry } from './scope-registry.js';

/** Calls moved to other lanes before the event loop gets a turn. */
const MAX_MOVES = 500;

/** Applies new options to scopes and lanes. Waiting calls whose route has other scopes now move to other lanes. */
export class Reconfiguration {
  /** Lanes whose route has other scopes since an update, and whose waiting calls have not all moved yet. */
  readonly stale = new Set<Lane>();
  /** Cancels the timer of the next slice of moves. */
  #pause: Undo | undefined;

  constructor(
    readonly clock: Clock,
    readonly registry: ScopeRegistry,
    readonly dispatcher: Dispatcher,
    /** Resolves a route with the current options; undefined if the route has no governor any more. */
    readonly governedNow: (route: Route) => GovernedRoute | undefined,
  ) {}

  /** Whether a timer will move more calls. */
  get isMoving(): boolean {
    return this.#pause !== undefined;
  }

  /** Finds or creates the lane of a call, and applies the options of its route. */
  findLane(call: ActiveCall, credential: string, route: GovernedRoute, now: number): Lane {
    const lane = this.registry.findLane(call, credential, route, now);
    if (lane.configured === route) return lane;
    for (const scope of this.registry.configure(lane, route, now)) {
      // With new quotas, waiting calls may have permits, or be too heavy.
      for (const waiter of scope.waiters()) rejectTooHeavy(waiter);
      this.dispatcher.onScopeChanged(scope);
    }
    return lane;
  }

  /**
   * Applies new options to all scopes, lanes and waiting calls. Waiting calls keep their place. Calls whose route has other scopes
   * now move to other lanes in slices; none of them gets a permit before its move.
   */
  update(options: Required<GovernorOptions>, routes: (name: string) => GovernedRoute | undefined): void {
    const { registry, dispatcher } = this;
    registry.renameGroups(routes);
    // A parked lane may have no reason to stay parked.
    dispatcher.releaseAll(registry.scopes);
    const routeOf = (lane: Lane): GovernedRoute | undefined => routes(lane.routeName) ?? this.#findWaitingRoute(lane);
    this.#configureAll(options, routeOf);
    for (const { queue } of registry.partitions.values())
      for (const waiter of queue.listHeavy()) if (!waiter.lane.isStale) rejectTooHeavy(waiter);
    for (const lane of this.stale) {
      const route = routeOf(lane);
      if (route?.apart === lane.configured?.apart) lane.configured = route;
    }
    dispatcher.releaseAll(registry.scopes);
    this.#moveSlice();
  }

  /** Moves a waiter from a stale lane to the current lane of its route. */
  move(waiter: Waiter<Lane>): void {
    const { call, lane } = waiter;
    const { credential, queue } = lane.partition;
    const now = this.clock.now();
    let to: Lane;
    try {
      to = this.findLane(call, credential, lane.route, now);
    } catch (error) {
      // A key function of the user threw. A new call would fail in the same way.
      return waiter.reject(error);
    }
    // Applying the options of the new lane may have rejected or moved the waiter already.
    if (!waiter.flow || waiter.lane === to) return;
    queue.move(waiter, to);
    this.dispatcher.onLaneJoined(waiter, now);
    rejectTooHeavy(waiter);
  }

  close(): void {
    this.#pause?.();
    this.stale.clear();
  }

  /** Applies new options to all lanes, and collects the lanes whose route has other scopes now. */
  #configureAll(options: Required<GovernorOptions>, routeOf: (lane: Lane) => GovernedRoute | undefined): void {
    const now = this.clock.now();
    for (const { queue, lanes } of [...this.registry.partitions.values()]) {
      queue.agingMs = options.agingMs;
      queue.shares = options.shares;
      for (const [key, lane] of lanes) {
        const { configured } = lane;
        const route = routeOf(lane);
        // Calls in a partition that the route has left keep their old options.
        if (!route || (configured && configured.apart !== route.apart)) continue;
        // Waiting calls are checked once, after every lane has its new options.
        this.registry.configure(lane, route, now);
        if (lane.waiting === 0 || !configured || haveSameGroups(configured, route)) continue;
        lanes.delete(key);
        lane.isStale = true;
        this.stale.add(lane);
      }
    }
  }

  /** Resolves the route of a lane whose route the line has forgotten. */
  #findWaitingRoute({ flows }: Lane): GovernedRoute | undefined {
    for (const { head } of flows) if (head) return this.governedNow(head.call.route);
    return undefined;
  }

  /** Moves up to `MAX_MOVES` calls out of the stale lanes. */
  #moveSlice(): void {
    this.#pause?.();
    this.#pause = undefined;
    let moved = 0;
    for (const lane of this.stale) {
      for (const flow of lane.flows) {
        for (let waiter = flow.head; waiter; waiter = flow.head) {
          if (moved++ === MAX_MOVES) {
            this.#pause = this.clock.setTimer(0, () => this.#moveSlice());
            this.dispatcher.run();
            return;
          }
          this.move(waiter);
        }
      }
      lane.retire();
      this.stale.delete(lane);
    }
    this.dispatcher.run();
  }
}

function rejectTooHeavy(waiter: Waiter<Lane>): void {
  const error = checkWeight(waiter.call, waiter.lane);
  if (error) waiter.reject(error);
}
