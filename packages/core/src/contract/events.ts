import type { Counting, OnLoss } from './counting.js';
import type { CircuitState } from './engines.js';
import type { Priority } from './context.js';
import type { HoldlineErrorCode } from './errors.js';
import type { OutcomeClass } from './outcome.js';

/**
 * The reason to make no further attempt at a call.
 * @public
 */
export type GiveUpReason =
  | 'cancelled'
  | 'local failure'
  | 'not repeatable'
  | 'probably executed'
  | 'body cannot be sent twice'
  | 'attempts used up'
  | 'time used up'
  | 'Retry-After too long'
  | 'retry budget used up';

/**
 * Why a pool slows the calls of a line down. `requests wait`: requests are in the queue of the pool. `too small`: the bulkhead allows
 * more attempts than the pool has sockets. `shared with long polls`, `shared with another line`: both take the sockets of the same pool.
 * @public
 */
export type PoolReason = 'requests wait' | 'too small' | 'shared with long polls' | 'shared with another line';

/**
 * What a policy of a line with `dryRun` would do. `wait`: the attempt waits for a permit. `refuse`: nothing is sent. `retry`: another attempt
 * follows. `replay`: the attempt is sent again with a new token. `time out`: the line ends the call or the attempt. `fail`: the caller gets
 * an `OutcomeUnknownError` instead of the native result.
 * @public
 */
export type DryRunAction = 'wait' | 'refuse' | 'retry' | 'replay' | 'time out' | 'fail';

/**
 * The source of an answer that cost no request of its own. `bulk read`: a request for a list of which the answer is one item. `live value`:
 * the last event of a notification channel.
 * @public
 */
export type AnswerSource = 'journal' | 'identical call' | 'cache' | 'stale cache' | 'bulk read' | 'live value';

/**
 * All events of a line with their fields. No event has a token, a header value or a body.
 * @public
 */
export interface HoldlineEvents {
  /**
   * A call began. `resource` is a fingerprint of its method and URL: equal calls of one process have equal fingerprints, and nobody can
   * compute the URL from it.
   */
  callStarted: {
    callId: number;
    route: string;
    method: string;
    origin: string;
    resource: string;
    priority: Priority;
    tenant: string | undefined;
  };
  /** A call ended. `error` is the code of a `HoldlineError`. `answeredBy` names the source of an answer that cost no request. */
  call: {
    callId: number;
    route: string;
    method: string;
    origin: string;
    priority: Priority;
    tenant: string | undefined;
    outcome: 'ok' | 'failed';
    status: number | undefined;
    error: HoldlineErrorCode | undefined;
    attempts: number;
    waitedMs: number;
    queuedMs: number;
    durationMs: number;
    answeredBy: AnswerSource | undefined;
  };
  /** An attempt leaves for the wire. */
  attemptStarted: { callId: number; route: string; attempt: number };
  /** An attempt ended. */
  attempt: {
    callId: number;
    route: string;
    method: string;
    origin: string;
    attempt: number;
    outcome: OutcomeClass;
    status: number | undefined;
    durationMs: number;
  };
  /** The line will repeat an attempt after `afterMs`. `reason` is the class of the last outcome. */
  retry: { callId: number; route: string; attempt: number; reason: OutcomeClass; afterMs: number };
  /** The line makes no further attempt at a call. */
  giveUp: { callId: number; route: string; attempts: number; reason: GiveUpReason; retryAt: number | undefined };
  /** An attempt waits for a permit. `scopes` are those whose permits it needs; `waitsFor` is the scope that decides when it leaves. */
  queued: {
    callId: number;
    route: string;
    priority: Priority;
    tenant: string | undefined;
    queued: number;
    estimatedMs: number;
    waitsFor: string | undefined;
    scopes: readonly string[];
  };
  /** An attempt that waited got its permit. */
  permitted: { callId: number; route: string; priority: Priority; tenant: string | undefined; waitedMs: number };
  /**
   * A decision of a policy of a line with `dryRun`, which has no effect. `forMs` is the wait, the delay before the retry, or the time
   * limit. `error` is the code of the error that the caller would get. `reason` says why: the scope that the call would wait for, the class
   * of the outcome, or the message of the error.
   */
  dryRun: {
    callId: number;
    route: string;
    policy: string;
    action: DryRunAction;
    forMs: number | undefined;
    error: HoldlineErrorCode | undefined;
    reason: string | undefined;
  };
  /** A call, or the request of an adapter for a permit, failed with an error of the line before anything was sent. */
  refused: { callId: number; route: string; code: HoldlineErrorCode; retryAt: number | undefined };
  /**
   * The platform requested a wait: no attempt of the scope leaves until `retryAt` (wall ms). `by` is the refused call; undefined if another
   * process reported the refusal, or an adapter requested the wait.
   */
  gateClosed: {
    scope: string;
    retryAt: number;
    forMs: number;
    by: { callId: number; route: string; status: number | undefined } | undefined;
  };
  /** A probe succeeded, and the other attempts of the scope may leave. */
  gateOpened: { scope: string };
  /** The governor learned the limit of a scope from a refusal, or how the platform counts. */
  quotaLearned: {
    scope: string;
    limit: number;
    windowMs: number;
    counts: Counting | undefined;
  };
  /** A circuit changed its state. */
  breaker: { scope: string; from: CircuitState; to: CircuitState; reason: string };
  /** A new access token is in use. `credential` names the credential of a pool. */
  tokenRefreshed: {
    credential: string | undefined;
    epoch: number;
    expiresInMs: number | undefined;
    tookMs: number;
  };
  /** The line could not get an access token. It does not try again before `retryAt` (wall ms). */
  tokenRefreshFailed: { credential: string | undefined; epoch: number; retryAt: number; message: string };
  /**
   * The result of `close({ revoke })` for one access token. `revoked`: the platform revoked it. `expired`: it was invalid before. `shared`: it
   * stays valid, because other processes may use it. `failed`: it stays valid until it expires; `message` names the cause.
   */
  tokenRevoked: {
    credential: string | undefined;
    result: 'revoked' | 'expired' | 'shared' | 'failed';
    message: string | undefined;
  };
  /** The pool does not use a credential until its token is renewed. */
  credentialSetAside: { credential: string; reason: 'revoked' | 'throttled' | 'no token' };
  /** The pool uses a credential again. */
  credentialBack: { credential: string };
  /** The line replaced an idempotency key that was too old. For audit, the event has the digest and the size of its payload. */
  keyRotated: {
    route: string;
    transaction: string | undefined;
    payloadDigest: string;
    payloadBytes: number;
    issuedAt: number;
    attempts: number;
  };
  /**
   * A step of a transaction was not sent, because an earlier run executed it. `answer` names the source of the result: the journal, a
   * `verify` hook, or `none` for a `StepDoneError`. `doneAt` is the wall time at which the line learned of the execution.
   */
  stepSkipped: {
    route: string;
    transaction: string | undefined;
    status: number | undefined;
    doneAt: number;
    answer: 'journal' | 'verify' | 'none';
  };
  /**
   * A request for a list by ids ended. `route` is that of the calls that wait for the list, `list` the path of the list as declared.
   * `ids` counts the ids in the request, `calls` the calls that waited. `answered` of them got an item, `alone` are sent themselves. The
   * others ended before, or wait for a shorter list.
   */
  bulkRead: {
    route: string;
    list: string;
    ids: number;
    status: number | undefined;
    calls: number;
    answered: number;
    alone: number;
  };
  /** The line works around a defect of the guarded client, or cannot send it the token. Once per client and defect. */
  defect: { client: string; defect: string; remedy: string };
  /**
   * The state of a dead letter changed. `kept`: the line stored it. `replayed`: a replay succeeded. `returned`: a replay failed, and the
   * letter stays. `removed`: it was deleted by `remove`, or because a repeated call was answered. `waiting`: no client may send it yet;
   * `message` names the reason. `lost`: the line could not keep it; `message` names the cause.
   */
  deadLetter: {
    what: 'kept' | 'replayed' | 'returned' | 'removed' | 'waiting' | 'lost';
    id: string | undefined;
    kind: 'call' | 'frame';
    reason: string;
    replays: number;
    message: string | undefined;
  };
  /**
   * The connection pool of an attempt is too small or shared. Once per pool, origin and reason; needs `pools` in the configuration.
   * `wanted` is the number of sockets that the line needs, `waiting` the number of requests in the queue of the pool.
   */
  pool: {
    route: string;
    pool: string;
    origin: string;
    reason: PoolReason;
    maxSockets: number | undefined;
    wanted: number;
    waiting: number;
  };
  /** An operation of the store failed. The call continues without the store. */
  storeFailed: {
    operation:
      | 'journal.get'
      | 'journal.put'
      | 'gates.close'
      | 'tokens.claim'
      | 'tokens.put'
      | 'tokens.remove'
      | 'sessions.claim';
    message: string;
  };
  /**
   * The store became usable (`ready`) or unusable (`lost`), or another attempt to use it failed. `reason` is an error code of the server,
   * such as `READONLY`, or of the store, such as `UNREACHABLE`. With `needsConfiguration`, the store stays lost until its configuration
   * changes. The store makes its next attempt after `retryInMs`.
   */
  storeState: {
    state: 'ready' | 'lost' | 'connecting';
    reason: string | undefined;
    message: string | undefined;
    needsConfiguration: boolean;
    retryInMs: number | undefined;
  };
  /** The store that shares the quotas is lost. Until it is back, the governor follows `onLoss`. */
  storeLost: { onLoss: OnLoss; message: string };
  /** The store that shares the quotas is back, and processes share the quotas again. */
  storeBack: { lostForMs: number };
  /**
   * The line was closed. The fields count unfinished work: `calls` whose attempt on the wire was abandoned, `deadLetters` that the store
   * had not accepted, and `others`, which are leases of the store and close functions of adapters.
   */
  closed: { tookMs: number; calls: number; deadLetters: number; others: number };
  /** An engine failed to grant or to release a slot. */
  engineFailed: { engine: string; message: string };
  /** A listener to one of these events threw. */
  listenerFailed: { event: keyof HoldlineEvents; message: string };
}

/**
 * Name of an event of a line.
 * @public
 */
export type EventName = keyof HoldlineEvents;

/**
 * Accepts the events of a line.
 * @public
 */
export interface EventSink {
  /** Whether an event has listeners. Without listeners no event object is made. */
  has(event: EventName): boolean;
  emit<E extends EventName>(event: E, payload: HoldlineEvents[E]): void;
  /** Reports an operation of the store that failed. */
  storeFailed(operation: HoldlineEvents['storeFailed']['operation'], error: unknown): void;
}

/**
 * The names of all events of a line.
 * @internal
 */
export const EVENT_NAMES: Record<EventName, true> = {
  callStarted: true,
  call: true,
  attemptStarted: true,
  attempt: true,
  retry: true,
  giveUp: true,
  queued: true,
  permitted: true,
  refused: true,
  dryRun: true,
  gateClosed: true,
  gateOpened: true,
  quotaLearned: true,
  breaker: true,
  tokenRefreshed: true,
  tokenRefreshFailed: true,
  tokenRevoked: true,
  credentialSetAside: true,
  credentialBack: true,
  keyRotated: true,
  stepSkipped: true,
  bulkRead: true,
  defect: true,
  deadLetter: true,
  pool: true,
  storeFailed: true,
  storeState: true,
  storeLost: true,
  storeBack: true,
  closed: true,
  engineFailed: true,
  listenerFailed: true,
};
