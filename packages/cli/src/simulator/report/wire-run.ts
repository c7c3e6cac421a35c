import type { WireEntry } from '@holdline/simulator';
import { MAX_CALLS, type RecordedCall, type RecordedRun } from '../../doctor/recording/recorded-run.js';

/** Outcomes of entries that are no requests to the API. */
const OTHER_OUTCOMES: ReadonlySet<WireEntry['outcome']> = new Set(['token', 'preflight', 'open']);

/**
 * The wire log of a simulator as a recorded run, so that the checks of `doctor` read both. Each request is a call with one attempt.
 *
 * @param startedAt - Wall ms at which `at` of the entries was 0.
 */
export function runOfWire(entries: readonly WireEntry[], startedAt: number): RecordedRun {
  const calls: RecordedCall[] = [];
  let requests = 0;
  for (const entry of entries) {
    const { at, finishedAt, method, path, route, token = '', status, outcome } = entry;
    if (finishedAt === undefined || OTHER_OUTCOMES.has(outcome)) continue;
    requests++;
    if (calls.length >= MAX_CALLS) continue;
    const endedAt = startedAt + finishedAt;
    calls.push({
      route,
      method,
      // Callers may see different answers, so only reads of one token are the same read.
      resource: `${token} ${method} ${path}`,
      tenant: undefined,
      startedAt: startedAt + at,
      endedAt,
      failed: status === 0 || status >= 400,
      status,
      error: undefined,
      answeredBy: undefined,
      waitedMs: 0,
      attempts: [{ endedAt, outcome: outcomeOf(status), status, durationMs: finishedAt - at }],
      waits: [],
      retries: 0,
    });
  }
  return {
    calls,
    requests,
    from: calls[0]?.startedAt ?? 0,
    until: calls[calls.length - 1]?.endedAt ?? 0,
    quotaPerMinute: undefined,
    skipped: requests - calls.length,
  };
}

function outcomeOf(status: number): RecordedCall['attempts'][number]['outcome'] {
  if (status === 429) return 'refused';
  if (status === 0 || status >= 500) return 'unknown';
  return status >= 400 ? 'rejected' : 'ok';
}
