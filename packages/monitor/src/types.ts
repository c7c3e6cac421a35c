import type {
  DryRunAction,
  GiveUpReason,
  Holdline,
  HoldlineErrorCode,
  HoldlineEvents,
  Priority,
  Snapshot,
} from '@holdline/core';

/**
 * What a monitor watches: a line, or a recording that is played back.
 * @public
 */
export type Watchable = Pick<Holdline, 'on' | 'snapshot'>;

/**
 * The refusal that closed a gate, and the gate.
 * @public
 */
export interface GateClosing {
  scope: string;
  /** Wall ms. */
  closedAt: number;
  /** Wall ms until which no attempt of the scope leaves. */
  retryAt: number;
  /** The refused call; undefined if another process or an adapter closed the gate. */
  by: HoldlineEvents['gateClosed']['by'];
}

/**
 * One part of a call, with wall times in ms. A part without `until` has not ended.
 *
 * - `queued`: the call waited for a permit. `waitsFor` is the scope that decided; `gates` are the closed gates that held it back.
 * - `attempt`: a request on the wire.
 * - `delay`: the wait before a retry.
 * - `refused`: the line refused the call.
 * - `gaveUp`: the line made no further attempt.
 * - `dryRun`: what a policy of a line with `dryRun` would have done.
 * @public
 */
export type TraceStep =
  | {
      kind: 'queued';
      at: number;
      until: number | undefined;
      waitsFor: string | undefined;
      scopes: readonly string[];
      estimatedMs: number;
      gates: GateClosing[];
    }
  | {
      kind: 'attempt';
      at: number;
      until: number | undefined;
      attempt: number;
      outcome: HoldlineEvents['attempt']['outcome'] | undefined;
      status: number | undefined;
    }
  | { kind: 'delay'; at: number; until: number; reason: HoldlineEvents['retry']['reason'] }
  | { kind: 'refused'; at: number; code: HoldlineErrorCode; retryAt: number | undefined }
  | { kind: 'gaveUp'; at: number; reason: GiveUpReason; retryAt: number | undefined }
  | {
      kind: 'dryRun';
      at: number;
      policy: string;
      action: DryRunAction;
      forMs: number | undefined;
      error: HoldlineErrorCode | undefined;
      reason: string | undefined;
    };

/**
 * One call and its parts in the order of time.
 * @public
 */
export interface CallTrace {
  callId: number;
  route: string;
  method: string;
  origin: string;
  /** Fingerprint of method and URL. */
  resource: string;
  priority: Priority;
  tenant: string | undefined;
  /** Wall ms. */
  startedAt: number;
  /** Undefined while the call is active. */
  durationMs: number | undefined;
  outcome: 'ok' | 'failed' | undefined;
  status: number | undefined;
  error: HoldlineErrorCode | undefined;
  attempts: number;
  waitedMs: number;
  queuedMs: number;
  answeredBy: HoldlineEvents['call']['answeredBy'];
  steps: TraceStep[];
}

/**
 * Selects calls. All given properties must hold.
 * @public
 */
export interface CallFilter {
  route?: string;
  tenant?: string;
  priority?: Priority;
  outcome?: 'ok' | 'failed' | 'active';
  /** Calls with an answer of this status, in any attempt. */
  status?: number;
  error?: HoldlineErrorCode;
  /** Calls that waited for this scope, or for its gate, or whose refusal closed the gate. */
  scope?: string;
  /** Calls that waited at least so long. */
  minWaitedMs?: number;
  /** Calls that were retried. */
  retried?: boolean;
  /** Wall ms. */
  since?: number;
  /** @defaultValue 100 */
  limit?: number;
}

/**
 * Counts of one interval of time.
 * @public
 */
export interface Bucket {
  /** Start of the interval, wall ms. */
  at: number;
  ok: number;
  failed: number;
  attempts: number;
  /** Attempts answered 429, or 503 with a requested wait. */
  refusals: number;
  retries: number;
  /** Calls that the line refused itself. */
  rejected: number;
  /** Calls answered without a request. */
  saved: number;
  tokenRefreshes: number;
  /** Sum of the time that calls waited, ms. */
  waitedMs: number;
  /** Duration of calls in ms, as quantiles; undefined without calls. */
  p50: number | undefined;
  p95: number | undefined;
  p99: number | undefined;
  /** Largest use of a quota, as a part of its limit, 0 to 1; undefined without a known limit. */
  quotaUse: number | undefined;
  /** Largest number of waiting calls. */
  queued: number;
}

/**
 * A range of the history. `hour` has buckets of 10 s, `day` of 5 min, `week` of 1 h.
 * @public
 */
export type HistoryRange = 'hour' | 'day' | 'week';

/**
 * A bucket of an exported history. The bucket that had not ended has its durations: numbers of the histogram's buckets, with counts.
 * @public
 */
export interface SavedBucket extends Bucket {
  durations?: [bucket: number, durations: number][];
}

/**
 * The history of a monitor as plain JSON, for a monitor of a later process.
 * @public
 */
export interface SavedHistory {
  version: 1;
  hour: SavedBucket[];
  day: SavedBucket[];
  week: SavedBucket[];
}

/**
 * Totals of a route since the monitor began.
 * @public
 */
export interface RouteTotals {
  route: string;
  calls: number;
  failed: number;
  attempts: number;
  refusals: number;
  retries: number;
  /** Calls that the line refused itself. */
  rejected: number;
  waitedMs: number;
  p50: number | undefined;
  p95: number | undefined;
  p99: number | undefined;
}

/**
 * Totals since the monitor began, and rates of the last minute.
 * @public
 */
export interface Totals {
  /** Wall ms. */
  since: number;
  calls: number;
  ok: number;
  failed: number;
  attempts: number;
  /** Attempts by outcome class. */
  attemptsBy: Partial<Record<HoldlineEvents['attempt']['outcome'], number>>;
  refusals: number;
  retries: number;
  retriesBy: Partial<Record<HoldlineEvents['retry']['reason'], number>>;
  /** Calls that the line refused itself, by error code. */
  rejectedBy: Partial<Record<HoldlineErrorCode, number>>;
  gaveUpBy: Partial<Record<GiveUpReason, number>>;
  saved: number;
  tokenRefreshes: number;
  tokenRefreshFailures: number;
  deadLetters: Snapshot['deadLetters'];
  /** The last 60 s. */
  lastMinute: {
    calls: number;
    attempts: number;
    refusals: number;
    /** Part of the calls that did not fail, 0 to 1; undefined without calls. */
    successRate: number | undefined;
    p50: number | undefined;
    p95: number | undefined;
    p99: number | undefined;
  };
}

/**
 * @public
 */
export type AlertSeverity = 'critical' | 'warning' | 'info';

/**
 * A state of a line that somebody should know, raised by a rule.
 * @public
 */
export interface Alert {
  /** Rule and subject. An alert with the same id is raised again only after it was resolved. */
  id: string;
  rule: string;
  severity: AlertSeverity;
  /** The scope, route, credential or host that the alert is about; undefined for the whole line. */
  subject: string | undefined;
  /** One sentence with the numbers. */
  text: string;
  /** Wall ms. */
  raisedAt: number;
  /** Wall ms; undefined while the state lasts. */
  resolvedAt: number | undefined;
  /** The calls behind the alert. */
  calls: CallFilter | undefined;
}

/**
 * A webhook that could not be delivered.
 * @public
 */
export interface DeliveryFailure {
  /** Name of the webhook. Its URL is a secret. */
  webhook: string;
  alert: Alert;
  what: 'raised' | 'resolved';
  /** Number of tries. */
  tries: number;
  /** `timeout`, `redirect`, `status 500`, `no connection (ECONNREFUSED)`, or that too many notices wait. */
  reason: string;
  /** Wall ms. */
  at: number;
}

/**
 * What a monitor knows about a line. Everything is plain data.
 * @public
 */
export interface Monitor {
  readonly name: string;
  /** When the line was closed, wall ms. The watch ended then. Undefined while the line is open. */
  readonly closedAt: number | undefined;
  snapshot(): Snapshot;
  totals(): Totals;
  /** Totals of routes, the most used first. At most 1,000 routes are kept; further routes count as `other`. */
  routes(): RouteTotals[];
  /** Recent calls, newest first. Active calls are included. */
  calls(filter?: CallFilter): CallTrace[];
  call(callId: number): CallTrace | undefined;
  /** Buckets of a range, oldest first. Intervals in which the process did not run have no bucket. */
  history(range: HistoryRange): Bucket[];
  /** The history as plain JSON, for the option `history` of a later monitor. */
  exportHistory(): SavedHistory;
  /** Number of times that a listener threw. */
  readonly listenerFailures: number;
  /** Active and recently resolved alerts, newest first. */
  alerts(): Alert[];
  /** Gates that are closed or probing, with the refusal that closed them. */
  gates(): GateClosing[];
  on<E extends keyof MonitorEvents>(event: E, listener: (payload: MonitorEvents[E]) => void): () => void;
  /** Ends the watch. The monitor keeps what it knows. */
  stop(): void;
}

/**
 * @public
 */
export interface MonitorEvents {
  /** A call ended. */
  call: CallTrace;
  alertRaised: Alert;
  alertResolved: Alert;
  /** A webhook of an alert could not be delivered. */
  deliveryFailed: DeliveryFailure;
  /** The line was closed, and the watch ended. */
  closed: { at: number };
}
