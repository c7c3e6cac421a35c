import { counted, duration, percent } from '../../terminal/words.js';
import { type Finding, finding } from '../finding.js';
import { groupBy } from '../group-by.js';
import { largestOf, sum } from './quantile.js';
import { findPolled } from './polling.js';
import type { RecordedCall, RecordedRun } from './recorded-run.js';

/** A call that starts so long after the failure of an equal one is a retry of another layer. */
const RETRY_WITHIN_MS = 30_000;
/** Fewer repetitions are no layer: a user may press a button twice. */
const MIN_REPEATS = 3;
/** Statuses after which a retry layer repeats. After another 4xx, a repetition is a decision of the program. */
const RETRIED_STATUSES = new Set([408, 429, 500, 502, 503, 504]);
/** Errors of the line after which a retry layer repeats. */
const RETRIED_ERRORS = new Set([
  'HOLDLINE_THROTTLED',
  'HOLDLINE_CIRCUIT_OPEN',
  'HOLDLINE_QUEUE_FULL',
  'HOLDLINE_DEADLINE',
  'HOLDLINE_ATTEMPT_TIMEOUT',
  'HOLDLINE_OUTCOME_UNKNOWN',
]);

const requestsOf = (calls: readonly RecordedCall[]): number => sum(calls.map(({ attempts }) => attempts.length));

/** Reads of something that was being read at the same time. */
export function checkIdenticalReads(run: RecordedRun): Finding[] {
  const reads = run.calls.filter(({ method, answeredBy }) => method === 'GET' && answeredBy === undefined);
  const doubled: RecordedCall[] = [];
  for (const calls of groupBy(reads, ({ resource }) => resource).values()) {
    let busyUntil = -Infinity;
    for (const call of calls) {
      if (call.startedAt < busyUntil) doubled.push(call);
      busyUntil = Math.max(busyUntil, call.endedAt);
    }
  }
  return [...groupBy(doubled, ({ route }) => route)].flatMap(([route, calls]): Finding[] => {
    const requests = requestsOf(calls);
    if (requests === 0) return [];
    const share = requests / run.requests;
    return [
      finding({
        severity: share >= 0.1 ? 'warning' : 'info',
        check: 'identical-reads',
        what: `${route} was read ${counted(calls.length, 'time')} while the same thing was already being read.`,
        where: [route],
        why: `The answers are the same; the second read costs ${percent(share)} of all requests.`,
        fix: 'Share the promise of the first read between its callers.',
        saving: { requests, share },
      }),
    ];
  });
}

/** Calls that another retry layer repeats after the line has given up. */
export function checkOuterRetries(run: RecordedRun): Finding[] {
  const polled = findPolled(run);
  const repeats: { call: RecordedCall; afterMs: number }[] = [];
  for (const [resource, calls] of groupBy(run.calls, ({ resource: id }) => id)) {
    if (polled.has(resource)) continue;
    for (const [i, call] of calls.entries()) {
      const before = calls[i - 1];
      if (!before?.failed || !isRetried(before)) continue;
      const afterMs = call.startedAt - before.endedAt;
      if (afterMs >= 0 && afterMs <= RETRY_WITHIN_MS) repeats.push({ call, afterMs });
    }
  }
  return [...groupBy(repeats, ({ call }) => call.route)].flatMap(([route, found]): Finding[] => {
    if (found.length < MIN_REPEATS) return [];
    const requests = requestsOf(found.map(({ call }) => call));
    const share = run.requests === 0 ? 0 : requests / run.requests;
    const longest = largestOf(found.map(({ afterMs }) => afterMs));
    return [
      finding({
        severity: 'warning',
        check: 'outer-retries',
        what: `${route} was called again ${counted(found.length, 'time')} within ${duration(longest)} of its failure.`,
        where: [route],
        why: 'Something above the line repeats calls on which the line has already given up. The layers multiply their requests.',
        fix: 'Let only the line retry: remove the other layer, or raise retry.maxAttempts and the budget of the line.',
        saving: { requests, share },
      }),
    ];
  });
}

function isRetried({ status, error, attempts }: RecordedCall): boolean {
  const last = attempts[attempts.length - 1]?.outcome;
  if (last === 'local' || last === 'cancelled') return false;
  if (error !== undefined) return RETRIED_ERRORS.has(error);
  return status === undefined || RETRIED_STATUSES.has(status);
}
