import type { Clock } from '@holdline/core';
import type { Alert, Bucket, RouteTotals, Totals } from '../types.js';
import type { ReportRule } from './rules.js';
import { percent, printPeriod } from './text.js';
import { describeDuration } from '../describe.js';

/** What a report reads. */
export interface ReportSource {
  totals(): Totals;
  routes(): RouteTotals[];
  history(range: 'week'): Bucket[];
}

interface Usage {
  calls: number;
  failed: number;
  attempts: number;
  refusals: number;
  retries: number;
  tokenRefreshes: number;
}

const DEFAULT_ROUTES = 5;

/** Makes the reports of one rule: usage, refreshes, the most used routes, and the trend against the time before. */
export class Reporter {
  #dueAt: number;
  #since: number;
  #last: Usage;
  #lastRoutes: Map<string, number>;
  /** The usage of the time before the last report; undefined before the first report. */
  #before: Usage | undefined;

  constructor(
    private readonly rule: ReportRule,
    private readonly source: ReportSource,
    private readonly clock: Clock,
  ) {
    this.#since = clock.now();
    this.#dueAt = this.#nextDue();
    this.#last = usageOf(source.totals());
    this.#lastRoutes = callsOf(source.routes());
  }

  /** Returns the report if it is due. */
  tick(): Alert | undefined {
    const now = this.clock.now();
    if (now < this.#dueAt) return undefined;
    const report = this.#create(now);
    this.#since = now;
    this.#dueAt = this.#nextDue();
    return report;
  }

  /** The next round time in UTC, by the monotonic clock. A jump of the wall clock neither skips nor repeats a report. */
  #nextDue(): number {
    const { everyMs } = this.rule.report;
    const wall = this.clock.wall();
    const left = (Math.floor(wall / everyMs) + 1) * everyMs - wall;
    // A report just before the round time would be followed by another one at once.
    return this.clock.now() + (this.#dueAt !== undefined && left < everyMs / 2 ? left + everyMs : left);
  }

  #create(now: number): Alert {
    const { name, severity, report } = this.rule;
    const totals = usageOf(this.source.totals());
    const usage = difference(totals, this.#last);
    const all = this.source.routes();
    const routes = all
      .map(({ route, calls }) => ({ route, calls: calls - (this.#lastRoutes.get(route) ?? 0) }))
      .filter(({ calls }) => calls > 0)
      .sort((a, b) => b.calls - a.calls)
      .slice(0, report.routes ?? DEFAULT_ROUTES);
    const before = this.#before ?? this.#beforeStart();
    const raisedAt = this.clock.wall();
    const periodMs = now - this.#since;
    this.#last = totals;
    this.#lastRoutes = callsOf(all);
    this.#before = usage;
    return {
      id: `${name}: ${new Date(raisedAt).toISOString()}`,
      rule: name,
      severity,
      subject: undefined,
      text: printReport(usage, before, routes, periodMs),
      raisedAt,
      resolvedAt: raisedAt,
      calls: { since: raisedAt - periodMs },
    };
  }

  /** The usage of an equally long time before this report, from the history of an earlier process. */
  #beforeStart(): Usage | undefined {
    const { everyMs } = this.rule.report;
    const until = this.clock.wall() - everyMs;
    const buckets = this.source.history('week').filter(({ at }) => at >= until - everyMs && at < until);
    if (buckets.length === 0) return undefined;
    const sum = (field: 'ok' | 'failed' | 'attempts' | 'refusals' | 'retries' | 'tokenRefreshes'): number =>
      buckets.reduce((total, bucket) => total + bucket[field], 0);
    return {
      calls: sum('ok') + sum('failed'),
      failed: sum('failed'),
      attempts: sum('attempts'),
      refusals: sum('refusals'),
      retries: sum('retries'),
      tokenRefreshes: sum('tokenRefreshes'),
    };
  }
}

function usageOf({ calls, failed, attempts, refusals, retries, tokenRefreshes }: Totals): Usage {
  return { calls, failed, attempts, refusals, retries, tokenRefreshes };
}

const callsOf = (routes: readonly RouteTotals[]): Map<string, number> =>
  new Map(routes.map(({ route, calls }) => [route, calls]));

function difference(now: Usage, before: Usage): Usage {
  return Object.fromEntries(
    (Object.keys(now) as (keyof Usage)[]).map((key) => [key, now[key] - before[key]]),
  ) as unknown as Usage;
}

const count = (n: number, noun: string): string => `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;

function printReport(
  usage: Usage,
  before: Usage | undefined,
  routes: readonly { route: string; calls: number }[],
  periodMs: number,
): string {
  const { calls, failed, attempts, refusals, retries, tokenRefreshes } = usage;
  const hours = Math.round(periodMs / 60_000) * 60_000;
  const period = hours % 3_600_000 === 0 && hours > 0 ? printPeriod(hours) : describeDuration(periodMs);
  const parts = [
    `${count(calls, 'call')} in ${period}${printTrend(calls, before?.calls)}`,
    calls > 0 ? `${percent(failed / calls)} failed${printRateBefore(before)}` : undefined,
    count(attempts, 'attempt'),
    `${count(retries, 'retry').replace('retrys', 'retries')}`,
    count(refusals, 'refusal'),
    count(tokenRefreshes, 'token refresh').replace('refreshs', 'refreshes'),
  ];
  const list = routes.map(({ route, calls: of }) => `${route} ${of.toLocaleString('en')}`).join(', ');
  return `${parts.filter((part) => part !== undefined).join(', ')}${list === '' ? '' : `; most used: ${list}`}.`;
}

function printTrend(calls: number, before: number | undefined): string {
  if (before === undefined) return '';
  if (before === 0) return calls === 0 ? ' (none before either)' : ' (none before)';
  const change = calls / before - 1;
  if (Math.abs(change) < 0.005) return ' (as many as before)';
  return ` (${percent(Math.abs(change))} ${change > 0 ? 'more' : 'fewer'} than before)`;
}

const printRateBefore = (before: Usage | undefined): string =>
  before && before.calls > 0 ? ` (${percent(before.failed / before.calls)} before)` : '';
