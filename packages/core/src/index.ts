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
} from './contract/check.js';

export { defineAdapter, holdlineOf, release, type AdapterDefinition, type GuardFunction } from './line/adapter.js';
export { isReplayable, letterBody, payloadOf } from './http/body.js';
export { BodySource, type SourceFailure } from './http/body-source.js';
export type { CircuitResult } from './contract/engines.js';
export type { BreakerEngine, EngineCircuit, EngineTicket } from './contract/engines.js';
export type { BreakerOptions, ThrottleTrip } from './policies/breaker/options.js';
export type { CircuitSnapshot } from './policies/breaker/circuit.js';
export type { Check } from './contract/check.js';
export { callInfo, noteInfo } from './call/call-info.js';
export type { Call } from './call/call.js';
export type { CallInfo, CallRequest, HeaderAccess, LetterBody, LetterParts } from './contract/call.js';
export type { OpenAnswer } from './contract/cancellation.js';
export { mergeConfig } from './config/merge.js';
export { type EndpointGovernor, type EndpointPolicies, type HoldlineConfig, type LineState } from './config/types.js';
export { checkContext, currentContext, withCall, withTransaction } from './call/context.js';
export { PRIORITIES, type CallContext, type Priority } from './contract/context.js';
export type {
  DeadLetterDesk,
  DeadLetterSnapshot,
  ListedLetter,
  ListedPage,
  LostFrame,
} from './contract/dead-letters.js';
export { letterOffice } from './policies/dead-letters/writer.js';
export { type LetterOffice } from './contract/dead-letters.js';
export type { DeadLetterOptions, GivenUp, LetterSecret } from './policies/dead-letters/options.js';
export type {
  LetterRequest,
  LetterSender,
  LetterSupplement,
  LetterToSend,
  ReplayOptions,
  ReplayReport,
  ReplayResult,
} from './contract/dead-letters.js';
export type { DeadlineOptions } from './policies/deadline/options.js';
export { absoluteUrl, originOf, pathOf } from './http/url.js';
export { type PathOptions } from './config/endpoint.js';
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
} from './contract/errors.js';
export type { HoldlineErrorCode, HoldlineErrorDetails } from './contract/errors.js';
export type { EventName, HoldlineEvents } from './contract/events.js';
export type { Explanation, ExplainRequest } from './line/explain.js';
export type { GovernorEngine } from './contract/engines.js';
export { leaseFleet } from './policies/governor/sharing/lease-manager.js';
export { type LeaseFleet } from './contract/leases.js';
export { GOVERNOR_CHECKS } from './policies/governor/options.js';
export type { BulkheadOptions, GovernorOptions, Headroom, Quota, QuotaScope } from './policies/governor/options.js';
export type { Learning, QuotaSnapshot, ScopeSnapshot } from './policies/governor/limits/snapshot.js';
export { parseQuotaHeaders, type QuotaHeaders, type QuotaHint } from './http/quota-headers.js';
export { parseRetryAfter } from './http/retry-after.js';
export { type ReadHeader } from './contract/outcome.js';
export type { IdempotencyOptions } from './policies/idempotency/options.js';
export { Listeners } from './runtime/listeners.js';
export type { CloseOptions, Holdline, Snapshot } from './line/holdline.js';
export { createHoldline, isHoldline } from './line/line.js';
export { networkFailure, type Failure } from './contract/network-failure.js';
export { answered, failed, Outcome } from './contract/outcome.js';
export { readSafely } from './contract/safe-read.js';
export type { Answer, OutcomeClass, ReadRefusal, Refusal } from './contract/outcome.js';
export { OpenStream } from './http/open-stream.js';
export { checkOrigins } from './http/origins.js';
export { OwnedSet } from './runtime/owned-set.js';
export { showsAs } from './contract/printed.js';
export { definePolicy } from './pipeline/order.js';
export { PHASES, type Interceptor, type Phase, type Policy, type PolicyDefinition } from './contract/policy.js';
export type { PendingPermit, PermitRequest } from './policies/governor/pending-permit.js';
export { memoryStore } from './stores/memory-store.js';
export { systemClock, systemRandom } from './runtime/system.js';
export type { Clock, Random, Undo } from './contract/clock.js';
export type {
  DeadCall,
  DeadFrame,
  DeadLetter,
  DeadLetters,
  LetterClaim,
  LetterKey,
  LetterPage,
  LetterPart,
} from './contract/dead-letters.js';
export type { Journal, JournalEntry } from './contract/journal.js';
export type {
  FleetBelief,
  LeaseNews,
  LeaseReply,
  LeaseRequest,
  Leases,
  LedgerBounds,
  LentPermits,
  SharedQuota,
} from './contract/leases.js';
export type { MemoryStoreOptions } from './stores/memory-store.js';
export type { Ports, Store, StoreState } from './contract/store.js';
export type { SharedToken, TokenClaim, Tokens } from './contract/tokens.js';
export type { SessionClaim, SessionKeys, SessionPlace } from './contract/sessions.js';
export type { Doubt } from './contract/call.js';
export type { RetryBudget, RetryOptions, RetryProfile } from './policies/retry/options.js';
export type { Next } from './contract/policy.js';
export type { Route } from './call/route.js';
export { settlesWithin } from './runtime/settle.js';
export { shadow } from './runtime/patch-method.js';
export { abortReason, isAbortSignal } from './contract/signal.js';
export type { AccessToken, Grant, GrantInput, PooledCredential, TokenOptions } from './policies/token/options.js';
export type { CredentialSnapshot } from './policies/token/pool.js';
export { checkGrant, grantedToken, refusedGrant, requestToken, type TokenRequest } from './policies/token/request.js';
export { tokenFleet, type TokenFleet } from './policies/token/shared-token.js';
export { GrantError } from './contract/grant-error.js';
export { identityOf, RefreshLineage } from './policies/token/identity.js';
export type { TokenSnapshot } from './policies/token/source.js';

/** Checks of options, as the options of Holdline itself are checked: each refuses with a `ConfigError` that names the key. */
export const check = { callable, either, flag, isRecord, list, number, oneOf, orFalse, record, refuse, shape, text };
