import type { ActiveCall } from '../../call/call.js';
import type { Clock, Undo } from '../../contract/clock.js';
import { refusalToleranceOf } from './learning/refusal-tolerance.js';
import type { Permit } from './permit.js';
import type { Partition, Lane, QueueDispatcher, QueuedScope } from './queue/lane.js';
import type { Waiter } from './queue/waiter.js';

/** Steps of a dispatch before the event loop gets its turn: the fewest, to begin with, and the most. */
const SLICE = { fewest: 50, most: 500 };
/** How long a turn of the event loop may take with what one slice let go, ms; the next slice is as long as that allows. */
const TURN_MS = 5;

/** What becomes of a waiter whose turn it is. */
export interface DispatchHost {
  /** It leaves with this permit. */
  grant(lane: Lane, call: ActiveCall, now: number): Permit;
  /** Its lane is stale: it moves to another. */
  move(waiter: Waiter<Lane>): void;
}

/**
 * Lets waiting calls go, in their order, as soon as everything on their way is free.
 *
 * The credential's own scope is looked at for the head of its queue only. What another scope holds back is set aside (parked)
 * until that scope is free again, so that it is in nobody else's way. Timers exist only while calls wait for them.
 */
export class Dispatcher implements QueueDispatcher {
  /** Partitions in which something may be possible. They take turns, one step each. */
  readonly #ready = new Set<Partition>();
  #round = 0;
  #running = false;
  /** Steps of the next slice. */
  #steps = SLICE.fewest;
  /** Ends the pause between two slices. */
  #pause: Undo | undefined = undefined;

  constructor(
    readonly clock: Clock,
    readonly turns: DispatchHost,
  ) {}

  /** Something on this way may have become free. */
  onPermitsFreed(lane: Lane, now: number): void {
    for (const scope of lane.scopes) {
      if (scope.parked.size === 0) continue;
      const at = scope.freeAt(now, 1, Infinity);
      // What the answer said may give heavy calls a known time, also where only another answer can tell of light ones.
      if (at <= now || (at === Infinity && !scope.timer)) this.release(scope);
      else this.#arm(scope, at);
    }
    if (lane.partition.queue.size > 0) this.#ready.add(lane.partition);
    this.run();
  }

  /** An attempt gave back what it had taken: everything on its way may be free earlier than was thought. */
  onPermitsRefunded(lane: Lane, now: number): void {
    for (const scope of lane.scopes) this.release(scope);
    this.onPermitsFreed(lane, now);
  }

  /** A call came to wait. Behind others it changes nothing: whoever is first was looked at when it came to be first. */
  onQueued(waiter: Waiter<Lane>, now: number): void {
    const { parkedAt, partition } = waiter.lane;
    if (!parkedAt && partition.queue.peek(now) !== waiter) return;
    this.onLaneJoined(waiter, now);
    this.run();
  }

  /** A call waits in this lane from now on; others may have come with it. */
  onLaneJoined({ call, lane, weight }: Waiter<Lane>, now: number): void {
    const { parkedAt } = lane;
    // A light call may pass where the heavy one at the head does not.
    if (parkedAt && parkedAt.freeAt(now, weight, refusalToleranceOf(call, lane.route, now)) <= now)
      this.release(parkedAt);
    this.#ready.add(lane.partition);
  }

  dismiss(waiter: Waiter<Lane>, reason: unknown): void {
    waiter.lane.partition.queue.remove(waiter);
    waiter.refusal = reason;
    this.#endWait(waiter, this.clock.now());
    this.#onLeft(waiter);
  }

  #endWait(waiter: Waiter<Lane>, now: number): void {
    const { call, since } = waiter;
    const { info } = call;
    const waited = now - since;
    info.waitedMs += waited;
    info.queuedMs += waited;
    call.cancellation?.unlisten(waiter);
    waiter.end();
  }

  /** A call gave up waiting. */
  #onLeft(waiter: Waiter<Lane>): void {
    const { lane, weight } = waiter;
    const { partition, parkedAt } = lane;
    if (lane.waiting === 0 && parkedAt) {
      lane.unpark();
      if (parkedAt.parked.size === 0) this.#disarm(parkedAt);
    }
    if (partition.queue.size === 0) {
      this.#disarm(partition.root);
      this.#ready.delete(partition);
      partition.lookedAt = undefined;
    }
    // A light call in front holds nobody back that would else pass; a heavy one may have.
    if (weight > 1) for (const scope of lane.scopes) this.release(scope);
    // Where only an answer can tell when the one that left would be free, the next one may be free at a known time.
    else if (parkedAt && !parkedAt.timer) this.release(parkedAt);
    if (partition.queue.size > 0 && (weight > 1 || partition.lookedAt === waiter)) this.#ready.add(partition);
    // Not at once: whoever makes one call leave may be about to make others leave too.
    if (this.#ready.size > 0) this.#later();
    else this.#endPause();
  }

  /** All that waits for this scope competes again. */
  release(scope: QueuedScope): void {
    if (scope.parked.size === 0) return;
    this.#disarm(scope);
    for (const lane of [...scope.parked]) {
      lane.unpark();
      lane.partition.queue.unpark(lane);
      this.#ready.add(lane.partition);
    }
  }

  /** What holds this scope back has changed: all that waits for it is looked at again, and its timer is armed anew. */
  onScopeChanged(scope: QueuedScope): void {
    this.release(scope);
    if (scope.partition) this.#ready.add(scope.partition);
    this.run();
  }

  /** Everything may have changed. */
  releaseAll(scopes: ReadonlyMap<string, QueuedScope>): void {
    for (const scope of scopes.values()) this.release(scope);
    for (const { partition } of scopes.values()) if (partition && partition.queue.size > 0) this.#ready.add(partition);
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
      // A set gives what is added while it is walked: each partition goes to the end until nothing is possible in it.
      for (const partition of this.#ready) {
        let isPossible: boolean;
        do {
          if (steps++ >= this.#steps && partition.queue.peek(now)) return this.#continueLater(now);
          isPossible = this.#step(partition, now);
          // Alone there is nobody to take turns with.
        } while (isPossible && this.#ready.size === 1);
        this.#ready.delete(partition);
        if (isPossible) this.#ready.add(partition);
      }
    } finally {
      this.#running = false;
    }
  }

  /** Whether a timer goes on with this partition. */
  isPausedIn(partition: Partition): boolean {
    return this.#pause !== undefined && this.#ready.has(partition);
  }

  close(scopes: ReadonlyMap<string, QueuedScope>): void {
    this.#ready.clear();
    this.#endPause();
    for (const scope of scopes.values()) this.#disarm(scope);
  }

  /** Grants one permit, or sets one lane aside. Returns whether there may be more to do. */
  #step(partition: Partition, now: number): boolean {
    const { queue, root } = partition;
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
    const tolerance = refusalToleranceOf(waiter.call, lane.route, now);
    const at = root.freeAt(now, weight, tolerance);
    const isFree = at <= now;
    // The store is asked for nobody whom something else holds back.
    const looksOn = isFree || root.lacksPermits(now, weight, tolerance);
    const blocker = looksOn ? lane.blocker(now, weight, tolerance, isFree) : undefined;
    if (!isFree && !blocker) {
      // Once another one is the next, it may be free earlier: a lighter one, or any where only an answer can tell of this one.
      const until = weight > 1 || at === Infinity ? Math.min(at, queue.nextTurnAt(now)) : at;
      partition.lookedAt = waiter;
      // Only the head counts here, and the head may have changed.
      if (root.timer?.at !== until) this.#disarm(root);
      this.#arm(root, until);
      root.announceDemand(now, weight, tolerance);
      return false;
    }
    if (blocker) {
      this.#park(lane, blocker);
      this.#arm(blocker, blocker.freeAt(now, weight, tolerance));
      blocker.announceDemand(now, weight, tolerance);
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
    waiter.permit = this.turns.grant(lane, waiter.call, now);
    this.#endWait(waiter, now);
    return true;
  }

  #park(lane: Lane, scope: QueuedScope): void {
    lane.park(scope);
    lane.partition.queue.park(lane);
  }

  /** One timer per scope, the earliest. None where only an answer can tell: its end dispatches. */
  #arm(scope: QueuedScope, at: number): void {
    if (at === Infinity || (scope.timer && scope.timer.at <= at)) return;
    this.#disarm(scope);
    const stop = this.clock.setTimer(at - this.clock.now(), () => {
      scope.timer = undefined;
      this.onScopeChanged(scope);
    });
    scope.timer = { at, stop };
  }

  #disarm(scope: QueuedScope): void {
    scope.timer?.stop();
    scope.timer = undefined;
  }

  #later(): void {
    this.#continueLater(undefined);
  }

  /** @param since When the slice before began, if there was one: what it let go has been sent by then, and took its time. */
  #continueLater(since: number | undefined): void {
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
