import { COUNTINGS, type Interval } from '../../../contract/counting.js';
import type { LeaseReply, SharedQuota } from '../../../contract/leases.js';

/** More than any fleet has, and than any quota lends at once. */
const MAX_PERMITS = 1e12;

/**
 * Checks what a store answered. An answer that cannot be right is a failed exchange: nothing of it is used, so no call waits for a
 * moment that never comes.
 *
 * @throws Error naming the field and its value.
 */
export function checkReply(reply: LeaseReply, quota: SharedQuota): LeaseReply {
  const { ledger, now, processes, limit, askAt, counts, edge, permits } = reply;
  check(typeof ledger === 'string' && ledger !== '', 'ledger', ledger);
  check(isWithin(now, 0, Infinity), 'now', now);
  check(isWhole(processes) && processes <= MAX_PERMITS, 'processes', processes);
  check(limit === Infinity || isWithin(limit, 1, Infinity), 'limit', limit);
  check(Number.isFinite(askAt), 'askAt', askAt);
  check(counts === undefined || COUNTINGS.includes(counts), 'counts', counts);
  check(edge === undefined || isInterval(edge), 'edge', edge);
  check(Array.isArray(permits), 'permits', permits);
  // A block begins and ends within a few windows of now, or it is of another time.
  const { windowMs, tickMs, validMs, graceMs } = quota;
  const farMs = 4 * windowMs + 2 * (validMs + graceMs) + bucketMs(quota);
  for (const { count, from, freeAtTick } of permits) {
    check(isWhole(count) && count >= 1 && count <= MAX_PERMITS, 'permits.count', count);
    check(isWithin(from, now - farMs, now + farMs), 'permits.from', from);
    check(isWhole(freeAtTick) && freeAtTick * tickMs >= from, 'permits.freeAtTick', freeAtTick);
  }
  // To ask sooner than needed does no harm.
  return askAt - now > farMs ? { ...reply, askAt: now + farMs } : reply;
}

/** How long a bucket takes to fill. */
function bucketMs({ burst = 0, limit, windowMs }: SharedQuota): number {
  return limit < Infinity ? (burst / limit) * windowMs : 0;
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most;
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isInterval(value: Interval): boolean {
  return Number.isFinite(value.from) && Number.isFinite(value.to) && value.from <= value.to;
}

function check(holds: boolean, field: string, value: unknown): void {
  if (!holds) throw new Error(`the store answered nonsense: ${field} is ${String(value)}`);
}
