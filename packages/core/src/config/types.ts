import type { Clock, Random } from '../contract/clock.js';
import type { Priority } from '../contract/context.js';
import type { ConnectionPools } from '../contract/pools.js';
import type { Store } from '../contract/store.js';
import type { BulkOptions, CacheOptions } from '../policies/answers/options.js';
import type { CircuitSnapshot } from '../policies/breaker/circuit.js';
import type { BreakerOptions } from '../policies/breaker/options.js';
import type { DeadLetterOptions } from '../policies/dead-letters/options.js';
import type { DeadlineOptions } from '../policies/deadline/options.js';
import type { ScopeLearnings } from '../policies/governor/limits/snapshot.js';
import type { BulkheadOptions, GovernorOptions, Quota } from '../policies/governor/options.js';
import type { IdempotencyOptions } from '../policies/idempotency/options.js';
import type { RetryOptions, RetryProfile } from '../policies/retry/options.js';
import type { TokenOptions } from '../policies/token/options.js';
import type { PathOptions } from './endpoint.js';

/**
 * Governor options of one endpoint.
 * @public
 */
export interface EndpointGovernor {
  /**
   * Whether attempts at this endpoint spend no quota of the line and wait in a separate queue. For long polls, which would delay other
   * calls.
   * @defaultValue false
   */
  apart?: boolean;
  /**
   * Quotas of this endpoint, in addition to those of the line. Their default scope is `route`.
   * @defaultValue none
   */
  quotas?: Quota[];
}

/**
 * Options of one endpoint pattern. Missing options come from the line.
 * @public
 */
export interface EndpointPolicies {
  /**
   * Quotas of this endpoint in addition to those of the line. `false` switches the governor off.
   * @defaultValue those of the line
   */
  governor?: EndpointGovernor | false;
  /**
   * Retry options of this endpoint. Each option replaces that of the line.
   * @defaultValue those of the line
   */
  retry?: RetryOptions | RetryProfile | false;
  /**
   * Circuit breaker options of this endpoint. Each option replaces that of the line.
   * @defaultValue those of the line
   */
  breaker?: BreakerOptions | false;
  /**
   * Idempotency options of this endpoint. Each option replaces that of the line.
   * @defaultValue those of the line
   */
  idempotency?: IdempotencyOptions | false;
  /**
   * Time limits of this endpoint. Each option replaces that of the line.
   * @defaultValue those of the line
   */
  deadline?: DeadlineOptions;
  /**
   * Maximal number of concurrent attempts at this endpoint. It replaces the bulkhead of the line.
   * @defaultValue that of the line
   */
  bulkhead?: BulkheadOptions | false;
  /**
   * The cache of this endpoint. Each option replaces that of the line.
   * @defaultValue none: without `cache`, the endpoint is not cached
   */
  cache?: CacheOptions | false;
  /**
   * Whether identical reads that are active at the same time share one request.
   * @defaultValue that of the line; on with `cache`
   */
  coalesce?: boolean;
  /**
   * The list by ids that answers single reads of this endpoint.
   * @defaultValue none
   */
  bulk?: BulkOptions | false;
  /**
   * Declares a POST that only reads, so that repeating it is safe.
   * @defaultValue false
   */
  readOnly?: boolean;
  /**
   * Declares that the platform honours an idempotency key here. The line then sends a key, and repeating is safe.
   * @defaultValue false
   */
  keyed?: boolean;
  /**
   * Priority of calls whose context has none.
   * @defaultValue 'normal'
   */
  priority?: Priority;
  /**
   * Permits that one call costs.
   * @defaultValue 1
   */
  weight?: number;
}

/**
 * State of a line as plain JSON, for the next start of the process.
 * @public
 */
export interface LineState {
  /** Circuits that are not closed. */
  breakers?: Pick<CircuitSnapshot, 'scope' | 'state' | 'retryAt'>[];
  /** Learned limits, and how the platform counts. */
  quotas?: ScopeLearnings[];
}

/**
 * Configuration of a line. Every key is optional. An unknown key or a wrong value throws a `ConfigError` at once.
 * @public
 */
export interface HoldlineConfig {
  /**
   * Quotas, queue and gates. `false` switches the governor off; retries then still obey Retry-After.
   * @defaultValue on, without quotas: see {@link GovernorOptions}
   */
  governor?: GovernorOptions | false;
  /**
   * Retry options, a named profile, or `false` for no retries.
   * @defaultValue on: see {@link RetryOptions}
   */
  retry?: RetryOptions | RetryProfile | false;
  /**
   * The circuit breaker.
   * @defaultValue on: see {@link BreakerOptions}
   */
  breaker?: BreakerOptions | false;
  /**
   * Token refresh. Without it, the client's own Authorization header is sent unchanged.
   * @defaultValue none
   */
  token?: TokenOptions;
  /**
   * Idempotency keys.
   * @defaultValue on: see {@link IdempotencyOptions}
   */
  idempotency?: IdempotencyOptions | false;
  /**
   * Time limits of calls and attempts.
   * @defaultValue no limit: see {@link DeadlineOptions}
   */
  deadline?: DeadlineOptions;
  /**
   * Maximal number of concurrent attempts.
   * @defaultValue none
   */
  bulkhead?: BulkheadOptions | false;
  /**
   * Default options of the cache, for the endpoints that declare one. `false` switches all caches off.
   * @defaultValue see {@link CacheOptions}; nothing is cached that no endpoint declares
   */
  cache?: CacheOptions | false;
  /**
   * Whether identical reads of all endpoints that are active at the same time share one request.
   * @defaultValue false
   */
  coalesce?: boolean;
  /**
   * Options per endpoint pattern, such as `GET /users/:id` or `GET /users/{id}`. For each policy, the most specific matching pattern with that policy counts.
   * @defaultValue none
   */
  endpoints?: Record<string, EndpointPolicies>;
  /**
   * Normalisation of paths before they are matched with patterns.
   * @defaultValue unchanged paths: see {@link PathOptions}
   */
  paths?: PathOptions;
  /**
   * State that `exportState` of an earlier line returned.
   * @defaultValue none
   */
  state?: LineState;
  /**
   * Options of dead letters: calls and frames that failed permanently, kept for a replay. `false` keeps none.
   * @defaultValue on if `store` is given and keeps dead letters: see {@link DeadLetterOptions}
   */
  deadLetters?: DeadLetterOptions | false;
  /**
   * Connection pools for the attempts of the line, in Node: `pools()` of `@holdline/core/node`. The line also warns of a pool that is too
   * small or shared.
   * @defaultValue none: each client has its own agents
   */
  pools?: ConnectionPools;
  /**
   * Policies decide and report, without effect: nothing is delayed, refused or sent again. The event `dryRun` reports each decision. A line
   * that manages the token still signs its calls.
   * @defaultValue false
   */
  dryRun?: boolean;
  /** The store for idempotency keys, dead letters and shared state. @defaultValue a journal in memory */
  store?: Store;
  /** The clock. @defaultValue the system clock */
  clock?: Clock;
  /** The source of random numbers. @defaultValue `Math.random` */
  random?: Random;
}
