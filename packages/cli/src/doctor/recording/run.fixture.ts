import type { HoldlineEvents } from '@holdline/core';
import { type RecordedRun, RunReader } from './recorded-run.js';

/** One call for a test. Times in ms from the start of the run. */
export interface TestCall {
  at: number;
  route?: string;
  resource?: string;
  /** Duration of the call. */
  ms?: number;
  status?: number;
  error?: HoldlineEvents['call']['error'];
  attempts?: number;
  outcome?: HoldlineEvents['attempt']['outcome'];
  /** A wait for this scope before the attempt. */
  waits?: [scope: string, ms: number];
}

/** Builds a recorded run through the events that a line emits. */
export function runOf(calls: readonly TestCall[]): RecordedRun {
  const reader = new RunReader();
  const events: { at: number; play: () => void }[] = [];
  calls.forEach((call, callId) => {
    const {
      at,
      route = 'GET /a/:id',
      resource = 'r',
      ms = 20,
      status = 200,
      error,
      attempts = 1,
      outcome,
      waits,
    } = call;
    const method = route.split(' ')[0] ?? 'GET';
    const common = {
      callId,
      route,
      method,
      origin: 'https://api.test',
      priority: 'normal',
      tenant: undefined,
    } as const;
    const failed = error !== undefined || status >= 400;
    events.push({ at, play: () => reader.read('1', 'callStarted', { ...common, resource }, at) });
    if (waits) {
      const queued = { ...common, queued: 1, estimatedMs: waits[1], waitsFor: waits[0], scopes: [waits[0]] };
      events.push({ at, play: () => reader.read('1', 'queued', queued, at) });
      const until = at + waits[1];
      events.push({ at: until, play: () => reader.read('1', 'permitted', { ...common, waitedMs: waits[1] }, until) });
    }
    const end = at + (waits?.[1] ?? 0) + ms;
    const kind = outcome ?? (status === 429 ? 'refused' : failed ? 'unknown' : 'ok');
    for (let attempt = 1; attempt <= attempts; attempt++)
      events.push({
        at: end,
        play: () => reader.read('1', 'attempt', { ...common, attempt, outcome: kind, status, durationMs: ms }, end),
      });
    const ended = {
      ...common,
      outcome: failed ? ('failed' as const) : ('ok' as const),
      status,
      error,
      attempts,
      waitedMs: waits?.[1] ?? 0,
      queuedMs: 0,
      durationMs: ms,
      answeredBy: undefined,
    };
    events.push({ at: end, play: () => reader.read('1', 'call', ended, end) });
  });
  // Events of one moment keep their order.
  for (const { play } of events.map((event, i) => ({ ...event, i })).sort((a, b) => a.at - b.at || a.i - b.i)) play();
  return reader.finish();
}
