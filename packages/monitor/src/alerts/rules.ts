import type { AlertSeverity } from '../types.js';

/**
 * What a rule measures. Counts, rates and quantiles are those of the last `windowMs`.
 *
 * - `calls`, `attempts`, `retries`: how many. `rejected`: calls that the line refused itself.
 * - `answers`: attempts that were answered with `status`.
 * - `refusals`: attempts answered 429, or 503 with a requested wait. By scope: closings of its gate; a gate that is still closed counts
 *   as one more.
 * - `errorRate`: part of the calls that ended with a fault of the platform or of the line, 0 to 1: a `HoldlineError`, no answer, or a
 *   status of 401, 408, 429 or 5xx. Other statuses answer the question of the caller, and a cancelled call is no error.
 * - `errorRateRise`: `errorRate` minus that of the `baselineMs` before the window. The time before is measured in twelve parts, of which
 *   the median counts.
 * - `p50`, `p95`, `p99`: duration of calls in ms. `p95Rise`, `p99Rise`: that duration, divided by the median of
 *   the twelve parts of the `baselineMs` before.
 * - `quotaUse`: the used part of a quota, 0 to 1. `quotaRemaining`: permits that are left. Of several quotas, the scarcest counts.
 * - `queued`: waiting calls.
 * - `tokenRefreshFailures`: failed refreshes since the last successful one.
 * - `tokenExpiresInMs`: ms until a token expires that the line should have renewed, or does not renew. Only while the line makes calls.
 * @public
 */
export type AlertMetric =
  | 'calls'
  | 'attempts'
  | 'retries'
  | 'rejected'
  | 'answers'
  | 'refusals'
  | 'errorRate'
  | 'errorRateRise'
  | 'p50'
  | 'p95'
  | 'p99'
  | 'p95Rise'
  | 'p99Rise'
  | 'quotaUse'
  | 'quotaRemaining'
  | 'queued'
  | 'tokenRefreshFailures'
  | 'tokenExpiresInMs';

/**
 * The condition of a rule. It has `above` or `below`.
 * @public
 */
export interface AlertCondition {
  metric: AlertMetric;
  /**
   * What the metric is measured for; each subject raises its own alert. `quotaUse`, `quotaRemaining` and `queued` are measured by scope or
   * for the line, the metrics of tokens by credential, and all others by route or for the line; `refusals` also by scope.
   * @defaultValue 'line', for metrics of tokens 'credential'
   */
  per?: 'line' | 'scope' | 'route' | 'credential';
  /** Status of the metric `answers`. */
  status?: number;
  /**
   * Length of the window in ms, at most an hour. A window is counted in 60 slots of at least a second, so it may be a sixtieth shorter.
   * @defaultValue 60,000 (ours)
   */
  windowMs?: number;
  /**
   * Length of the time before the window that a rise is compared with, in ms, at most a day.
   * @defaultValue 3,600,000 (ours)
   */
  baselineMs?: number;
  /** The alert is raised while the metric is above this. */
  above?: number;
  /** The alert is raised while the metric is below this. */
  below?: number;
  /**
   * Smallest number of calls in the window, and in the baseline, for rates, rises and quantiles. For `quotaRemaining` and `quotaUse`: the
   * smallest limit of a quota.
   * @defaultValue 1
   */
  minimum?: number;
  /**
   * Shortest duration in ms for `p95Rise` and `p99Rise`. A rise to less than this does not count.
   * @defaultValue 0
   */
  minimumMs?: number;
}

/**
 * A rule that raises an alert while a condition holds. Plain data: spread a default rule to change it.
 * @public
 */
export interface AlertRule {
  /** Unique among the rules. */
  name: string;
  severity: AlertSeverity;
  when: AlertCondition;
  /**
   * Time in ms that the condition holds without a break before the alert is raised. The time for which the process did not run does not
   * count.
   * @defaultValue 0: at the first check, which is within a second
   */
  forMs?: number;
  /**
   * When a raised alert is resolved: the metric is not beyond `threshold` for `forMs` without a break. A threshold on the quiet side of
   * `above` or `below` keeps an alert from being raised again and again.
   * @defaultValue threshold: `above` or `below`; forMs: 60,000 (ours)
   */
  resolve?: { threshold?: number; forMs?: number };
  /**
   * The sentence of the alert. `{subject}`, `{value}`, `{threshold}`, `{window}`, `{for}`, `{minimum}` and `{status}` are replaced.
   * A word that depends on a number has two forms: `{value} {value|call waits|calls wait}`.
   */
  text: string;
}

/**
 * A rule that reports the use of the line at regular times, aligned to UTC. A report is resolved at once.
 * @public
 */
export interface ReportRule {
  /** Unique among the rules. */
  name: string;
  severity: AlertSeverity;
  report: {
    /** Time between two reports in ms, from an hour to a week. */
    everyMs: number;
    /**
     * Number of routes that the report names, at most 20.
     * @defaultValue 5
     */
    routes?: number;
  };
}

const MINUTE = 60_000;
const HOUR = 3_600_000;

/**
 * The rules of an alert set without the option `rules`. They are plain data, to be spread and changed.
 *
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { alerts, DEFAULT_RULES } from '@holdline/monitor';
 *
 * const rules = DEFAULT_RULES.map((rule) =>
 *   rule.name === 'error rate' && 'when' in rule ? { ...rule, when: { ...rule.when, above: 0.2 } } : rule,
 * );
 * alerts(createHoldline(), { rules });
 * ```
 * @public
 */
export const DEFAULT_RULES: readonly (AlertRule | ReportRule)[] = [
  {
    name: 'refused on end',
    severity: 'critical',
    when: { metric: 'refusals', per: 'scope', windowMs: MINUTE, above: 0 },
    forMs: 5 * MINUTE,
    resolve: { threshold: 0, forMs: MINUTE },
    text: 'The platform has refused {subject} for {for} without a break.',
  },
  {
    name: '401 spike',
    severity: 'critical',
    when: { metric: 'answers', status: 401, windowMs: MINUTE, above: 9 },
    resolve: { threshold: 2, forMs: MINUTE },
    text: '{value} {value|attempt was|attempts were} answered 401 in {window}.',
  },
  {
    name: '503',
    severity: 'critical',
    when: { metric: 'answers', status: 503, windowMs: MINUTE, above: 0 },
    resolve: { threshold: 0, forMs: MINUTE },
    text: 'The platform is unavailable: {value} {value|attempt was|attempts were} answered 503 in {window}.',
  },
  {
    name: 'error rate',
    severity: 'critical',
    when: { metric: 'errorRate', windowMs: 5 * MINUTE, above: 0.1, minimum: 20 },
    resolve: { threshold: 0.05, forMs: MINUTE },
    text: '{value} of the calls failed in {window}.',
  },
  {
    name: 'p99 spike',
    severity: 'critical',
    when: { metric: 'p99Rise', windowMs: 5 * MINUTE, baselineMs: HOUR, above: 3, minimum: 100, minimumMs: 500 },
    resolve: { threshold: 2, forMs: MINUTE },
    text: 'The 99th percentile of the call durations in the last {window} is {value} the earlier one.',
  },
  {
    name: 'refusal',
    severity: 'warning',
    when: { metric: 'refusals', per: 'scope', windowMs: MINUTE, above: 0 },
    resolve: { threshold: 0, forMs: 0 },
    text: 'The platform refused {subject}.',
  },
  {
    name: 'quota nearly used',
    severity: 'warning',
    when: { metric: 'quotaUse', per: 'scope', above: 0.8 },
    forMs: 10_000,
    resolve: { threshold: 0.7, forMs: MINUTE },
    text: '{value} of the quota of {subject} is used.',
  },
  {
    name: 'few permits left',
    severity: 'warning',
    when: { metric: 'quotaRemaining', per: 'scope', below: 10, minimum: 100 },
    forMs: 10_000,
    resolve: { threshold: 20, forMs: MINUTE },
    text: '{value} {value|permit|permits} of {subject} {value|is|are} left.',
  },
  {
    name: 'refresh failing',
    severity: 'warning',
    when: { metric: 'tokenRefreshFailures', per: 'credential', above: 0 },
    resolve: { threshold: 0, forMs: 0 },
    text: 'The token of {subject} could not be refreshed: {value} {value|attempt|attempts} failed.',
  },
  {
    name: 'token near expiry',
    severity: 'warning',
    when: { metric: 'tokenExpiresInMs', per: 'credential', windowMs: 5 * MINUTE, below: MINUTE },
    resolve: { threshold: 2 * MINUTE, forMs: 0 },
    text: 'The token of {subject} expires in {value} and is not renewed.',
  },
  {
    name: 'error rate rising',
    severity: 'warning',
    when: { metric: 'errorRateRise', windowMs: 5 * MINUTE, baselineMs: HOUR, above: 0.03, minimum: 50 },
    forMs: 2 * MINUTE,
    resolve: { threshold: 0.01, forMs: 2 * MINUTE },
    text: 'The share of calls that fail rose by {value} in the last {window}.',
  },
  {
    name: 'latency rising',
    severity: 'warning',
    when: { metric: 'p95Rise', windowMs: 5 * MINUTE, baselineMs: HOUR, above: 1.5, minimum: 50, minimumMs: 200 },
    forMs: 2 * MINUTE,
    resolve: { threshold: 1.2, forMs: 2 * MINUTE },
    text: 'The 95th percentile of the call durations in the last {window} is {value} the earlier one.',
  },
  { name: 'daily report', severity: 'info', report: { everyMs: 24 * HOUR } },
];
