import type { UncertainWrite, VerifyResult } from '../../contract/call.js';
import {
  callable,
  type Check,
  count,
  list,
  nonNegative,
  positive,
  number,
  oneOf,
  orFalse,
  orFunction,
  shape,
} from '../../contract/check.js';

/**
 * Limits the retries to a host, over all calls.
 * @public
 */
export interface RetryBudget {
  /**
   * Number of retries that the full budget holds.
   * @defaultValue 100 (as many as the AWS SDKs allow: capacity 500 at a cost of 5)
   */
  capacity?: number;
  /**
   * Retries that each successful call adds to the budget.
   * @defaultValue 0.2 (Envoy's default retry budget: 20 % of the calls)
   */
  perSuccess?: number;
  /**
   * Retries that each second adds to the budget, so that it also refills without calls.
   * @defaultValue 1 (ours)
   */
  perSec?: number;
}

/**
 * Options of the retry loop.
 * @public
 */
export interface RetryOptions {
  /**
   * Maximum number of attempts, including the first. Replays after a token refresh do not count.
   * @defaultValue 5 (`retryMax` of the vendor's Java and .NET SDKs)
   */
  maxAttempts?: number;
  /**
   * Maximum delay before the first retry, in ms. The maximum doubles with each further retry.
   * @defaultValue 500 (ours)
   */
  baseDelayMs?: number;
  /**
   * Upper limit of the delay, in ms.
   * @defaultValue 30,000 (`RetryMax` of the vendor's Terraform provider)
   */
  maxDelayMs?: number;
  /**
   * `full` picks each delay at random between 0 and its maximum; `none` waits the maximum.
   * @defaultValue 'full'; 'none' where `backoff` is given
   */
  jitter?: 'full' | 'none';
  /**
   * Maximum delays in ms: a list whose last entry repeats, or a function of the number of the retry, from 1. A delay of `Infinity`
   * gives up. The vendor's own delays are `backoff: [3_000, 9_000, 27_000]`.
   * @defaultValue exponential: `baseDelayMs * 2 ** (retry - 1)`, at most `maxDelayMs`
   */
  backoff?: readonly number[] | ((retry: number) => number);
  /**
   * Time in ms after the start of the call, after which no retry starts.
   * @defaultValue Infinity
   */
  maxElapsedMs?: number;
  /**
   * Longest wait in ms that the call accepts from the platform. With a longer one the call fails immediately with `retryAt`.
   * @defaultValue 180,000 (the limit in the vendor's .NET, Java, Go and CLI clients)
   */
  maxRetryAfterMs?: number;
  /**
   * Further statuses to retry if a repetition is safe, for example `[500]`.
   * @defaultValue none: 408, 429, 502, 503 and 504 are retried (the vendor calls 500 not transient)
   */
  statuses?: readonly number[];
  /**
   * Says whether a write with an unknown outcome was executed, and may supply the lost answer. After `false` the write is sent again.
   * After `undefined` or an error the outcome stays unknown.
   * @defaultValue none: the caller gets an `OutcomeUnknownError`
   */
  verify?: (write: UncertainWrite) => Promise<VerifyResult>;
  /**
   * Time limit of `verify` in ms. Without a result by then, the outcome stays unknown.
   * @defaultValue 30,000 (ours: that of `token.grantTimeoutMs`)
   */
  verifyTimeoutMs?: number;
  /**
   * Limits the retries to a host over all calls, so that an outage causes no retry storm. Retries after a 429 do not count, because
   * the gate delays them.
   * @defaultValue see {@link RetryBudget}
   */
  budget?: RetryBudget | false;
  /**
   * What to do if another layer already retries, such as axios-retry on the same instance: `defer` to it, or `replace` it.
   * @defaultValue 'defer' (two layers multiply: 3 times 4 attempts)
   */
  otherLayer?: 'defer' | 'replace';
}

/**
 * Name of a set of retry options.
 * @public
 */
export type RetryProfile = 'interactive' | 'batch';

/** Named sets of retry options. */
export const RETRY_PROFILES = {
  /** For calls whose result a person waits for: 5 attempts within 30 s. */
  interactive: { maxAttempts: 5, maxElapsedMs: 30_000, maxRetryAfterMs: 30_000, maxDelayMs: 5_000 },
  /** For background work: 20 attempts within 12 hours, with any Retry-After. */
  batch: { maxAttempts: 20, maxElapsedMs: 12 * 3_600_000, maxRetryAfterMs: Infinity, maxDelayMs: 300_000 },
} as const satisfies Record<RetryProfile, RetryOptions>;

const backoffCheck = orFunction<(retry: number) => number, readonly number[]>(list(nonNegative));

const budgetCheck = shape<RetryBudget>({
  capacity: nonNegative,
  perSuccess: nonNegative,
  perSec: nonNegative,
});

const retryShape = shape<RetryOptions>({
  maxAttempts: count,
  baseDelayMs: nonNegative,
  maxDelayMs: nonNegative,
  jitter: oneOf('full', 'none'),
  backoff: backoffCheck,
  maxElapsedMs: number({ min: 0, infinite: true }),
  maxRetryAfterMs: number({ min: 0, infinite: true }),
  statuses: list(number({ min: 400, max: 599, integer: true })),
  verify: callable<(write: UncertainWrite) => Promise<VerifyResult>>(),
  verifyTimeoutMs: positive,
  budget: orFalse(budgetCheck),
  otherLayer: oneOf('defer', 'replace'),
});

/** Checks retry options. The name of a profile becomes its options. */
export const checkRetry: Check<RetryOptions> = (value, key, also = '') =>
  typeof value === 'string' && Object.hasOwn(RETRY_PROFILES, value)
    ? { ...RETRY_PROFILES[value as RetryProfile] }
    : retryShape(value, key, `${also}'interactive' or 'batch' or `);

/** Default options of the retry loop. */
export const RETRY_DEFAULTS = {
  maxAttempts: 5,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  maxElapsedMs: Infinity,
  maxRetryAfterMs: 180_000,
  statuses: [],
  verifyTimeoutMs: 30_000,
  budget: { capacity: 100, perSuccess: 0.2, perSec: 1 },
  otherLayer: 'defer',
} as const satisfies RetryOptions;

/** Retry options with their defaults. */
export type ResolvedRetry = RetryOptions & Required<Omit<RetryOptions, 'backoff' | 'jitter' | 'verify'>>;
