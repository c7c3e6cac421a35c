import { duration, counted, percent } from '../../terminal/words.js';
import { type Finding, finding } from '../finding.js';
import { bulkReadOf, isGenesys, topicOf } from './alternatives.js';
import { groupBy } from '../group-by.js';
import { quantile, sum } from './quantile.js';
import type { RecordedCall, RecordedRun } from './recorded-run.js';

/** Reads of one resource that count as polling. */
const MIN_READS = 5;
/** Shortest and longest interval. Below it, reads are a burst; above it, polling costs next to nothing. */
const MIN_INTERVAL_MS = 500;
const MAX_INTERVAL_MS = 15 * 60_000;
/** How far a gap may be from the median, and how many gaps must be that close. */
const TOLERANCE = 0.25;
const REGULAR_SHARE = 0.7;

/** Polling of one resource. */
interface PolledResource {
  readonly calls: readonly RecordedCall[];
  readonly intervalMs: number;
}

/** Interval of reads at regular times; undefined if the times are not regular. */
export function regularInterval(times: readonly number[]): number | undefined {
  if (times.length < MIN_READS) return undefined;
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
  const median = quantile(gaps, 0.5) ?? 0;
  if (median < MIN_INTERVAL_MS || median > MAX_INTERVAL_MS) return undefined;
  const regular = gaps.filter((gap) => Math.abs(gap - median) <= TOLERANCE * median).length;
  return regular / gaps.length >= REGULAR_SHARE ? median : undefined;
}

/** The polled resources of a run, by resource. */
export function findPolled(run: RecordedRun): Map<string, PolledResource> {
  const reads = run.calls.filter(({ method }) => method === 'GET');
  const polled = new Map<string, PolledResource>();
  for (const [resource, calls] of groupBy(reads, (call) => call.resource)) {
    const intervalMs = regularInterval(calls.map(({ startedAt }) => startedAt));
    if (intervalMs !== undefined) polled.set(resource, { calls, intervalMs });
  }
  return polled;
}

/** Routes that are polled: their interval, their share of the requests, and what replaces them. */
export function checkPolling(run: RecordedRun): Finding[] {
  const byRoute = groupBy(findPolled(run).values(), ({ calls }) => calls[0]?.route ?? '');
  return [...byRoute].map(([route, resources]) => {
    const requests = sum(resources.map(({ calls }) => sum(calls.map(({ attempts }) => attempts.length))));
    // With push, each resource is read once at the start.
    const saved = Math.max(0, requests - resources.length);
    const intervals = resources.map(({ intervalMs }) => intervalMs);
    const share = run.requests === 0 ? 0 : requests / run.requests;
    const every = duration(quantile(intervals, 0.5) ?? 0);
    return finding({
      severity: share >= 0.1 ? 'warning' : 'info',
      check: 'polling',
      what: `${route} is polled: ${counted(resources.length, 'resource')}, about every ${every}.`,
      where: [route],
      why: `Polling takes ${counted(requests, 'request')}, ${percent(share)} of all${quotaShare(intervals, run)}, and learns of a change up to ${every} late.`,
      fix: pollingFix(route, resources.length),
      source:
        topicOf(route) === undefined
          ? undefined
          : 'topics that the streaming client of the vendor subscribes to, 19.4.1',
      saving: { requests: saved, share: run.requests === 0 ? 0 : saved / run.requests },
    });
  });
}

/** The part of the quota that polling takes for good. */
function quotaShare(intervals: readonly number[], { quotaPerMinute }: RecordedRun): string {
  if (quotaPerMinute === undefined) return '';
  const perMinute = sum(intervals.map((intervalMs) => 60_000 / intervalMs));
  return ` and ${percent(perMinute / quotaPerMinute)} of the quota`;
}

function pollingFix(route: string, resources: number): string {
  const topic = topicOf(route);
  const bulk = bulkReadOf(route);
  const parts: string[] = [];
  if (topic !== undefined) parts.push(`Subscribe to the topic ${topic}: notifications() of @holdline/genesys.`);
  else if (isGenesys(route))
    parts.push(
      'Look for a notification topic: GET /api/v2/notifications/availabletopics?expand=publicApiTemplateUriPaths names the routes of each topic.',
    );
  else parts.push('Use events of the platform if it has some, or a longer interval.');
  if (bulk && resources > 1)
    parts.push(
      `After each connection, read all at once: ${bulk.route}?${bulk.parameter}=a,b${bulk.max === undefined ? '' : `, at most ${bulk.max} ids`}.`,
    );
  return parts.join(' ');
}
