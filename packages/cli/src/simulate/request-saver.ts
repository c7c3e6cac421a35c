import { PRIORITIES } from '@holdline/core';
import type { Change } from './change.js';
import type { PlannedCall, Schedule } from './load.js';

/** How a call ended. */
export interface CallEnd {
  ok: boolean;
  /** When the last attempt left, or when the call was refused; ms after the start. */
  leftAt: number;
  /** Ms in queues, at gates and for retry delays. */
  waitedMs: number;
  requests: number;
  throttled: number;
  /** Code of a `HoldlineError`. */
  error: string | undefined;
  /** Whether the call cost no request of its own. */
  isSaved: boolean;
}

/** Sends one call with a priority, and calls back when it has ended. */
export type Send = (call: PlannedCall, priority: PlannedCall['priority'], ended: (end: CallEnd) => void) => void;

interface Joined {
  at: number;
  ended: (end: CallEnd) => void;
}

interface Known {
  /** Calls that wait for the answer of the first; undefined after the answer. */
  joined: Joined[] | undefined;
  /** Until when the answer is used. */
  until: number;
}

interface Batch {
  calls: (Joined & { call: PlannedCall })[];
}

/**
 * Answers calls from a model of a cache, of joined calls and of bulk requests, and sends the others. A cache also joins calls to a request
 * under way. A bulk request has the highest priority among its calls.
 */
export class RequestSaver {
  readonly #known = new Map<string, Known>();
  readonly #batches = new Map<string, Batch>();
  readonly #ttlMs = new Map<string, number>();
  readonly #bulk = new Map<string, { size: number; collectMs: number }>();
  readonly #joinsAll: boolean;

  constructor(
    changes: readonly Change[],
    readonly schedule: Schedule,
    readonly send: Send,
  ) {
    this.#joinsAll = changes.some(({ kind }) => kind === 'coalesce');
    for (const change of changes) {
      if (change.kind === 'cache') this.#ttlMs.set(change.route, change.ttlMs);
      if (change.kind === 'bulk') this.#bulk.set(change.route, change);
    }
  }

  begin(call: PlannedCall, ended: (end: CallEnd) => void): void {
    const isRead = call.method === 'GET' || call.method === 'HEAD';
    const cached = this.#ttlMs.get(call.route) ?? this.#ttlMs.get('*');
    const ttlMs = isRead ? (cached ?? (this.#joinsAll ? 0 : undefined)) : undefined;
    if (ttlMs === undefined) return this.#collect(call, ended);
    const now = this.schedule.now();
    const known = this.#known.get(call.resource);
    if (known?.joined) {
      known.joined.push({ at: now, ended });
      return;
    }
    if (known && now < known.until) return ended(saved(now, 0, true, undefined));
    const entry: Known = { joined: [], until: 0 };
    this.#known.set(call.resource, entry);
    this.#collect(call, (end) => {
      ended(end);
      const { joined = [] } = entry;
      entry.joined = undefined;
      entry.until = this.schedule.now() + ttlMs;
      if (!end.ok || ttlMs === 0) this.#known.delete(call.resource);
      for (const one of joined) one.ended(saved(end.leftAt, end.leftAt - one.at, end.ok, end.error));
    });
  }

  /** Sends the call, alone or with others of its route. */
  #collect(call: PlannedCall, ended: (end: CallEnd) => void): void {
    const bulk = this.#bulk.get(call.route);
    if (!bulk) return this.send(call, call.priority, ended);
    const open = this.#batches.get(call.route);
    const batch: Batch = open ?? { calls: [] };
    batch.calls.push({ call, at: this.schedule.now(), ended });
    if (batch.calls.length >= bulk.size) this.#flush(call.route, batch);
    else if (!open) {
      this.#batches.set(call.route, batch);
      this.schedule.after(bulk.collectMs, () => this.#flush(call.route, batch));
    }
  }

  #flush(route: string, batch: Batch): void {
    if (this.#batches.get(route) === batch) this.#batches.delete(route);
    const { calls } = batch;
    const [first] = calls;
    if (!first) return;
    batch.calls = [];
    const flushedAt = this.schedule.now();
    const priority = highest(calls.map(({ call }) => call.priority));
    this.send(first.call, priority, (end) => {
      for (const [i, one] of calls.entries()) {
        if (i === 0) one.ended({ ...end, waitedMs: end.waitedMs + flushedAt - one.at });
        else one.ended(saved(end.leftAt, end.waitedMs + flushedAt - one.at, end.ok, end.error));
      }
    });
  }
}

const saved = (leftAt: number, waitedMs: number, ok: boolean, error: string | undefined): CallEnd => ({
  ok,
  leftAt,
  waitedMs: Math.max(0, waitedMs),
  requests: 0,
  throttled: 0,
  error,
  isSaved: true,
});

/** A call without a priority has that of its endpoint, which is `normal` as a rule. */
function highest(priorities: PlannedCall['priority'][]): PlannedCall['priority'] {
  const ranks = priorities.map((priority) => PRIORITIES.indexOf(priority ?? 'normal'));
  const best = PRIORITIES[Math.min(...ranks)];
  return priorities.includes(best) ? best : undefined;
}
