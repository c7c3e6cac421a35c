import {
  type Checks,
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

// For users: a line and its configuration.
export { createHoldline, onNewLine } from './line/create-holdline.js';
export type { Holdline, CloseOptions } from './line/holdline.js';
export type { HoldlineConfig, EndpointPolicies, EndpointGovernor, LineState } from './config/types.js';
export { mergeConfig } from './config/merge.js';
export type { PathOptions } from './config/endpoint.js';
export type { GovernorOptions, Quota, QuotaScope, Headroom, BulkheadOptions } from './policies/governor/options.js';
export type { QuotaHeaders } from './http/quota-headers.js';
export type { RetryOptions, RetryProfile, RetryBudget } from './policies/retry/options.js';
export type { BreakerOptions, ThrottleTrip } from './policies/breaker/options.js';
export type { TokenOptions, PooledCredential, Grant } from './policies/token/options.js';
export type { GrantInput, AccessToken } from './contract/tokens.js';
export { GrantError } from './contract/grant-error.js';
export type { BulkOptions, CacheOptions } from './policies/answers/options.js';
export type { CacheRules, AnswerToJudge, Freshness } from './contract/cache-rules.js';
export type { IdempotencyOptions } from './policies/idempotency/options.js';
export type { DeadlineOptions } from './policies/deadline/options.js';
export type { DeadLetterOptions, LetterSecret, GivenUp } from './policies/dead-letters/options.js';
export type { UncertainWrite, VerifyResult } from './contract/call.js';
export { secret, isSecret, type Secret } from './contract/secret.js';
export { memoryStore, type MemoryStoreOptions } from './stores/memory-store.js';
export { systemClock, systemRandom } from './runtime/system.js';
export type { Clock, Random, Undo } from './contract/clock.js';
export type { ConnectionPools, LinePools, PoolHost, PoolReport } from './contract/pools.js';

// For users: calls and their results.
export { withCall, withTransaction } from './call/context.js';
export { type CallContext, PRIORITIES, type Priority } from './contract/context.js';
export { callInfo } from './call/call-info.js';
export type { CallInfo } from './contract/call.js';
export { holdlineOf, release } from './line/adapter.js';
export {
  isHoldlineError,
  HoldlineError,
  type HoldlineErrorCode,
  type HoldlineErrorDetails,
  AttemptTimeoutError,
  CircuitOpenError,
  ClosedError,
  ConfigError,
  DeadlineError,
  EngineError,
  IdempotencyConflictError,
  NotSentError,
  OutcomeUnknownError,
  QueueFullError,
  StepDoneError,
  StoreLostError,
  ThrottledError,
  TokenRefreshError,
} from './contract/errors.js';

// For users: what a line does.
export type {
  AnswerSource,
  DryRunAction,
  EventName,
  EventSink,
  GiveUpReason,
  HoldlineEvents,
  PoolReason,
} from './contract/events.js';
export type { Explanation, ExplainRequest } from './line/explain.js';
export type { Snapshot } from './line/holdline.js';
export type {
  ScopeSnapshot,
  ScopeKind,
  QuotaSnapshot,
  Learning,
  ScopeLearnings,
} from './policies/governor/limits/snapshot.js';
export type { Evidence, LearnedLimit } from './policies/governor/learning/types.js';
export type { Counting, Enforcement } from './contract/counting.js';
export type { QueueSnapshot } from './policies/governor/queue/snapshot.js';
export type { BudgetSnapshot } from './policies/retry/budget.js';
export type { BulkCounts } from './policies/answers/bulk-options.js';
export type { CircuitSnapshot, CircuitTotals } from './policies/breaker/circuit.js';
export type { CircuitState } from './contract/engines.js';
export type { TokenSnapshot } from './policies/token/snapshot.js';
export type { CredentialSnapshot } from './policies/token/pool.js';
export type { AnswerSnapshot } from './policies/answers/answers.js';
export type {
  DeadLetterSnapshot,
  DeadLetterQueue,
  ListedLetter,
  ListedPage,
  DeadLetter,
  Letter,
  DeadCall,
  DeadFrame,
  LetterKey,
  LetterPart,
  ReplayOptions,
  ReplayReport,
  ReplayResult,
  LetterToSend,
  LetterSupplement,
} from './contract/dead-letters.js';

// For users: custom policies.
export { definePolicy } from './pipeline/order.js';
export {
  type PolicyDefinition,
  type Policy,
  PHASES,
  type Phase,
  type Interceptor,
  type Next,
} from './contract/policy.js';
export type { Ports } from './contract/store.js';
export type { Call, Route } from './contract/call.js';
export { Outcome, type OutcomeClass } from './contract/outcome.js';

// For adapters: guard a client and run its calls.
export { defineAdapter, isGuarded, type AdapterDefinition, type GuardFunction } from './line/adapter.js';
export { isHoldline } from './line/line.js';
export type { AdapterLine } from './line/holdline.js';
export type {
  CallRequest,
  RequestSource,
  RequestChange,
  HeaderAccess,
  KeptAnswer,
  LetterParts,
  LetterBody,
} from './contract/call.js';
export {
  answered,
  answeredByRedirect,
  failed,
  type Answer,
  type ReadHeader,
  type ReadRefusal,
  type Refusal,
} from './contract/outcome.js';
export { networkFailure, type Failure } from './contract/network-failure.js';
export type { PendingPermit, PermitRequest } from './policies/governor/pending-permit.js';
export { currentContext, checkContext } from './call/context.js';
export type { LetterSender, LetterRequest, LostFrame } from './contract/dead-letters.js';

// For adapters: HTTP.
export { BodySource, type SourceFailure } from './http/body-source.js';
export { OpenStream } from './http/open-stream.js';
export type { CallCancellation, OpenAnswer } from './contract/cancellation.js';
export { isReplayable, letterBody, payloadOf } from './http/body.js';
export { recordHeaders } from './http/record-headers.js';
export { absoluteUrl, originOf, pathOf } from './http/url.js';
export { checkOrigins } from './http/origins.js';
export { parseQuotaHeaders, type QuotaHint } from './http/quota-headers.js';
export { parseRetryAfter } from './http/retry-after.js';
export { abortReason, isAbortSignal } from './contract/signal.js';

// For adapters: tokens and SDK objects.
export { requestToken, type TokenRequest, grantedToken, refusedGrant } from './policies/token/request.js';
export { identityOf, type RefreshLineage, refreshLineageOf } from './policies/token/identity.js';
export { SdkTokens } from './line/sdk-tokens.js';
export { SdkMethodTracker } from './line/sdk-method-tracker.js';
export { patchMethod } from './runtime/patch-method.js';
export { Listeners } from './runtime/listeners.js';

// For adapters and stores: tools.
export type { Check, Checks } from './contract/check.js';
export { GOVERNOR_CHECKS } from './policies/governor/options.js';
export { definePrintedForm } from './contract/printed.js';

/**
 * Checks for options. Each throws a `ConfigError` that names the key, the value and the allowed values.
 * @public
 */
export const check: Checks = {
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
};

// For stores.
export type { Store, StoreState } from './contract/store.js';
export { transactionSteps } from './policies/idempotency/steps.js';
export type { Journal, JournalEntry, StepResult, StepRunnerFactory } from './contract/journal.js';
export type { Inboxes, EventQueue, EventClaim, EventEnd, EventCounts, StoredEvent } from './contract/inbox.js';
export { quotaSharing } from './policies/governor/sharing/lease-manager.js';
export type {
  QuotaSharingFactory,
  Leases,
  LeaseRequest,
  LeaseReply,
  LeaseNews,
  LentPermits,
  SharedQuota,
  SharedEstimate,
} from './contract/leases.js';
export type { Interval, OnLoss } from './contract/counting.js';
export { tokenSharing } from './policies/token/shared-token.js';
export type { TokenSharing, Tokens, TokenClaim, SharedToken } from './contract/tokens.js';
export type { SessionKeys, SessionClaim, SessionPlace } from './contract/sessions.js';
export { deadLetterWriter } from './policies/dead-letters/writer.js';
export type { LetterWriterFactory, DeadLetters, LetterClaim, LetterPage } from './contract/dead-letters.js';

// For engines.
export type { GovernorEngine, BreakerEngine, EngineCircuit, EngineTicket, CircuitResult } from './contract/engines.js';

// For our own packages. These exports may change in any version.
export type { Attempt as CountedAttempt, Refusal as CountedRefusal } from './contract/counting.js';
export type { LetterHost, LetterLine, LetterPolicies, LetterWriter } from './contract/dead-letters.js';
export type { StepHost, StepRunner, TransactionStep } from './contract/journal.js';
export type { QuotaSharing, QuotaLease, SharedScope, SharedTerms, SharingHost } from './contract/leases.js';
export type { SharedTokenHost, SharedTokenSource } from './contract/tokens.js';
export { RecordCipher } from './crypto/cipher.js';
export { retryDelay, type DelayOptions } from './policies/retry/decide.js';
export { limitTime } from './stores/bounded-store.js';
export { digestParts } from './crypto/digest.js';
export { checkWhole, parseConfig } from './config/parse.js';
export { type Endpoint, parseEndpoint } from './config/endpoint.js';
export { endpointsOf, quotasOf } from './config/resolve.js';
export type { PlacedQuota } from './policies/governor/options.js';
export { noteInfo } from './call/call-info.js';
export type { ApartContext } from './call/active-context.js';
export { isOwnRead, withLetters, withOwnContext, withOwnReads } from './call/context.js';
export { restoreAnswer } from './call/restore-answer.js';
export { EVENT_NAMES } from './contract/events.js';
export { messageOf, plainError } from './contract/errors.js';
export { durationInWords } from './contract/duration.js';
export { readSafely } from './contract/safe-read.js';
export { checkGrant, type Revealed } from './policies/token/request.js';
export { reveal } from './contract/secret.js';
export { restoreLetter } from './policies/dead-letters/restore-letter.js';
export { ListenersByName } from './runtime/listeners-by-name.js';
export { OwnedSet } from './runtime/owned-set.js';
export { settlesWithin } from './runtime/settle.js';
export { startBackgroundTimer } from './runtime/background-timer.js';
export { objectNumber } from './runtime/object-number.js';
export { startTimeLimit } from './runtime/time-limit.js';
