import type { Clock } from '../contract/clock.js';
import type { Governor, WaitState } from '../policies/governor/governor.js';
import type { Partition, Lane, QueuedScope } from '../policies/governor/queue/lane.js';
import type { Holdline } from './holdline.js';

// The test kit loads this file, a line does not: it imports types only.

/** Sums of fractions may be so much off, ms. */
const ROUNDING_MS = 1e-6;

/**
 * Finds calls that nothing will wake: they wait for a permit, and there is no timer, no attempt on the wire and no exchange with
 * the store that will look at them again in time. Ask when all promises have settled. It changes nothing.
 *
 * @param line A line made by `createHoldline`.
 * @returns one sentence for each fault; none where all is well.
 */
export function findStalledCalls(line: Holdline): string[] {
  const { governor, ports } = line as unknown as { governor: Governor; ports: { clock: Clock } };
  const { waits } = governor;
  const now = ports.clock.now();
  const found: string[] = [];
  for (const partition of waits.partitions.values()) {
    if (partition.queue.size > 0) found.push(...stalledIn(partition, waits, now));
  }
  for (const lane of waits.stale) {
    if (lane.waiting > 0 && !waits.isMoving && !waits.isPausedIn(lane.partition))
      found.push(`${calls(lane)} have to move to another lane, and no timer will move them`);
  }
  return found;
}

/**
 * Asserts that every waiting call will be woken.
 *
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { assertNoStalledCalls, VirtualClock } from '@holdline/core/testing';
 *
 * const clock = new VirtualClock();
 * const line = createHoldline({ clock });
 * clock.afterEachStep(() => assertNoStalledCalls(line));
 * ```
 * @param line A line made by `createHoldline`.
 * @throws Error with one line for each call, or group of calls, that nothing will wake.
 */
export function assertNoStalledCalls(line: Holdline): void {
  const found = findStalledCalls(line);
  if (found.length > 0) throw new Error(`nothing will wake these calls:\n${found.join('\n')}`);
}

function stalledIn(partition: Partition, waits: WaitState, now: number): string[] {
  const { queue, root, lanes } = partition;
  const found: string[] = [];
  const all = [...lanes.values(), ...[...waits.stale].filter((lane) => lane.partition === partition)];
  const waiting = all.reduce((sum, lane) => sum + lane.waiting, 0);
  if (waiting !== queue.size) found.push(`${queue.size} calls wait for ${root.name}, and its lanes know of ${waiting}`);
  if (waits.isPausedIn(partition)) return found;
  const head = queue.peek(now);
  if (head) {
    const fault = sleeps(root, head.weight, now);
    if (fault) found.push(`${queue.size} calls wait for ${root.name}: ${fault}`);
  }
  for (const lane of all) {
    const { parkedAt } = lane;
    if (lane.waiting === 0) continue;
    if (!parkedAt) {
      if (!head) found.push(`${calls(lane)} wait for nothing, and nothing lets them go`);
      continue;
    }
    const fault = parkedAt.parked.has(lane) ? sleepsForAll(parkedAt, now) : 'the scope does not know that they wait';
    if (fault) found.push(`${calls(lane)} wait for ${parkedAt.name}: ${fault}`);
  }
  return found;
}

/** Why nothing will look at this scope again when it allows `weight` permits; undefined where something will. */
function sleeps(scope: QueuedScope, weight: number, now: number): string | undefined {
  const { timer, inFlight } = scope;
  // Nobody is asked to go beyond the limit here, so asking changes nothing.
  const at = scope.freeAt(now, weight, -1);
  if (timer && (timer.at <= now + ROUNDING_MS || (at < Infinity && timer.at <= at + ROUNDING_MS))) return undefined;
  if (at < Infinity) {
    const when = timer ? `the timer is ${timer.at - at} ms too late` : 'there is no timer';
    return `it is free in ${Math.max(0, at - now)} ms, and ${when}`;
  }
  if (inFlight > 0 || scope.quotas.some(({ lease }) => lease?.isAwake)) return undefined;
  return 'there is neither an attempt on the wire nor an exchange with the store';
}

/**
 * The same for those that are set aside here. The scope was looked at for one of them, which goes before the others, and nobody but the
 * dispatcher knows which: so it is a fault only where it is one for each that is next in its flow.
 */
function sleepsForAll(scope: QueuedScope, now: number): string | undefined {
  const weights = new Set<number>();
  for (const { flows } of scope.parked) for (const { head } of flows) if (head) weights.add(head.weight);
  let fault: string | undefined;
  for (const weight of weights) {
    fault = sleeps(scope, weight, now);
    if (!fault) return undefined;
  }
  return fault;
}

function calls({ waiting, routeName }: Lane): string {
  return `${waiting} calls of ${routeName}`;
}
