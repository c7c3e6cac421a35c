import type { ActiveCall } from '../../call/call.js';
import type { Clock, Undo } from '../../contract/clock.js';
import { refusalToleranceOf } from './learning/refusal-tolerance.js';
import type { Permit } from './permit.js';
import type { Partition, Lane, QueueDispatcher, QueuedScope } from './queue/lane.js';
import type { Waiter } from './queue/waiter.js';

/** Bounds of the steps in one slice of a dispatch. After a slice the event loop gets a turn. The first slice is the shortest. */
const MIN_STEPS = 50;
const MAX_STEPS = 500;
/** Target time of one turn of the event loop with the calls of one slice, in ms. The length of the next slice adapts to it. */
const MAX_SLICE_MS = 5;

/** Handles a waiter whose turn has come. */
export interface DispatchHost {
  /** Takes the permits of the call. */
  grant(lane: Lane, call: ActiveCall, now: number): Permit;
  /** Moves the waiter out of its stale lane. */
  move(waiter: Waiter<Lane>): void;
}

/**
 * Grants permits to waiting calls, in their order, as soon as all scopes of a call have permits.
 *
 * The credential's scope is checked for the head of its queue only. A lane that another scope holds back is set aside (parked)
 * until that scope is free, so that its calls do not block other calls. Timers exist only while calls wait for them.
 */
export class Dispatcher implements QueueDispatcher {
  /** Partitions that may have a call to serve. They take turns, one step each. */
  readonly #ready = new Set<Partition>();
  /** Number of dispatches so far. */
  #round = 0;
  #running = false;
  /** Steps of the next slice. */
  #steps = MIN_STEPS;
  /** Cancels the timer of the next slice. */
  #pause: Undo | undefined;

  constructor(
    readonly clock: Clock,
    readonly host: DispatchHost,
  ) {}

  /** Dispatches after an attempt has ended: scopes of this lane may have permits again. */
  onPermitsFreed(lane: Lane, now: number): void {
    for (const scope of lane.scopes) {
      if (scope.parked.size === 0) continue;
      const at = scope.freeAt(now, 1, Infinity);
      // The answer may set a time for heavy calls, even if light calls still depend on another answer.
      if (at <= now || (at === Infinity && !scope.timer)) this.release(scope);
      else this.#arm(scope, at);
    }
    if (lane.partition.queue.size > 0) this.#ready.add(lane.partition);
    this.run();
  }

  /** Dispatches after an attempt gave its permits back: scopes of this lane may have permits earlier than expected. */
  onPermitsRefunded(lane: Lane, now: number): void {
    for (const scope of lane.scopes) this.release(scope);
    this.onPermitsFreed(lane, now);
  }

  /** Dispatches a new waiter if it is the first. Behind other waiters it changes nothing. */
  onQueued(waiter: Waiter<Lane>, now: number): void {
    const { parkedAt, partition } = waiter.lane;
    if (!parkedAt && partition.queue.peek(now) !== waiter) return;
    this.onLaneJoined(waiter, now);
    this.run();
  }

  /** Marks the partition of a waiter that joined a lane, and releases the lane if the waiter has permits. */
  onLaneJoined({ call, lane, weight }: Waiter<Lane>, now: number): void {
    const { parkedAt } = lane;
    // A light call may have permits when the heavy call at the head has none.
    if (parkedAt && parkedAt.freeAt(now, weight, refusalToleranceOf(call, lane.route, now)) <= now)
      this.release(parkedAt);
    this.#ready.add(lane.partition);
  }

  /** Ends the wait of a call before its turn, with a reason. */
  dismiss(waiter: Waiter<Lane>, reason: unknown): void {
    waiter.lane.partition.queue.remove(waiter);
    waiter.refusal = reason;
    this.#endWait(waiter, this.clock.now());
    this.#onDismissed(waiter);
  }

  /** Records the waited time, and settles the promise of the waiter. */
  #endWait(waiter: Waiter<Lane>, now: number): void {
    const { call, since } = waiter;
    const { info } = call;
    const waited = now - since;
    info.waitedMs += waited;
    info.queuedMs += waited;
    call.cancellation?.unlisten(waiter);
    waiter.settle();
  }

  /** Updates timers and parked lanes after a waiter has left without a permit. */
  #onDismissed(waiter: Waiter<Lane>): void {
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
    // A heavy call may have held others back that need fewer permits. A light call has not.
    if (weight > 1) for (const scope of lane.scopes) this.release(scope);
    // The call that left may have depended on an answer; the next one may have permits at a known time.
    else if (parkedAt && !parkedAt.timer) this.release(parkedAt);
    if (partition.queue.size > 0 && (weight > 1 || partition.lookedAt === waiter)) this.#ready.add(partition);
    // Deferred, because several calls often leave in the same tick.
    if (this.#ready.size > 0) this.#scheduleSlice();
    else this.#endPause();
  }

  /** Lets all lanes compete again that are parked at this scope. */
  release(scope: QueuedScope): void {
    if (scope.parked.size === 0) return;
    this.#disarm(scope);
    for (const lane of [...scope.parked]) {
      lane.unpark();
      lane.partition.queue.unpark(lane);
      this.#ready.add(lane.partition);
    }
  }

  /** Dispatches the calls that wait for this scope again, after its gate, quotas or timer have changed. */
  onScopeChanged(scope: QueuedScope): void {
    this.release(scope);
    if (scope.partition) this.#ready.add(scope.partition);
    this.run();
  }

  /** Releases all scopes, and marks all partitions with waiting calls. */
  releaseAll(scopes: ReadonlyMap<string, QueuedScope>): void {
    for (const scope of scopes.values()) this.release(scope);
    for (const { partition } of scopes.values()) if (partition && partition.queue.size > 0) this.#ready.add(partition);
  }

  /** Grants all free permits in the order of the queues, and sets timers for the other calls. */
  run(): void {
    if (this.#pause || this.#running || this.#ready.size === 0) return;
    this.#round++;
    this.#runSlice(this.clock.now());
  }

  /** Runs one slice of the dispatch. */
  #runSlice(now: number): void {
    this.#running = true;
    let steps = 0;
    try {
      // The loop also visits partitions added meanwhile, so a partition with more to do moves to the end of the set.
      for (const partition of this.#ready) {
        let hasMore: boolean;
        do {
          if (steps++ >= this.#steps && partition.queue.peek(now)) return this.#scheduleSlice(now);
          hasMore = this.#serveNext(partition, now);
          // A single partition need not take turns.
        } while (hasMore && this.#ready.size === 1);
        this.#ready.delete(partition);
        if (hasMore) this.#ready.add(partition);
      }
    } finally {
      this.#running = false;
    }
  }

  /** Whether a timer continues the dispatch of this partition. */
  isPausedIn(partition: Partition): boolean {
    return this.#pause !== undefined && this.#ready.has(partition);
  }

  /** Stops all timers. */
  close(scopes: ReadonlyMap<string, QueuedScope>): void {
    this.#ready.clear();
    this.#endPause();
    for (const scope of scopes.values()) this.#disarm(scope);
  }

  /** Grants one permit, or parks one lane. Returns whether the partition may have more to do. */
  #serveNext(partition: Partition, now: number): boolean {
    const { queue, root } = partition;
    const waiter = queue.peek(now);
    if (!waiter) {
      this.#disarm(root);
      return false;
    }
    const { lane, weight } = waiter;
    if (lane.isStale) {
      this.host.move(waiter);
      return true;
    }
    const tolerance = refusalToleranceOf(waiter.call, lane.route, now);
    const at = root.freeAt(now, weight, tolerance);
    const isFree = at <= now;
    // The store is not asked for permits of a call that another scope holds back.
    const checksLane = isFree || root.lacksPermits(now, weight, tolerance);
    const blocker = checksLane ? lane.findBlocker(now, weight, tolerance, isFree) : undefined;
    if (!isFree && !blocker) {
      // Aging may put another call first, which may have permits earlier than a heavy call or one that depends on an answer.
      const until = weight > 1 || at === Infinity ? Math.min(at, queue.nextTurnAt(now)) : at;
      partition.lookedAt = waiter;
      // The timer belongs to the head of the queue, which may have changed.
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
      // The scope is free for this call, but lanes are parked there: they compete first. After a review in this round they need
      // more permits and still come first, so this lane is parked too.
      if (scope.reviewed === this.#round) this.#park(lane, scope);
      else {
        scope.reviewed = this.#round;
        this.release(scope);
      }
      return true;
    }
    queue.serve(waiter, now);
    waiter.permit = this.host.grant(lane, waiter.call, now);
    this.#endWait(waiter, now);
    return true;
  }

  #park(lane: Lane, scope: QueuedScope): void {
    lane.park(scope);
    lane.partition.queue.park(lane);
  }

  /** Sets the timer of a scope, unless an earlier one is set. An infinite time needs none: the end of an attempt dispatches. */
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

  /**
   * Runs the next slice after a turn of the event loop.
   *
   * @param since - Start of the slice before. Its calls are sent during the turn, whose length sets the length of the next slice.
   */
  #scheduleSlice(since?: number): void {
    this.#pause ??= this.clock.setTimer(0, () => {
      this.#pause = undefined;
      const now = this.clock.now();
      if (since !== undefined) this.#steps = adaptSteps(this.#steps, now - since);
      // The round continues: scopes that it has reviewed are not reviewed again.
      this.#runSlice(now);
    });
  }

  #endPause(): void {
    this.#pause?.();
    this.#pause = undefined;
  }
}

/** Returns the steps of the next slice, after a slice of `steps` that took `tookMs`. */
function adaptSteps(steps: number, tookMs: number): number {
  if (tookMs > MAX_SLICE_MS) return Math.max(MIN_STEPS, steps >> 1);
  return tookMs < MAX_SLICE_MS / 2 ? Math.min(MAX_STEPS, steps * 2) : steps;
}
