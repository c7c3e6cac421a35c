import { COUNTINGS, type Interval } from '../../../contract/counting.js';
import type { LeaseReply, SharedQuota } from '../../../contract/leases.js';

/** Upper bound for processes and permits in a valid reply. */
const MAX_PERMITS = 1e12;

/**
 * Checks a reply of the store. An invalid reply counts as a failed exchange and is ignored as a whole, so no call waits for a
 * moment that never comes.
 *
 * @throws Error naming the field and its value.
 */
export function checkReply(reply: LeaseReply, quota: SharedQuota): LeaseReply {
  const { ledger, now, processes, limit, askAt, counts, edge, permits } = reply;
  checkField(typeof ledger === 'string' && ledger !== '', 'ledger', ledger);
  checkField(isWithin(now, 0, Infinity), 'now', now);
  checkField(isCount(processes) && processes <= MAX_PERMITS, 'processes', processes);
  checkField(limit === Infinity || isWithin(limit, 1, Infinity), 'limit', limit);
  checkField(Number.isFinite(askAt), 'askAt', askAt);
  checkField(counts === undefined || COUNTINGS.includes(counts), 'counts', counts);
  checkField(edge === undefined || isInterval(edge), 'edge', edge);
  checkField(Array.isArray(permits), 'permits', permits);
  // Valid permits begin and end within a few windows of the ledger time.
  const { windowMs, tickMs, validMs, graceMs } = quota;
  const farMs = 4 * windowMs + 2 * (validMs + graceMs) + bucketMs(quota);
  for (const { count, from, freeAtTick } of permits) {
    checkField(isCount(count) && count >= 1 && count <= MAX_PERMITS, 'permits.count', count);
    checkField(isWithin(from, now - farMs, now + farMs), 'permits.from', from);
    checkField(isCount(freeAtTick) && freeAtTick * tickMs >= from, 'permits.freeAtTick', freeAtTick);
  }
  // An early request is harmless, so a late `askAt` is reduced.
  return askAt - now > farMs ? { ...reply, askAt: now + farMs } : reply;
}

/** Returns how long a bucket takes to fill. */
function bucketMs({ burst = 0, limit, windowMs }: SharedQuota): number {
  return limit < Infinity ? (burst / limit) * windowMs : 0;
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isInterval(value: Interval): boolean {
  return Number.isFinite(value.from) && Number.isFinite(value.to) && value.from <= value.to;
}

function checkField(holds: boolean, field: string, value: unknown): void {
  if (!holds) throw new Error(`invalid reply of the store: ${field} is ${String(value)}`);
}
