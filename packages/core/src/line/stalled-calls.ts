import type { Clock } from '../contract/clock.js';
import type { Governor, WaitState } from '../policies/governor/governor.js';
import type { Partition, Lane, QueuedScope } from '../policies/governor/queue/lane.js';
import type { Holdline } from './holdline.js';

// The test kit loads this file, a line does not. The file imports types only.

/** Rounding error of sums of fractions, ms. */
const ROUNDING_MS = 1e-6;

/**
 * Finds calls that nothing will wake: they wait for a permit, but no timer, no attempt on the wire and no exchange with the store
 * will check them again in time. Call it when all promises have settled. It changes nothing.
 *
 * @param line - A line made by `createHoldline`.
 * @returns one sentence for each fault; an empty array without faults.
 * @public
 */
export function findStalledCalls(line: Holdline): string[] {
  const { governor, ports } = line as unknown as { governor: Governor; ports: { clock: Clock } };
  const { waits } = governor;
  const now = ports.clock.now();
  const found: string[] = [];
  for (const partition of waits.partitions.values()) {
    if (partition.queue.size > 0) found.push(...findStalledCallsIn(partition, waits, now));
  }
  for (const lane of waits.stale) {
    if (lane.waiting > 0 && !waits.isMoving && !waits.isPausedIn(lane.partition))
      found.push(`${describeLane(lane)} must move to another lane, and no timer will move them`);
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
 * @param line - A line made by `createHoldline`.
 * @throws Error with one line for each call, or group of calls, that nothing will wake.
 * @public
 */
export function assertNoStalledCalls(line: Holdline): void {
  const found = findStalledCalls(line);
  if (found.length > 0) throw new Error(`nothing will wake these calls:\n${found.join('\n')}`);
}

function findStalledCallsIn(partition: Partition, waits: WaitState, now: number): string[] {
  const { queue, root, lanes } = partition;
  const found: string[] = [];
  const all = [...lanes.values(), ...[...waits.stale].filter((lane) => lane.partition === partition)];
  const waiting = all.reduce((sum, lane) => sum + lane.waiting, 0);
  if (waiting !== queue.size) found.push(`${queue.size} calls wait for ${root.name}, but its lanes have ${waiting}`);
  if (waits.isPausedIn(partition)) return found;
  const head = queue.peek(now);
  if (head) {
    const fault = explainStall(root, head.weight, now);
    if (fault) found.push(`${queue.size} calls wait for ${root.name}: ${fault}`);
  }
  for (const lane of all) {
    const { parkedAt } = lane;
    if (lane.waiting === 0) continue;
    if (!parkedAt) {
      if (!head) found.push(`${describeLane(lane)} wait for no scope, and nothing will wake them`);
      continue;
    }
    const fault = parkedAt.parked.has(lane)
      ? explainParkedStall(parkedAt, now)
      : 'the scope does not know the waiting calls';
    if (fault) found.push(`${describeLane(lane)} wait for ${parkedAt.name}: ${fault}`);
  }
  return found;
}

/** Explains why nothing will check this scope when it has `weight` free permits; undefined if something will. */
function explainStall(scope: QueuedScope, weight: number, now: number): string | undefined {
  const { timer, inFlight } = scope;
  // With a refusal tolerance of -1, `freeAt` starts no trial and changes nothing.
  const at = scope.freeAt(now, weight, -1);
  if (timer && (timer.at <= now + ROUNDING_MS || (at < Infinity && timer.at <= at + ROUNDING_MS))) return undefined;
  if (at < Infinity) {
    const when = timer ? `the timer is ${timer.at - at} ms too late` : 'there is no timer';
    return `it is free in ${Math.max(0, at - now)} ms, but ${when}`;
  }
  if (inFlight > 0 || scope.quotas.some(({ lease }) => lease?.isAwake)) return undefined;
  return 'there is neither an attempt on the wire nor an exchange with the store';
}

/**
 * Explains why nothing will wake the lanes that this scope holds back. The timer of the scope serves the first of their calls, which
 * only the dispatcher knows. It is therefore a fault only if it is one for the head of every flow.
 */
function explainParkedStall(scope: QueuedScope, now: number): string | undefined {
  const weights = new Set<number>();
  for (const { flows } of scope.parked) for (const { head } of flows) if (head) weights.add(head.weight);
  let fault: string | undefined;
  for (const weight of weights) {
    fault = explainStall(scope, weight, now);
    if (!fault) return undefined;
  }
  return fault;
}

function describeLane({ waiting, routeName }: Lane): string {
  return `${waiting} calls of ${routeName}`;
}
