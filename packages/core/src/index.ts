import {
  callable,
  either,
  flag,
  isRecord,
  list,
  number,
  oneOf,
  orFalse,
  record,
  refuse,
  shape,
  text,
} from './check.js';

export { defineAdapter, holdlineOf, release, type AdapterDefinition, type GuardFunction } from './adapter.js';
export { isReplayable, letterBody, payloadOf } from './body.js';
export { BodySource, type SourceFailure } from './body-source.js';
export type { CircuitResult } from './breaker/circuit.js';
export type { BreakerEngine, EngineCircuit, EngineTicket } from './breaker/engine.js';
export type { BreakerOptions, ThrottleTrip } from './breaker/options.js';
export type { CircuitSnapshot } from './breaker/policy.js';
export type { Check } from './check.js';
export { callInfo, noteInfo } from './call.js';
export type { Call, CallInfo, CallRequest, HeaderAccess, LetterBody, LetterParts, OpenAnswer } from './call.js';
export {
  mergeConfig,
  type EndpointGovernor,
  type EndpointPolicies,
  type HoldlineConfig,
  type LineState,
} from './config.js';
export {
  checkContext,
  currentContext,
  PRIORITIES,
  withCall,
  withTransaction,
  type CallContext,
  type Priority,
} from './context.js';
export type { DeadLetterDesk, DeadLetterSnapshot, ListedLetter, ListedPage, LostFrame } from './dead-letters/box.js';
export { letterOffice, type LetterOffice } from './dead-letters/office.js';
export type { DeadLetterOptions, GivenUp, LetterSecret } from './dead-letters/options.js';
export type {
  LetterRequest,
  LetterSender,
  LetterSupplement,
  LetterToSend,
  ReplayOptions,
  ReplayReport,
  ReplayResult,
} from './dead-letters/replay.js';
export type { DeadlineOptions } from './deadline/options.js';
export { absoluteUrl, originOf, pathOf, type PathOptions } from './endpoint.js';
export {
  AttemptTimeoutError,
  CircuitOpenError,
  ClosedError,
  ConfigError,
  DeadlineError,
  EngineError,
  HoldlineError,
  IdempotencyConflictError,
  isHoldlineError,
  NotSentError,
  OutcomeUnknownError,
  plainError,
  QueueFullError,
  StoreLostError,
  ThrottledError,
  TokenRefreshError,
} from './errors.js';
export type { HoldlineErrorCode, HoldlineErrorDetails } from './errors.js';
export type { EventName, HoldlineEvents } from './events.js';
export type { Explanation, ExplainRequest } from './explain.js';
export type { GovernorEngine } from './governor/engine.js';
export { leaseFleet, type LeaseFleet } from './governor/fleet.js';
export { GOVERNOR_CHECKS } from './governor/options.js';
export type { BulkheadOptions, GovernorOptions, Headroom, Quota, QuotaScope } from './governor/options.js';
export type { Learning, QuotaSnapshot, ScopeSnapshot } from './governor/scope.js';
export { parseQuotaHeaders, type QuotaHeaders, type QuotaHint } from './headers/quota.js';
export { parseRetryAfter, type ReadHeader } from './headers/retry-after.js';
export type { IdempotencyOptions } from './idempotency/options.js';
export { Listeners } from './listeners.js';
export type { CloseOptions, Holdline, Snapshot } from './holdline.js';
export { createHoldline, isHoldline } from './line.js';
export { networkFailure, type Failure } from './network-failure.js';
export { answered, failed, Outcome } from './outcome.js';
export { readSafely } from './safe-read.js';
export type { Answer, OutcomeClass, ReadRefusal, Refusal } from './outcome.js';
export { OpenStream } from './open-stream.js';
export { checkOrigins } from './origin.js';
export { OwnedSet } from './owned-set.js';
export { showsAs } from './printed.js';
export { definePolicy, PHASES, type Interceptor, type Phase, type Policy, type PolicyDefinition } from './pipeline.js';
export type { PendingPermit, PermitRequest } from './permit.js';
export { memoryStore, systemClock, systemRandom } from './ports.js';
export type {
  Clock,
  DeadCall,
  DeadFrame,
  DeadLetter,
  DeadLetters,
  Journal,
  JournalEntry,
  FleetBelief,
  LeaseNews,
  LeaseReply,
  LeaseRequest,
  Leases,
  LedgerBounds,
  LentPermits,
  LetterClaim,
  LetterKey,
  LetterPage,
  LetterPart,
  MemoryStoreOptions,
  Ports,
  Random,
  SharedQuota,
  SharedToken,
  Store,
  StoreState,
  TokenClaim,
  SessionClaim,
  SessionKeys,
  SessionPlace,
  Tokens,
  Undo,
} from './ports.js';
export type { Doubt, RetryBudget, RetryOptions, RetryProfile } from './retry/options.js';
export type { Next, Route } from './route.js';
export { settlesWithin } from './settle.js';
export { shadow } from './shadow.js';
export { abortReason, isAbortSignal } from './signal.js';
export type { AccessToken, Grant, GrantInput, PooledCredential, TokenOptions } from './token/options.js';
export type { CredentialSnapshot } from './token/pool.js';
export { checkGrant, grantedToken, refusedGrant, requestToken, type TokenRequest } from './token/request.js';
export { tokenFleet, type TokenFleet } from './token/fleet.js';
export { GrantError } from './token/grant-error.js';
export { identityOf, RefreshLineage } from './token/identity.js';
export type { TokenSnapshot } from './token/source.js';
export { recordHeaders } from './http/record-headers.js';
export { SdkMethodTracker } from './line/sdk-method-tracker.js';
export { SdkTokens } from './line/sdk-tokens.js';

/** Checks of options, as the options of Holdline itself are checked: each refuses with a `ConfigError` that names the key. */
export const check = { callable, either, flag, isRecord, list, number, oneOf, orFalse, record, refuse, shape, text };
