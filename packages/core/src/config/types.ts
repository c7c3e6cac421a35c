import type { Clock, Random } from '../contract/clock.js';
import type { Priority } from '../contract/context.js';
import type { Store } from '../contract/store.js';
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

/** Governor options of one endpoint. */
export interface EndpointGovernor {
  /**
   * Its attempts spend none of the line's quotas and wait in a queue of their own, so that neither holds up the other: for long
   * polls.
   * @defaultValue false
   */
  apart?: boolean;
  /**
   * Quotas of this endpoint, besides those of the line. Their scope is `route` unless said otherwise.
   * @defaultValue none
   */
  quotas?: Quota[];
}

/** What an endpoint pattern may change. What it leaves out comes from the line. */
export interface EndpointPolicies {
  /**
   * Quotas of this endpoint besides those of the line; `false`: neither.
   * @defaultValue those of the line
   */
  governor?: EndpointGovernor | false;
  /**
   * Retries of this endpoint, laid over those of the line option by option.
   * @defaultValue that of the line
   */
  retry?: RetryOptions | RetryProfile | false;
  /**
   * Its circuit breaker, laid over that of the line option by option.
   * @defaultValue that of the line
   */
  breaker?: BreakerOptions | false;
  /**
   * Its idempotency keys, laid over those of the line option by option.
   * @defaultValue that of the line
   */
  idempotency?: IdempotencyOptions | false;
  /**
   * Its total time budget.
   * @defaultValue that of the line
   */
  deadline?: DeadlineOptions;
  /**
   * Bound on its attempts on the wire at the same time, instead of that of the line.
   * @defaultValue that of the line
   */
  bulkhead?: BulkheadOptions | false;
  /**
   * A POST that only reads: repeating it is safe.
   * @defaultValue false
   */
  readOnly?: boolean;
  /**
   * The platform honours an idempotency key here: one is sent, and repeating is safe.
   * @defaultValue false
   */
  keyed?: boolean;
  /**
   * Priority of its calls where the caller names none.
   * @defaultValue 'normal'
   */
  priority?: Priority;
  /**
   * Permits one call costs.
   * @defaultValue 1
   */
  weight?: number;
}

/** State of a line as plain JSON, to hand to the next start. */
export interface LineState {
  /** Circuits that are not closed. */
  breakers?: Pick<CircuitSnapshot, 'scope' | 'state' | 'retryAt'>[];
  /** Limits that were learned, and how the platform was found to count. */
  quotas?: ScopeLearnings[];
}

/** Configuration of a line. Everything may be left out; an unknown key or a wrong value is a `ConfigError` at once. */
export interface HoldlineConfig {
  /**
   * Quotas, queue and gates. `false`: none, and retries wait for Retry-After by themselves.
   * @defaultValue on, without quotas: see {@link GovernorOptions}
   */
  governor?: GovernorOptions | false;
  /**
   * Retries: options, a named profile, or none.
   * @defaultValue on: see {@link RetryOptions}
   */
  retry?: RetryOptions | RetryProfile | false;
  /**
   * The circuit breaker.
   * @defaultValue on: see {@link BreakerOptions}
   */
  breaker?: BreakerOptions | false;
  /**
   * Token refresh. Without it the client's own Authorization goes out as it is.
   * @defaultValue none
   */
  token?: TokenOptions;
  /**
   * Idempotency keys.
   * @defaultValue on: see {@link IdempotencyOptions}
   */
  idempotency?: IdempotencyOptions | false;
  /**
   * Total time budget.
   * @defaultValue no bound: see {@link DeadlineOptions}
   */
  deadline?: DeadlineOptions;
  /**
   * Bound on attempts on the wire at the same time.
   * @defaultValue none
   */
  bulkhead?: BulkheadOptions | false;
  /**
   * Changes per endpoint. The most specific pattern wins, policy by policy.
   * @defaultValue none
   */
  endpoints?: Record<string, EndpointPolicies>;
  /**
   * How paths are read before they are matched.
   * @defaultValue as they are: see {@link PathOptions}
   */
  paths?: PathOptions;
  /**
   * State saved by `exportState` of an earlier line.
   * @defaultValue none
   */
  state?: LineState;
  /**
   * What is given up, and kept to be replayed. `false`: nothing.
   * @defaultValue on, where `store` is given and has a place for it: see {@link DeadLetterOptions}
   */
  deadLetters?: DeadLetterOptions | false;
  /** Where journal and dead letters are kept. @defaultValue a journal in memory */
  store?: Store;
  /** The source of time. @defaultValue the system's */
  clock?: Clock;
  /** The source of chance. @defaultValue `Math.random` */
  random?: Random;
}
