import type { Doubt } from '../../contract/call.js';
import { callable, type Check, either, list, number, oneOf, orFalse, shape } from '../../contract/check.js';

/** How many retries a host may cost, over all calls. */
export interface RetryBudget {
  /**
   * Retries that may be spent at once.
   * @defaultValue 100 (as many as the AWS SDKs allow: capacity 500 at a cost of 5)
   */
  capacity?: number;
  /**
   * What each answered call gives back.
   * @defaultValue 0.2 (Envoy's default retry budget: 20 % of the calls)
   */
  perSuccess?: number;
  /**
   * What each second gives back, so that a quiet line recovers too.
   * @defaultValue 1 (ours)
   */
  perSec?: number;
}

/** Options of the retry loop. */
export interface RetryOptions {
  /**
   * Attempts in all, the first included; replays after a token refresh are not counted.
   * @defaultValue 5 (`retryMax` of the vendor's Java and .NET SDKs)
   */
  maxAttempts?: number;
  /**
   * Delay before the first retry at most, in ms; doubles with each.
   * @defaultValue 500 (ours)
   */
  baseDelayMs?: number;
  /**
   * Upper bound of the delay, in ms.
   * @defaultValue 30,000 (`RetryMax` of the vendor's Terraform provider)
   */
  maxDelayMs?: number;
  /**
   * `full` picks each delay at random between 0 and its bound; `none` waits the bound.
   * @defaultValue 'full'; 'none' where `backoff` is given
   */
  jitter?: 'full' | 'none';
  /**
   * The bounds themselves, in ms: a list (the last one repeats) or a function of the number of the retry, from 1.
   * `backoff: [3_000, 9_000, 27_000]` is the vendor's own ladder. `Infinity` gives up.
   * @defaultValue exponential: `baseDelayMs * 2 ** (retry - 1)`, at most `maxDelayMs`
   */
  backoff?: readonly number[] | ((retry: number) => number);
  /**
   * No retry begins later than this after the call began, in ms.
   * @defaultValue Infinity
   */
  maxElapsedMs?: number;
  /**
   * A platform that asks to wait for longer than this, in ms, is not waited for: the call fails at once with `retryAt`.
   * @defaultValue 180,000 (the bound in the vendor's .NET, Java, Go and CLI clients)
   */
  maxRetryAfterMs?: number;
  /**
   * Further statuses to retry where repeating is safe, for example `[500]`.
   * @defaultValue none: 408, 429, 502, 503 and 504 are retried (500 is named not transient by the vendor)
   */
  statuses?: readonly number[];
  /**
   * Asked after an unknown outcome of a write: was it executed? `false` makes it safe to send again; `undefined`, or an
   * error, leaves it unknown.
   * @defaultValue none: the caller gets an `OutcomeUnknownError`
   */
  verify?: (doubt: Doubt) => Promise<boolean | undefined>;
  /**
   * Bounds retries over all calls to a host, so that an outage is not met with a storm. 429s do not count: they wait at a gate.
   * @defaultValue see {@link RetryBudget}
   */
  budget?: RetryBudget | false;
  /**
   * What to do where another layer retries already (axios-retry on the same instance): `defer` to it, or `replace` it.
   * @defaultValue 'defer' (both together multiply: 3 times 4 attempts)
   */
  otherLayer?: 'defer' | 'replace';
}

/** The named profiles. */
export const RETRY_PROFILES = {
  /** Somebody is waiting: 5 attempts within 30 s. */
  interactive: { maxAttempts: 5, maxElapsedMs: 30_000, maxRetryAfterMs: 30_000, maxDelayMs: 5_000 },
  /** Nobody is waiting: 20 attempts within 12 hours, and any Retry-After is waited for. */
  batch: { maxAttempts: 20, maxElapsedMs: 12 * 3_600_000, maxRetryAfterMs: Infinity, maxDelayMs: 300_000 },
} as const satisfies Record<string, RetryOptions>;

export type RetryProfile = keyof typeof RETRY_PROFILES;

const backoffCheck: Check<readonly number[] | ((retry: number) => number)> = either(
  callable<(retry: number) => number>(),
  list(number({ min: 0 })),
  (value) => typeof value === 'function',
);

const budgetCheck = shape<RetryBudget>({
  capacity: number({ min: 0 }),
  perSuccess: number({ min: 0 }),
  perSec: number({ min: 0 }),
});

const retryShape = shape<RetryOptions>({
  maxAttempts: number({ min: 1, integer: true }),
  baseDelayMs: number({ min: 0 }),
  maxDelayMs: number({ min: 0 }),
  jitter: oneOf('full', 'none'),
  backoff: backoffCheck,
  maxElapsedMs: number({ min: 0, infinite: true }),
  maxRetryAfterMs: number({ min: 0, infinite: true }),
  statuses: list(number({ min: 400, max: 599, integer: true })),
  verify: callable<(doubt: Doubt) => Promise<boolean | undefined>>(),
  budget: orFalse(budgetCheck),
  otherLayer: oneOf('defer', 'replace'),
});

const profileCheck = oneOf('interactive', 'batch');

/** Checks retry options; a profile becomes its options. */
export const checkRetry: Check<RetryOptions> = (value, key) =>
  typeof value === 'string' ? { ...RETRY_PROFILES[profileCheck(value, key)] } : retryShape(value, key);

/** Options in force where the user gave none. */
export const RETRY_DEFAULTS = {
  maxAttempts: 5,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  maxElapsedMs: Infinity,
  maxRetryAfterMs: 180_000,
  statuses: [],
  budget: { capacity: 100, perSuccess: 0.2, perSec: 1 },
  otherLayer: 'defer',
} as const satisfies RetryOptions;

/** Retry options with their defaults. */
export type ResolvedRetry = RetryOptions & Required<Omit<RetryOptions, 'backoff' | 'jitter' | 'verify'>>;
