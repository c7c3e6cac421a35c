import type { ActiveCall } from '../../call/call.js';
import type { Route } from '../../contract/call.js';
import type { Clock, Undo } from '../../contract/clock.js';
import { tooHeavy } from './admission.js';
import type { Dispatcher } from './dispatcher.js';
import type { GovernorOptions } from './options.js';
import type { Lane } from './queue/lane.js';
import type { Waiter } from './queue/waiter.js';
import type { GovernedRoute } from './route.js';
import { haveSameGroups } from './scope-keys.js';
import type { ScopeRegistry } from './scope-registry.js';

/** Calls moved to other lanes before the event loop gets its turn. */
const SLICE = 500;

/** Applies new numbers to scopes and lanes, and moves waiting calls to other lanes where their route goes through other scopes. */
export class Reconfiguration {
  /** Lanes whose routes go through other scopes since an update, and whose waiting calls have not all moved there yet. */
  readonly stale = new Set<Lane>();
  /** Ends the pause between two slices of moving. */
  #pause: Undo | undefined = undefined;

  constructor(
    readonly clock: Clock,
    readonly registry: ScopeRegistry,
    readonly dispatcher: Dispatcher,
    /** The numbers that a route would have if it were made now; undefined where it is governed no more. */
    readonly governedNow: (route: Route) => GovernedRoute | undefined,
  ) {}

  /** Whether a timer will move more calls. */
  get isMoving(): boolean {
    return this.#pause !== undefined;
  }

  /** The lane of a call, with the numbers of its route. */
  laneOf(call: ActiveCall, credential: string, route: GovernedRoute, now: number): Lane {
    const lane = this.registry.laneOf(call, credential, route, now);
    if (lane.configured === route) return lane;
    for (const scope of this.registry.configure(lane, route, now)) {
      // Waiting calls may be free to leave, or too heavy for the new quotas.
      for (const waiter of scope.waiters()) refuseTooHeavy(waiter);
      this.dispatcher.onScopeChanged(scope);
    }
    return lane;
  }

  /**
   * Applies new numbers to all that exists. Queued calls keep their place. Those whose way leads through other scopes now move
   * there bit by bit, for they may be many; none of them leaves before it has moved.
   */
  update(options: Required<GovernorOptions>, routes: (name: string) => GovernedRoute | undefined): void {
    const { registry, dispatcher } = this;
    registry.rename(routes);
    // Nobody stays set aside for a reason that may be gone.
    dispatcher.releaseAll(registry.scopes);
    const routeOf = (lane: Lane): GovernedRoute | undefined => routes(lane.routeName) ?? this.#routeOfWaiting(lane);
    this.#configureAll(options, routeOf);
    for (const { queue } of registry.partitions.values())
      for (const waiter of queue.heavy()) if (!waiter.lane.isStale) refuseTooHeavy(waiter);
    for (const lane of this.stale) {
      const route = routeOf(lane);
      if (route?.apart === lane.configured?.apart) lane.configured = route;
    }
    dispatcher.releaseAll(registry.scopes);
    this.#moveSome();
  }

  /** Moves a waiter out of its stale lane. */
  move(waiter: Waiter<Lane>): void {
    const { call, lane } = waiter;
    const { credential, queue } = lane.partition;
    const now = this.clock.now();
    let to: Lane;
    try {
      to = this.laneOf(call, credential, lane.route, now);
    } catch (error) {
      // A key function of the user threw, as it would for a new call.
      return waiter.reject(error);
    }
    // New numbers of its new way may have made it too heavy, or have moved it already.
    if (!waiter.flow || waiter.lane === to) return;
    queue.move(waiter, to);
    this.dispatcher.onLaneJoined(waiter, now);
    refuseTooHeavy(waiter);
  }

  close(): void {
    this.#pause?.();
    this.stale.clear();
  }

  /** Gives all lanes their new numbers, and finds those that go through other scopes now. */
  #configureAll(options: Required<GovernorOptions>, routeOf: (lane: Lane) => GovernedRoute | undefined): void {
    const now = this.clock.now();
    for (const { queue, lanes } of [...this.registry.partitions.values()]) {
      queue.agingMs = options.agingMs;
      queue.shares = options.shares;
      for (const [key, lane] of lanes) {
        const { configured } = lane;
        const route = routeOf(lane);
        // What waits where the route no longer goes leaves by the numbers it came with.
        if (!route || (configured && configured.apart !== route.apart)) continue;
        // Waiting calls are checked once, after every lane has its numbers.
        this.registry.configure(lane, route, now);
        if (lane.waiting === 0 || !configured || haveSameGroups(configured, route)) continue;
        lanes.delete(key);
        lane.isStale = true;
        this.stale.add(lane);
      }
    }
  }

  /** The numbers of a lane whose route the line has forgotten. */
  #routeOfWaiting({ flows }: Lane): GovernedRoute | undefined {
    for (const { head } of flows) if (head) return this.governedNow(head.call.route);
    return undefined;
  }

  /** Moves one slice of calls out of the stale lanes. */
  #moveSome(): void {
    this.#pause?.();
    this.#pause = undefined;
    let moved = 0;
    for (const lane of this.stale) {
      for (const flow of lane.flows) {
        for (let waiter = flow.head; waiter; waiter = flow.head) {
          if (moved++ === SLICE) {
            this.#pause = this.clock.setTimer(0, () => this.#moveSome());
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

function refuseTooHeavy(waiter: Waiter<Lane>): void {
  const error = tooHeavy(waiter.call, waiter.lane);
  if (error) waiter.reject(error);
}
