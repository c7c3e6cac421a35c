import type { Clock, Undo } from '../../contract/clock.js';
import { patienceOf } from './learning/refusal-tolerance.js';
import type { Scope } from './limits/scope.js';
import type { Domain, Lane } from './queue/lane.js';
import type { Waiter } from './queue/waiter.js';
import type { Directory } from './scope-registry.js';

/** Steps of a dispatch before the event loop gets its turn: the fewest, to begin with, and the most. */
const SLICE = { fewest: 50, most: 500 };
/** How long a turn of the event loop may take with what one slice let go, ms; the next slice is as long as that allows. */
const TURN_MS = 5;

/** What becomes of a waiter whose turn it is. */
export interface Turns {
  /** It leaves with a permit. */
  grant(waiter: Waiter, now: number): void;
  /** Its lane is stale: it moves to another. */
  move(waiter: Waiter): void;
}

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
  /** Steps of the next slice. */
  #steps = SLICE.fewest;
  /** Ends the pause between two slices. */
  #pause: Undo | undefined = undefined;

  constructor(
    readonly clock: Clock,
    readonly directory: Directory,
    readonly turns: Turns,
  ) {}

  /** Something on this way may have become free. */
  freed(lane: Lane, now: number): void {
    for (const scope of lane.scopes) {
      if (scope.parked.size === 0) continue;
      const at = scope.freeAt(now, 1, Infinity);
      // What the answer said may give heavy calls a known time, also where only another answer can tell of light ones.
      if (at <= now || (at === Infinity && !scope.timer)) this.release(scope);
      else this.#arm(scope, at);
    }
    if (lane.domain.queue.size > 0) this.#ready.add(lane.domain);
    this.run();
  }

  /** An attempt gave back what it had taken: everything on its way may be free earlier than was thought. */
  refunded(lane: Lane, now: number): void {
    for (const scope of lane.scopes) this.release(scope);
    this.freed(lane, now);
  }

  /** A call came to wait. Behind others it changes nothing: whoever is first was looked at when it came to be first. */
  queued(waiter: Waiter, now: number): void {
    const { parkedAt, domain } = waiter.lane;
    if (!parkedAt && domain.queue.peek(now) !== waiter) return;
    this.joined(waiter, now);
    this.run();
  }

  /** A call waits in this lane from now on; others may have come with it. */
  joined({ call, lane, route, weight }: Waiter, now: number): void {
    const { parkedAt } = lane;
    // A light call may pass where the heavy one at the head does not.
    if (parkedAt && parkedAt.freeAt(now, weight, patienceOf(call, route, now)) <= now) this.release(parkedAt);
    this.#ready.add(lane.domain);
  }

  /** A call gave up waiting. */
  left(waiter: Waiter): void {
    const { lane, weight } = waiter;
    const { domain, parkedAt } = lane;
    if (lane.waiting === 0 && parkedAt) {
      lane.unpark();
      if (parkedAt.parked.size === 0) this.#disarm(parkedAt);
    }
    if (domain.queue.size === 0) {
      this.#disarm(domain.root);
      this.#ready.delete(domain);
      domain.lookedAt = undefined;
    }
    // A light call in front holds nobody back that would else pass; a heavy one may have.
    if (weight > 1) for (const scope of lane.scopes) this.release(scope);
    // Where only an answer can tell when the one that left would be free, the next one may be free at a known time.
    else if (parkedAt && !parkedAt.timer) this.release(parkedAt);
    if (domain.queue.size > 0 && (weight > 1 || domain.lookedAt === waiter)) this.#ready.add(domain);
    // Not at once: whoever makes one call leave may be about to make others leave too.
    if (this.#ready.size > 0) this.#later();
    else this.#endPause();
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

  /** What holds this scope back has changed: all that waits for it is looked at again, and its timer is armed anew. */
  changed(scope: Scope): void {
    this.release(scope);
    const own = this.directory.domains.get(scope.name);
    if (own?.root === scope) this.#ready.add(own);
    this.run();
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
    this.#slice(this.clock.now());
  }

  #slice(now: number): void {
    this.#running = true;
    let steps = 0;
    try {
      // A set gives what is added while it is walked: each domain goes to the end until nothing is possible in it.
      for (const domain of this.#ready) {
        let isPossible: boolean;
        do {
          if (steps++ >= this.#steps && domain.queue.peek(now)) return this.#goOnLater(now);
          isPossible = this.#step(domain, now);
          // Alone there is nobody to take turns with.
        } while (isPossible && this.#ready.size === 1);
        this.#ready.delete(domain);
        if (isPossible) this.#ready.add(domain);
      }
    } finally {
      this.#running = false;
    }
  }

  /** Whether a timer goes on with this domain. */
  isPausedIn(domain: Domain): boolean {
    return this.#pause !== undefined && this.#ready.has(domain);
  }

  close(): void {
    this.#ready.clear();
    this.#endPause();
    for (const scope of this.directory.scopes.values()) this.#disarm(scope);
  }

  /** Grants one permit, or sets one lane aside. Returns whether there may be more to do. */
  #step(domain: Domain, now: number): boolean {
    const { queue, root } = domain;
    const waiter = queue.peek(now);
    if (!waiter) {
      this.#disarm(root);
      return false;
    }
    const { lane, weight } = waiter;
    if (lane.isStale) {
      this.turns.move(waiter);
      return true;
    }
    const patience = patienceOf(waiter.call, waiter.route, now);
    const at = root.freeAt(now, weight, patience);
    const isFree = at <= now;
    // The store is asked for nobody whom something else holds back.
    const looksOn = isFree || root.lacksPermits(now, weight, patience);
    const blocker = looksOn ? lane.blocker(now, weight, patience, isFree) : undefined;
    if (!isFree && !blocker) {
      // Once another one is the next, it may be free earlier: a lighter one, or any where only an answer can tell of this one.
      const until = weight > 1 || at === Infinity ? Math.min(at, queue.nextTurnAt(now)) : at;
      domain.lookedAt = waiter;
      // Only the head counts here, and the head may have changed.
      if (root.timer?.at !== until) this.#disarm(root);
      this.#arm(root, until);
      root.wanted(now, weight, patience);
      return false;
    }
    if (blocker) {
      this.#park(lane, blocker);
      this.#arm(blocker, blocker.freeAt(now, weight, patience));
      blocker.wanted(now, weight, patience);
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
    this.turns.grant(waiter, now);
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
      this.changed(scope);
    });
    scope.timer = { at, stop };
  }

  #disarm(scope: Scope): void {
    scope.timer?.stop();
    scope.timer = undefined;
  }

  #later(): void {
    this.#goOnLater(undefined);
  }

  /** @param since When the slice before began, if there was one: what it let go has been sent by then, and took its time. */
  #goOnLater(since: number | undefined): void {
    this.#pause ??= this.clock.setTimer(0, () => {
      this.#pause = undefined;
      const now = this.clock.now();
      if (since !== undefined) this.#steps = lengthAfter(this.#steps, now - since);
      // The same round: whoever was reviewed in it is not reviewed again.
      this.#slice(now);
    });
  }

  #endPause(): void {
    this.#pause?.();
    this.#pause = undefined;
  }
}

/** Steps of the next slice, after one of so many that took so long. */
function lengthAfter(steps: number, tookMs: number): number {
  if (tookMs > TURN_MS) return Math.max(SLICE.fewest, steps >> 1);
  return tookMs < TURN_MS / 2 ? Math.min(SLICE.most, steps * 2) : steps;
}
