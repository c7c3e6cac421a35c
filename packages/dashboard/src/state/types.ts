import type {
  BudgetSnapshot,
  CircuitState,
  CredentialSnapshot,
  QueueSnapshot,
  QuotaSnapshot,
  ScopeKind,
  Snapshot,
} from '@holdline/core';
import type { Alert, Bucket, CallTrace, GateClosing, HistoryRange, RouteTotals, Totals } from '@holdline/monitor';

/**
 * The quota with the largest use in a line, as the first view shows it.
 * @public
 */
export interface TightestQuota {
  scope: string;
  limit: number;
  windowMs: number;
  used: number;
}

/**
 * The numbers that a reader needs first. Rates cover the last 60 s.
 * @public
 */
export interface GlanceView {
  /** Requests on the wire in the last 60 s. */
  requests: number;
  calls: number;
  refusals: number;
  /** Part of the calls that did not fail, 0 to 1; absent without calls. */
  successRate?: number | undefined;
  p50?: number | undefined;
  p95?: number | undefined;
  p99?: number | undefined;
  /** The quota with the largest use; absent without a known limit. */
  tightest?: TightestQuota | undefined;
  /** Calls that have not ended. */
  active: number;
  /** Calls that wait for a permit. */
  queued: number;
  inFlight: number;
  /** Closed or probing gates. */
  gates: number;
  /** Circuits that are not closed. */
  openBreakers: number;
  alerts: { critical: number; warning: number; info: number };
}

/**
 * An access token, without the token itself. Times are wall ms, rounded to seconds.
 * @public
 */
export interface TokenView {
  /** Name of the credential of a pool; absent for the token of a line. */
  credential?: string | undefined;
  state: CredentialSnapshot['state'];
  epoch: number;
  refreshing: boolean;
  setAside: boolean;
  since?: number | undefined;
  expiresAt?: number | undefined;
  renewsAt?: number | undefined;
  active?: number | undefined;
}

/**
 * A scope and its quotas.
 * @public
 */
export interface ScopeView {
  scope: string;
  kind: ScopeKind;
  key: string;
  inFlight: number;
  waiting: number;
  gate: 'open' | 'closed' | 'probing';
  retryAt?: number | undefined;
  /** Configured quotas, and the learned one if no quota is configured. */
  quotas: Pick<QuotaSnapshot, 'name' | 'given' | 'limit' | 'windowMs' | 'used' | 'counts'>[];
  learned: boolean;
}

/**
 * A part of the scopes, the most important first: closed gates, then waiting calls, then use of the quota.
 * @public
 */
export interface ScopePage {
  /** Number of scopes that match. */
  total: number;
  scopes: ScopeView[];
}

/**
 * A gate that is closed or probing.
 * @public
 */
export interface GateView {
  scope: string;
  kind?: ScopeKind | undefined;
  key: string;
  state: 'closed' | 'probing';
  /** Wall ms; absent if the line does not know it. */
  closedAt?: number | undefined;
  /** Wall ms. */
  retryAt: number;
  /** Calls that wait and need a permit of the scope. */
  waiting: number;
  /** The refused call; absent if another process or an adapter closed the gate. */
  by?: GateClosing['by'];
}

/**
 * A circuit of a breaker.
 * @public
 */
export interface BreakerView {
  scope: string;
  /** The route in the scope, to find its calls. */
  route: string;
  state: CircuitState;
  retryAt?: number | undefined;
  succeeded: number;
  failed: number;
  throttled: number;
}

/**
 * A quota that several processes share.
 * @public
 */
export interface FleetView {
  scope: string;
  key: string;
  processes: number;
  limit?: number | undefined;
  windowMs: number;
  used: number;
  /** Whether the shared store is lost. */
  isLost: boolean;
}

/**
 * A call without its steps.
 * @public
 */
export type CallSummary = Omit<CallTrace, 'steps' | 'resource' | 'origin'> & {
  /** What an active call does now. */
  doing?: 'waits for a permit' | 'on the wire' | 'waits for its retry' | undefined;
  /** The scope that an active call waits for. */
  waitsFor?: string | undefined;
  /** Wall ms at which the next attempt can leave, as far as known. */
  nextAt?: number | undefined;
};

/**
 * The state of one line, in sections. The stream sends only the sections that changed.
 * @public
 */
export interface DashboardLine {
  id: number;
  name: string;
  /** When the line was closed, wall ms. The other sections have its last state. */
  closedAt?: number | undefined;
  glance: GlanceView;
  tokens: TokenView[];
  /** The first 50 scopes. `/api/scopes` has all. */
  scopes: ScopePage;
  queues: QueueSnapshot[];
  gates: GateView[];
  /** At most 100, open ones first. */
  breakers: BreakerView[];
  /** The 50 most used routes. */
  routes: RouteTotals[];
  totals: Omit<Totals, 'lastMinute'>;
  retryBudgets: BudgetSnapshot[];
  deadLetters: Snapshot['deadLetters'];
  fleet: FleetView[];
  /** At most 100, newest first. */
  alerts: Alert[];
  /** The 15 newest calls. */
  recent: CallSummary[];
}

/**
 * Everything that the first view of the page shows; the answer of `/api/state`.
 * @public
 */
export interface DashboardState {
  /** Wall ms of the process. */
  at: number;
  lines: DashboardLine[];
  /** Problems of the dashboard itself, such as an unreadable history file. */
  notices: string[];
}

/**
 * The answer of `/api/calls`.
 * @public
 */
export interface CallsAnswer {
  at: number;
  calls: CallSummary[];
}

/**
 * The answer of `/api/calls/ID`.
 * @public
 */
export interface CallAnswer {
  at: number;
  call: CallTrace;
  /** The timeline in sentences. */
  sentences: string[];
}

/**
 * The answer of `/api/history`.
 * @public
 */
export interface HistoryAnswer {
  at: number;
  range: HistoryRange;
  /** Length of an interval in ms. */
  bucketMs: number;
  buckets: Bucket[];
}
