import { ConfigError, type HoldlineEvents, type Priority } from '@holdline/core';
import type { Change } from './change.js';
import { formatTime } from './duration.js';
import type { Load, LoadSource } from './load.js';
import { MAX_CALLS, MAX_GROUPS, type ServiceTime } from './scenario.js';
import { Numbers } from './statistics.js';
import type { RecordedLoad } from './types.js';

/** The parts of an entry of a recording that a load needs. */
export interface RecordingEntry {
  /** Wall ms. */
  at: number;
  line: number;
  name: string;
  payload: unknown;
}

interface RecordedCall {
  /** Ms after the first call. */
  at: number;
  group: number;
  method: string;
  path: string;
  route: string;
  resource: string;
  priority: Priority;
  tenant: string | undefined;
  /** Whether the line answered the call itself, for example from the journal. */
  isAnsweredByLine: boolean;
}

/** The load of a recording in a file. */
export async function recordedLoad({ recording, groupBy }: Required<RecordedLoad>): Promise<LoadSource> {
  const { readRecording } = await import('@holdline/monitor/node');
  try {
    const { entries } = await readRecording(recording);
    return await readCalls(entries(), groupBy);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`the recording ${recording} cannot be read: ${reason}`);
  }
}

/**
 * Makes a load of the calls in a recording. Calls that the line answered itself are left out.
 *
 * @throws ConfigError for a recording with more than 1,000,000 calls or 200 groups.
 */
export async function readCalls(
  entries: AsyncIterable<RecordingEntry>,
  groupBy: Required<RecordedLoad>['groupBy'],
): Promise<LoadSource> {
  const calls: RecordedCall[] = [];
  const active = new Map<string, RecordedCall>();
  const groups = new Map<string, number>();
  const service = new Numbers();
  let startedAt: number | undefined;
  for await (const { at, line, name, payload } of entries) {
    if (name === 'callStarted') {
      const started = payload as HoldlineEvents['callStarted'];
      startedAt ??= at;
      const key = started[groupBy] ?? 'no tenant';
      if (!groups.has(key)) groups.set(key, groups.size);
      const { method, route, resource, priority, tenant, callId } = started;
      const path = route.slice(route.indexOf(' ') + 1);
      const group = groups.get(key) ?? 0;
      // The wall clock may have jumped back while the recording was made.
      const ms = Math.max(0, at - startedAt);
      const call = { at: ms, group, method, path, route, resource, priority, tenant, isAnsweredByLine: false };
      calls.push(call);
      active.set(`${line}/${callId}`, call);
      if (calls.length > MAX_CALLS) throw new ConfigError(`a recording must have at most ${MAX_CALLS} calls`);
      if (groups.size > MAX_GROUPS)
        throw new ConfigError(`a recording must have at most ${MAX_GROUPS} groups; group it by priority`);
    } else if (name === 'call') {
      const { callId, answeredBy } = payload as HoldlineEvents['call'];
      const call = active.get(`${line}/${callId}`);
      if (call && answeredBy !== undefined) call.isAnsweredByLine = true;
      active.delete(`${line}/${callId}`);
    } else if (name === 'attempt') {
      const { outcome, durationMs } = payload as HoldlineEvents['attempt'];
      if (outcome === 'ok') service.add(durationMs);
    }
  }
  return recordedSource(
    calls.filter((call) => !call.isAnsweredByLine),
    [...groups.keys()],
    serviceOf(service),
  );
}

function recordedSource(
  calls: readonly RecordedCall[],
  groups: readonly string[],
  service: ServiceTime | undefined,
): LoadSource {
  const lastAt = calls.at(-1)?.at ?? 0;
  return {
    load: planCalls(calls, groups, []),
    description: `recorded within ${formatTime(lastAt)}`,
    change: (changes) => planCalls(calls, groups, changes),
    service,
    repeats: repeatsOf(calls),
  };
}

function planCalls(all: readonly RecordedCall[], groups: readonly string[], changes: readonly Change[]): Load {
  const dropped = new Set<number>();
  const priorities = new Map<number, Priority>();
  for (const change of changes) {
    if (change.kind === 'drop') dropped.add(groups.indexOf(change.group));
    if (change.kind === 'priority') priorities.set(groups.indexOf(change.group), change.priority);
  }
  const calls = all.filter(({ group }) => !dropped.has(group));
  const counts = groups.map(() => 0);
  const firsts: (Priority | undefined)[] = groups.map(() => undefined);
  for (const { group, priority } of calls) {
    counts[group] = (counts[group] ?? 0) + 1;
    firsts[group] ??= priority;
  }
  return {
    groups: groups.map((name, i) => ({ name, calls: counts[i] ?? 0, priority: firsts[i] })),
    calls: calls.length,
    plan(schedule, target) {
      let next = 0;
      // Only the next call is in the agenda, so that the agenda of a long recording stays small.
      const beginNext = (): void => {
        const call = calls[next++];
        if (!call) return;
        const following = calls[next];
        if (following) schedule.at(following.at, beginNext);
        const { group, method, path, route, resource, tenant } = call;
        const priority = priorities.get(group) ?? call.priority;
        target.begin({ group, method, path, route, resource, priority, tenant, isWaiting: true, onEnd: undefined });
      };
      if (calls[0]) schedule.at(calls[0].at, beginNext);
    },
  };
}

/** Median and 95th percentile of successful attempts; undefined without one. */
function serviceOf(times: Numbers): ServiceTime | undefined {
  const { p50, p95 } = times.waits();
  // The distribution has no median of 0.
  return p95 === 0 ? undefined : { p50Ms: Math.max(0.1, p50), p95Ms: Math.max(0.1, p95) };
}

/** Counts the reads of something that was read before, by route. */
function repeatsOf(calls: readonly RecordedCall[]): LoadSource['repeats'] {
  const seen = new Set<string>();
  const repeats = new Map<string, number>();
  for (const { method, route, resource } of calls) {
    if (method !== 'GET' && method !== 'HEAD') continue;
    if (seen.has(resource)) repeats.set(route, (repeats.get(route) ?? 0) + 1);
    seen.add(resource);
  }
  return [...repeats].map(([route, calls]) => ({ route, calls })).sort((a, b) => b.calls - a.calls);
}
