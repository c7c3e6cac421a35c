import type { HoldlineEvents, Snapshot } from '@holdline/core';
import type { CallTrace } from '../types.js';
import { Rolling, type Sum } from './rolling.js';
import type { AlertCondition, AlertMetric } from './rules.js';

/** The value of a metric by subject. The subject of the whole line is ''. */
export type Values = ReadonlyMap<string, number>;

/** What meters ask the monitor for. */
export interface MeterHost {
  /** Whether a gate is closed, and its time has not passed. */
  isHeld(scope: string, now: number): boolean;
}

/** Measures one metric. */
export interface Meter {
  call?(event: HoldlineEvents['call'], trace: CallTrace, now: number): void;
  attempt?(event: HoldlineEvents['attempt'], now: number): void;
  retry?(event: HoldlineEvents['retry'], now: number): void;
  refused?(event: HoldlineEvents['refused'], now: number): void;
  gateClosed?(event: HoldlineEvents['gateClosed'], now: number): void;
  tokenRefreshed?(event: HoldlineEvents['tokenRefreshed']): void;
  tokenRefreshFailed?(event: HoldlineEvents['tokenRefreshFailed']): void;
  sample?(snapshot: Snapshot, now: number): void;
  values(now: number): Values;
}

/** A condition with its defaults. */
export type Condition = AlertCondition &
  Required<Pick<AlertCondition, 'per' | 'windowMs' | 'baselineMs' | 'minimum' | 'minimumMs'>>;

const SLOTS = 60;
/** Slots of a window with durations, which take 800 bytes each. */
const DURATION_SLOTS = 30;
const BASELINE_SLOTS = 12;
/** Number of subjects that a rule measures. Further subjects are not measured. */
const MAX_SUBJECTS = 1_000;
const MAX_DURATION_SUBJECTS = 200;

/** Name of a credential in the events of tokens. The credential of a line without a pool has no name. */
export const credentialScope = (credential: string | undefined): string =>
  credential === undefined ? 'credential' : `credential/${credential}`;

interface Series {
  window: Rolling;
  baseline: Rolling | undefined;
}

/** Sums of the last time, by subject. */
class Windows {
  readonly #bySubject = new Map<string, Series>();

  constructor(
    private readonly condition: Condition,
    private readonly hasDurations = false,
    private readonly hasBaseline = false,
  ) {}

  add(route: string, now: number, isBad = false, durationMs?: number): void {
    const subject = this.condition.per === 'line' ? '' : route;
    let series = this.#bySubject.get(subject);
    if (!series) {
      const max = this.hasDurations ? MAX_DURATION_SUBJECTS : MAX_SUBJECTS;
      if (this.#bySubject.size >= max) return;
      this.#bySubject.set(subject, (series = this.#createSeries()));
    }
    series.window.add(now, isBad, durationMs);
    series.baseline?.add(now, isBad, durationMs);
  }

  /** Values of all subjects. Subjects of which nothing is left are forgotten. */
  values(now: number, read: (window: Sum, subject: string) => number | undefined, rise?: Rise): Values {
    const { windowMs, baselineMs, minimum } = this.condition;
    const values = new Map<string, number>();
    for (const [subject, { window, baseline }] of this.#bySubject) {
      const from = now - windowMs;
      const isIdle = window.dropBefore(from);
      const isPast = baseline?.dropBefore(from - baselineMs) ?? true;
      let value = read(window.sum(from), subject);
      if (rise && value !== undefined) {
        let count = 0;
        const before = baseline?.each(from - baselineMs, from, (sum) => {
          count += sum.count;
          return rise.measure(sum);
        });
        value = before && count >= minimum ? rise.compare(value, median(before)) : undefined;
      }
      if (value !== undefined) values.set(subject, value);
      if (isIdle && isPast && !value) this.#bySubject.delete(subject);
    }
    return values;
  }

  #createSeries(): Series {
    const { windowMs, baselineMs } = this.condition;
    const slotMs = Math.max(1_000, windowMs / (this.hasDurations ? DURATION_SLOTS : SLOTS));
    const baselineSlotMs = baselineMs / BASELINE_SLOTS;
    const extra = Math.ceil(windowMs / baselineSlotMs) + 2;
    return {
      window: new Rolling(slotMs, Math.ceil(windowMs / slotMs) + 1, this.hasDurations),
      baseline: this.hasBaseline ? new Rolling(baselineSlotMs, BASELINE_SLOTS + extra, this.hasDurations) : undefined,
    };
  }
}

/** Compares a value with the time before. */
interface Rise {
  /** The value of one part of the time before. */
  measure(sum: Sum): number | undefined;
  compare(value: number, before: number): number;
}

/** A part of the time before that was disturbed changes the median little. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** Whether a call ended with a fault of the platform or of the line. */
function isError({ outcome, status, error }: HoldlineEvents['call'], { steps }: CallTrace): boolean {
  if (error !== undefined) return true;
  if (status !== undefined) return status >= 500 || status === 401 || status === 408 || status === 429;
  if (outcome === 'ok') return false;
  // A call without an answer: lost, or cancelled by the caller.
  const last = steps.findLast((step) => step.kind === 'attempt');
  return last?.outcome === 'unknown' || last?.outcome === 'not-sent';
}

function meterCounts(condition: Condition, host: MeterHost): Meter {
  const windows = new Windows(condition);
  const count = ({ count }: Sum): number => count;
  const values = (now: number): Values => windows.values(now, count);
  const { metric, status: wanted, per } = condition;
  switch (metric) {
    case 'calls':
      return { values, call: ({ route }, _trace, now) => windows.add(route, now) };
    case 'retries':
      return { values, retry: ({ route }, now) => windows.add(route, now) };
    case 'rejected':
      return { values, refused: ({ route }, now) => windows.add(route, now) };
    case 'refusals':
      if (per === 'scope')
        return {
          gateClosed: ({ scope }, now) => windows.add(scope, now),
          values: (now) => windows.values(now, (sum, scope) => sum.count + (host.isHeld(scope, now) ? 1 : 0)),
        };
      return { values, attempt: ({ route, outcome }, now) => outcome === 'refused' && windows.add(route, now) };
    default:
      return {
        values,
        attempt: ({ route, status }, now) => (wanted === undefined || status === wanted) && windows.add(route, now),
      };
  }
}

function meterErrors(condition: Condition, isRise: boolean): Meter {
  const windows = new Windows(condition, false, isRise);
  const rateOf = ({ count, bad }: Sum): number => bad / count;
  const rise = isRise ? { measure: rateOf, compare: (value: number, before: number) => value - before } : undefined;
  const { minimum } = condition;
  return {
    call: (event, trace, now) => windows.add(event.route, now, isError(event, trace)),
    values: (now) => windows.values(now, (sum) => (sum.count < minimum ? undefined : rateOf(sum)), rise),
  };
}

function meterDurations(condition: Condition, quantile: number, isRise: boolean): Meter {
  const windows = new Windows(condition, true, isRise);
  const { minimum, minimumMs } = condition;
  const quantileOf = ({ durations }: Sum): number | undefined => durations?.quantile(quantile);
  // Calls below 0.1 ms have a quantile of 0.
  const compare = (value: number, before: number): number => (value < minimumMs ? 0 : value / Math.max(0.1, before));
  const rise = isRise ? { measure: quantileOf, compare } : undefined;
  return {
    call: ({ route, durationMs }, _trace, now) => windows.add(route, now, false, durationMs),
    values: (now) => windows.values(now, (sum) => (sum.count < minimum ? undefined : quantileOf(sum)), rise),
  };
}

function meterScopes({ metric, per, minimum }: Condition): Meter {
  let last: Values = new Map();
  const scarcer = metric === 'quotaRemaining' ? Math.min : Math.max;
  const sample = ({ scopes, queued }: Snapshot): void => {
    const values = new Map<string, number>();
    const note = (scope: string, value: number): void => {
      const subject = per === 'line' ? '' : scope;
      values.set(subject, scarcer(values.get(subject) ?? value, value));
    };
    if (metric === 'queued' && per === 'line') values.set('', queued);
    else
      for (const { scope, waiting, quotas, learned } of scopes) {
        if (metric === 'queued') note(scope, waiting);
        else
          for (const { limit, used } of learned ? [...quotas, learned] : quotas) {
            if (limit === undefined || limit < Math.max(1, minimum)) continue;
            note(scope, metric === 'quotaUse' ? Math.min(1, used / limit) : Math.max(0, limit - used));
          }
      }
    last = values;
  };
  return { sample, values: () => last };
}

function meterRefreshes(): Meter {
  const failures = new Map<string, number>();
  return {
    tokenRefreshed: ({ credential }) => void failures.delete(credentialScope(credential)),
    tokenRefreshFailed: ({ credential }) => {
      const scope = credentialScope(credential);
      if (failures.has(scope) || failures.size < MAX_SUBJECTS) failures.set(scope, (failures.get(scope) ?? 0) + 1);
    },
    values: () => failures,
  };
}

function meterExpiry({ windowMs }: Condition): Meter {
  let last: Values = new Map();
  let lastAttemptAt = -Infinity;
  return {
    attempt: (_event, now) => void (lastAttemptAt = now),
    sample: ({ token, credentials }) => {
      const values = new Map<string, number>();
      const note = (scope: string, one: NonNullable<Snapshot['token']>): void => {
        const { expiresInMs, renewsInMs, refreshing } = one;
        // A line renews its token when a call needs it.
        if (expiresInMs !== undefined && !renewsInMs && !refreshing) values.set(scope, expiresInMs);
      };
      if (token) note(credentialScope(undefined), token);
      for (const one of credentials) note(credentialScope(one.credential), one);
      last = values;
    },
    values: (now) => (now - lastAttemptAt <= windowMs ? last : NO_VALUES),
  };
}

const NO_VALUES: Values = new Map();

const QUANTILES: Partial<Record<AlertMetric, number>> = {
  p50: 0.5,
  p95: 0.95,
  p99: 0.99,
  p95Rise: 0.95,
  p99Rise: 0.99,
};

/** Makes the meter of a condition. */
export function createMeter(condition: Condition, host: MeterHost): Meter {
  const { metric } = condition;
  switch (metric) {
    case 'errorRate':
    case 'errorRateRise':
      return meterErrors(condition, metric === 'errorRateRise');
    case 'p50':
    case 'p95':
    case 'p99':
    case 'p95Rise':
    case 'p99Rise':
      return meterDurations(condition, QUANTILES[metric] as number, metric.endsWith('Rise'));
    case 'quotaUse':
    case 'quotaRemaining':
    case 'queued':
      return meterScopes(condition);
    case 'tokenRefreshFailures':
      return meterRefreshes();
    case 'tokenExpiresInMs':
      return meterExpiry(condition);
    default:
      return meterCounts(condition, host);
  }
}
