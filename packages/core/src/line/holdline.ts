import type { HoldlineConfig, LineState } from '../config/types.js';
import type { CallRequest } from '../contract/call.js';
import type { Undo } from '../contract/clock.js';
import type { DeadLetterQueue, DeadLetterSnapshot } from '../contract/dead-letters.js';
import type { DryRunAction, EventName, HoldlineEvents } from '../contract/events.js';
import type { Policy } from '../contract/policy.js';
import type { SessionKeys } from '../contract/sessions.js';
import type { AnswerSnapshot } from '../policies/answers/answers.js';
import type { CircuitSnapshot } from '../policies/breaker/circuit.js';
import type { ScopeSnapshot } from '../policies/governor/limits/snapshot.js';
import type { QueueSnapshot } from '../policies/governor/queue/snapshot.js';
import type { BudgetSnapshot } from '../policies/retry/budget.js';
import type { PendingPermit, PermitRequest } from '../policies/governor/pending-permit.js';
import type { AccessToken } from '../contract/tokens.js';
import type { CredentialSnapshot } from '../policies/token/pool.js';
import type { TokenSnapshot } from '../policies/token/snapshot.js';
import type { ExplainRequest, Explanation } from './explain.js';

/**
 * The state of a line as plain data without secrets.
 * @public
 */
export interface Snapshot {
  /** Calls that have not ended. */
  calls: number;
  /** Calls that wait for a permit. */
  queued: number;
  /** Attempts on the wire. */
  inFlight: number;
  scopes: ScopeSnapshot[];
  /** The queue of each credential: its waiting calls by priority, and by tenant. The 100 tenants with the most waiting calls are listed. */
  queues: QueueSnapshot[];
  breakers: CircuitSnapshot[];
  /** The retry budgets of the hosts that had retries. */
  retryBudgets: BudgetSnapshot[];
  token: TokenSnapshot | undefined;
  /** The credentials of a token pool. */
  credentials: CredentialSnapshot[];
  /** The cache, the shared reads and the bulk reads. */
  answers: AnswerSnapshot;
  deadLetters: DeadLetterSnapshot;
  /** Number of times that a listener threw. */
  listenerFailures: number;
  /**
   * Number of decisions without effect by action; undefined without `dryRun`. With `dryRun`, queues and scopes show what they would be
   * with the policies on.
   */
  dryRun: Partial<Record<DryRunAction, number>> | undefined;
}

/**
 * Options of {@link Holdline.close}.
 * @public
 */
export interface CloseOptions {
  /**
   * Maximal duration of `close()` in ms. The line abandons unfinished work then, and reports it in the event `closed`.
   * @defaultValue 5,000 (ours: half of the shortest common grace period, the 10 s of `docker stop`)
   */
  timeoutMs?: number;
  /**
   * Whether the line revokes its access tokens at the platform, for example when a user logs out. The grants need a function `revoke`. With
   * `true`, a token that other processes share over the store stays valid. `'shared'` revokes it too, and deletes it from the store: for the
   * last process of a fleet, or for the logout from all tabs. The event `tokenRevoked` reports each result.
   * @defaultValue false
   */
  revoke?: boolean | 'shared';
}

/**
 * The part of a line that adapters use.
 * @public
 */
export interface AdapterLine {
  /** Runs one call through all policies. Settles with the native result or error, or with a `HoldlineError`. */
  run(request: CallRequest): Promise<unknown>;
  /**
   * Requests a permit for something that is not a call, such as a frame on an open socket. The request waits in the same queue as
   * calls, for the same quotas.
   * @throws HoldlineError if the queue refuses the request.
   */
  permit(request: PermitRequest): PendingPermit;
  /** Closes the gate of the request's route for `forMs`. For platforms that request a wait by other means than an answer. */
  holdBack(request: PermitRequest, forMs: number): void;
  /**
   * Calls `listener` with every new token, so that an adapter can write it back to the SDK. The token is secret: never log it. A line
   * with a token pool does not call it, because the SDK then keeps its own token.
   *
   * @param owner - The guarded client. The listener lives as long as the client, and does not keep it alive. Without it, the listener
   *   stays until undone.
   */
  onToken(listener: (token: AccessToken) => void, owner?: object): Undo;
  /** Registers a function that the line calls when it closes. `close()` waits for its promise within `timeoutMs`. */
  onClose(end: () => Promise<unknown> | void): Undo;
  /** Reports a defect of the client that the adapter works around, as a `defect` event. */
  reportDefect(defect: HoldlineEvents['defect']): void;
  /**
   * Reports a client whose own origin is unknown, so that its calls carry no token. Does nothing with `token.origins`. The report is a
   * `defect` event, and `explain` shows it.
   */
  withholdToken(why: HoldlineEvents['defect']): void;
  /** The session keys of the store, if it has them. */
  readonly sessions: SessionKeys | undefined;
  /** Whether the adapter must switch off another retry layer of the client, instead of leaving the retries to it. */
  readonly replacesOtherRetries: boolean;
  /** Whether the line manages the access token. */
  readonly managesToken: boolean;
}

/**
 * One line: a configuration and the state that belongs to it. Clients on the same line share its quotas.
 * @public
 */
export interface Holdline extends AdapterLine {
  /**
   * Adds a custom policy at the place of its phase.
   * @throws ConfigError if its name is in use, or its place contradicts the place of another policy.
   */
  use(policy: Policy): this;
  /** Explains a request: its policies in their order with their options, and what would happen now. Sends nothing. */
  explain(request: ExplainRequest): Explanation;
  /** Returns every quota, gate, queue, circuit and the epoch of the token, as plain data. */
  snapshot(): Snapshot;
  /**
   * Adds a listener. A listener that throws disturbs no call. The line counts the error in the snapshot and emits `listenerFailed`.
   * @returns a function that removes the listener.
   */
  on<E extends EventName>(event: E, listener: (event: HoldlineEvents[E]) => void): Undo;
  /**
   * Merges new options into the current ones without a restart. Queued calls keep their place. Calls whose weight no longer fits a quota
   * are refused. Repeated attempts of earlier calls use the new quotas, breaker options and retry budget.
   * @throws ConfigError; then nothing has changed.
   */
  update(config: HoldlineConfig): void;
  /** Settles when all active calls have ended and their dead letters are in the store. The line still accepts new calls. */
  drain(): Promise<void>;
  /**
   * Closes the line. Waiting calls and new calls fail with a `ClosedError`. The promise settles when the attempts on the wire have ended,
   * the dead letters are in the store, and borrowed permits are returned, but at the latest after `timeoutMs`. After four fifths of that
   * time the line abandons the remaining attempts. Their callers get a `ClosedError`, or an `OutcomeUnknownError` if the platform may
   * have executed the request. The event `closed` reports unfinished work. A second `close({ revoke })` revokes what an earlier `close()`
   * did not.
   *
   * @throws ConfigError for wrong options, and for `revoke` if a grant cannot revoke its token. Then nothing has changed.
   */
  close(options?: CloseOptions): Promise<void>;
  /**
   * Makes answers of the cache invalid, for all credentials and tenants. A read that is in flight keeps its callers, but its answer is not
   * kept.
   *
   * @param what - A path such as `/api/v2/users/1`, or a URL: invalid become its answers, those of paths below, and those of each path
   *   above, as after a write. Or a topic such as `v2.users.1.presence`: invalid become the answers of endpoints whose `invalidateBy` has
   *   the topic.
   * @throws ConfigError if `what` is empty or has spaces.
   * @example
   * ```ts
   * import { createHoldline } from '@holdline/core';
   *
   * const line = createHoldline({ endpoints: { 'GET /api/v2/users/:id': { cache: { ttlMs: 60_000 } } } });
   * line.invalidate('/api/v2/users/1');
   * ```
   */
  invalidate(what: string): void;
  /**
   * Isolates a route such as `GET /users/:id`: its calls fail with a `CircuitOpenError` until undone.
   * @returns a function that ends the isolation.
   */
  isolate(route: string): Undo;
  /** Returns the state for the next start as plain JSON, for `createHoldline({ state })`. */
  exportState(): LineState;
  /** The calls and frames that failed permanently. */
  readonly deadLetters: DeadLetterQueue;
}
