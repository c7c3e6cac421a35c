import type { Clock, Undo } from '../ports.js';
import type { Directory } from './directory.js';
import { patienceOf } from './patience.js';
import type { Domain } from './domain.js';
import type { Lane } from './lane.js';
import type { Waiter } from './queue.js';
import type { Scope } from './scope.js';

/** Steps of a dispatch before the event loop gets its turn. */
const SLICE = 500;

/**
 * Lets waiting calls go, in their order, as soon as everything on their way is free.
 *
 * The credential's own scope is looked at for the head of its queue only. What another scope holds back is set aside (parked)
 * until that scope is free again, so that it is in nobody else's way. Timers exist only while calls wait for them.
 */
export class Dispatcher {
  /** Domains in which something may be possible. They take turns, one step each. */
  readonly #ready = new Set<Domain>();
  #round = 0;
  #running = false;
  /** Ends the pause between two slices. */
  #pause: Undo | undefined = undefined;

  constructor(
    readonly clock: Clock,
    readonly directory: Directory,
    /** Moves a waiter out of its stale lane. */
    readonly move: (waiter: Waiter) => void,
  ) {}

  /** Something on this way may have become free. */
  freed(lane: Lane, now: number): void {
    for (const scope of lane.scopes) {
      if (scope.parked.size === 0) continue;
      const at = scope.freeAt(now, 1, Infinity);
      if (at <= now) this.release(scope);
      else this.#arm(scope, at);
    }
    if (lane.domain.queue.size > 0) this.#ready.add(lane.domain);
    this.run();
  }

  /** A call came to wait. */
  queued(waiter: Waiter): void {
    this.joined(waiter);
    this.run();
  }

  /** A call waits in this lane from now on; others may have come with it. */
  joined({ call, lane, route, weight }: Waiter): void {
    const { parkedAt } = lane;
    const now = this.clock.now();
    // A light call may pass where the heavy one at the head does not.
    if (parkedAt && parkedAt.freeAt(now, weight, patienceOf(call, route, now)) <= now) this.release(parkedAt);
    this.#ready.add(lane.domain);
  }

  /** A call gave up waiting. */
  left({ lane, weight }: Waiter): void {
    const { domain, parkedAt } = lane;
    if (lane.waiting === 0 && parkedAt) {
      lane.unpark();
      if (parkedAt.parked.size === 0) this.#disarm(parkedAt);
    }
    if (domain.queue.size === 0) {
      this.#disarm(domain.root);
      this.#ready.delete(domain);
    }
    // A light call in front holds nobody back that would else pass; a heavy one may have.
    if (weight > 1) {
      for (const scope of lane.scopes) this.release(scope);
      if (domain.queue.size > 0) this.#ready.add(domain);
      // Not at once: whoever makes one call leave may be about to make others leave too.
      if (this.#ready.size > 0) this.#later();
    }
    if (this.#ready.size === 0) this.#endPause();
  }

  /** All that waits for this scope competes again. */
  release(scope: Scope): void {
    if (scope.parked.size === 0) return;
    this.#disarm(scope);
    for (const lane of [...scope.parked]) {
      lane.unpark();
      lane.domain.queue.unpark(lane);
      this.#ready.add(lane.domain);
    }
  }

  /** Everything may have changed. */
  releaseAll(): void {
    for (const scope of this.directory.scopes.values()) this.release(scope);
    for (const domain of this.directory.domains.values()) if (domain.queue.size > 0) this.#ready.add(domain);
  }

  /** Grants what can be granted, best first, and arms the timers for the rest. */
  run(): void {
    if (this.#pause || this.#running || this.#ready.size === 0) return;
    this.#round++;
    this.#slice();
  }

  #slice(): void {
    this.#running = true;
    const now = this.clock.now();
    let steps = 0;
    try {
      // A set gives what is added while it is walked: each domain goes to the end until nothing is possible in it.
      for (const domain of this.#ready) {
        if (steps >= SLICE && domain.queue.peek(now)) {
          this.#later();
          return;
        }
        this.#ready.delete(domain);
        if (!this.#step(domain, now)) continue;
        this.#ready.add(domain);
        steps++;
      }
    } finally {
      this.#running = false;
    }
  }

  close(): void {
    this.#ready.clear();
    this.#endPause();
    for (const scope of this.directory.scopes.values()) this.#disarm(scope);
  }

  /** Grants one permit, or sets one lane aside. Returns whether there may be more to do. */
  #step({ queue, root }: Domain, now: number): boolean {
    const waiter = queue.peek(now);
    if (!waiter) {
      this.#disarm(root);
      return false;
    }
    const { lane, weight } = waiter;
    if (lane.isStale) {
      this.move(waiter);
      return true;
    }
    const patience = patienceOf(waiter.call, waiter.route, now);
    const at = root.freeAt(now, weight, patience);
    if (at > now) {
      // Only the head counts here, and the head may have changed.
      if (root.timer?.at !== at) this.#disarm(root);
      this.#arm(root, at);
      return false;
    }
    const blocker = lane.blocker(now, weight, patience);
    if (blocker) {
      this.#park(lane, blocker);
      this.#arm(blocker, blocker.freeAt(now, weight, patience));
      return true;
    }
    for (const scope of lane.scopes) {
      if (scope.parked.size === 0) continue;
      // Free for this one, and others wait for it: they compete. Who is set aside again goes first, and needs more.
      if (scope.reviewed === this.#round) this.#park(lane, scope);
      else {
        scope.reviewed = this.#round;
        this.release(scope);
      }
      return true;
    }
    queue.serve(waiter, now);
    waiter.grant();
    return true;
  }

  #park(lane: Lane, scope: Scope): void {
    lane.park(scope);
    lane.domain.queue.park(lane);
  }

  /** One timer per scope, the earliest. None where only an answer can tell: its end dispatches. */
  #arm(scope: Scope, at: number): void {
    if (at === Infinity || (scope.timer && scope.timer.at <= at)) return;
    this.#disarm(scope);
    const stop = this.clock.setTimer(at - this.clock.now(), () => {
      scope.timer = undefined;
      this.release(scope);
      const own = this.directory.domains.get(scope.name);
      if (own?.root === scope) this.#ready.add(own);
      this.run();
    });
    scope.timer = { at, stop };
  }

  #disarm(scope: Scope): void {
    scope.timer?.stop();
    scope.timer = undefined;
  }

  #later(): void {
    this.#pause ??= this.clock.setTimer(0, () => {
      this.#pause = undefined;
      // The same round: whoever was reviewed in it is not reviewed again.
      this.#slice();
    });
  }

  #endPause(): void {
    this.#pause?.();
    this.#pause = undefined;
  }
}
