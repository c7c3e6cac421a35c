import type { WireEntry } from '@holdline/simulator';
import type { Finding } from '../../doctor/finding.js';
import { checkPolling } from '../../doctor/recording/polling.js';
import type { RecordedRun } from '../../doctor/recording/recorded-run.js';
import { checkIdenticalReads } from '../../doctor/recording/repeats.js';
import { checkSingleReads } from '../../doctor/recording/single-reads.js';
import type { PlannedCall } from '../../simulate/load.js';
import { type CallEnd, RequestSaver } from '../../simulate/request-saver.js';
import { runOfWire } from './wire-run.js';

/** Age up to which a cached answer is used in the estimate, ms. */
export const CACHE_TTL_MS = 60_000;
/** Routes that are listed. */
const MAX_ROUTES = 10;

/** Reads of one route that a cache would have answered. */
export interface CacheSaving {
  readonly route: string;
  readonly requests: number;
  /** Part of all requests that were looked at, 0 to 1. */
  readonly share: number;
}

/** Requests that the clients could have saved, by what is in the wire log. */
export interface Savings {
  /** Requests that were looked at: the wire log keeps the last ones of a long run. */
  readonly lookedAt: number;
  /** Identical reads of one token, answered from a cache of {@link CACHE_TTL_MS}; the largest first. */
  readonly cache: readonly CacheSaving[];
  readonly cacheTtlMs: number;
  /** What the checks of `holdline doctor --recording` find: identical reads at the same time, single reads, polling. */
  readonly findings: readonly Finding[];
}

/** Finds requests that the clients could have saved. */
export function findSavings(entries: readonly WireEntry[], startedAt: number): Savings {
  const run = runOfWire(entries, startedAt);
  return {
    lookedAt: run.requests,
    cache: estimateCache(run),
    cacheTtlMs: CACHE_TTL_MS,
    findings: [...checkIdenticalReads(run), ...checkSingleReads(run), ...checkPolling(run)],
  };
}

/** Plays the run through the cache that `holdline simulate` models, with the durations of the run. */
function estimateCache(run: RecordedRun): CacheSaving[] {
  let now = 0;
  const ends = new Map<PlannedCall, (end: CallEnd) => void>();
  const saved = new Map<string, number>();
  const unused = (): never => {
    throw new Error('a cache needs no timer');
  };
  const saver = new RequestSaver(
    [{ kind: 'cache', route: '*', ttlMs: CACHE_TTL_MS }],
    { now: () => now, at: unused, after: unused },
    (call, _priority, ended) => void ends.set(call, ended),
  );
  const events = run.calls.flatMap(({ route, method, resource, startedAt, endedAt, failed }) => {
    const call: PlannedCall = {
      group: 0,
      method,
      path: '',
      route,
      resource,
      priority: undefined,
      tenant: undefined,
      isWaiting: false,
      onEnd: undefined,
    };
    const count = ({ isSaved }: CallEnd): void => {
      if (isSaved) saved.set(route, (saved.get(route) ?? 0) + 1);
    };
    const begin = (): void => saver.begin(call, count);
    const end = (): void => {
      const ended = ends.get(call);
      ends.delete(call);
      ended?.({ ok: !failed, leftAt: now, waitedMs: 0, requests: 1, throttled: 0, error: undefined, isSaved: false });
    };
    return [
      { at: startedAt, run: begin },
      { at: endedAt, run: end },
    ];
  });
  for (const event of events.sort((a, b) => a.at - b.at)) {
    now = event.at;
    event.run();
  }
  return [...saved]
    .map(([route, requests]) => ({ route, requests, share: requests / run.requests }))
    .sort((a, b) => b.requests - a.requests)
    .slice(0, MAX_ROUTES);
}

/** Requests of all routes that a cache would have answered. */
export const savedByCache = ({ cache }: Savings): number => cache.reduce((total, { requests }) => total + requests, 0);
