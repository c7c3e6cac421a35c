import type { GiveUpReason } from '../../contract/events.js';
import type { Outcome } from '../../contract/outcome.js';
import type { ResolvedRetry, RetryOptions } from './options.js';

/** Inputs of a retry decision besides the outcome. */
export interface RetryContext {
  /** Attempts made so far. */
  readonly attempts: number;
  /** Milliseconds since the call began. */
  readonly elapsedMs: number;
  /** Milliseconds until the deadline. */
  readonly remainingMs: number;
  /** Whether two executions of the request have the effect of one. */
  readonly repeatable: boolean;
  /** Whether the platform refused a repetition because of its version, after an attempt that may have been executed. */
  readonly isConflict: boolean;
  /** Whether the body can be sent again. */
  readonly replayable: boolean;
  /** Milliseconds that the platform asks the client to wait; undefined: the platform names no wait. */
  readonly retryAfterMs: number | undefined;
  /** Whether a closed gate of the governor already delays the next attempt. */
  readonly gated: boolean;
  /** A random number in [0, 1) for the jitter. */
  readonly chance: number;
}

/** The decision after an attempt: retry after so many ms, or give up. `answered`: the platform has decided. */
export type RetryDecision = { after: number } | { giveUp: GiveUpReason | 'answered' };

/**
 * The options of the delay before a retry.
 * @internal
 */
export type DelayOptions = Pick<RetryOptions, 'backoff' | 'jitter'> &
  Required<Pick<RetryOptions, 'baseDelayMs' | 'maxDelayMs'>>;

/**
 * The delay before the `retry`th retry, in ms. `chance` is a random number in [0, 1) for the jitter.
 * @internal
 */
export function retryDelay(options: DelayOptions, retry: number, chance: number): number {
  const limit = maxDelay(options, retry);
  return (options.jitter ?? (options.backoff ? 'none' : 'full')) === 'full' ? chance * limit : limit;
}

/** Upper bound of the delay before the `retry`th retry, in ms. */
function maxDelay(options: DelayOptions, retry: number): number {
  const { backoff, baseDelayMs, maxDelayMs } = options;
  if (typeof backoff === 'function') {
    const ms = callBackoff(backoff, retry);
    if (ms >= 0) return ms;
  } else if (backoff && backoff.length > 0) return backoff[Math.min(retry, backoff.length) - 1] as number;
  return Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(retry - 1, 52));
}

/** Calls a backoff function. An error or an invalid delay gives NaN, so that a faulty function causes no hot loop and loses no answer. */
function callBackoff(backoff: (retry: number) => number, retry: number): number {
  try {
    const ms: unknown = backoff(retry);
    return typeof ms === 'number' ? ms : NaN;
  } catch {
    return NaN;
  }
}

/** Decides whether and when to make another attempt. The result depends only on the arguments. */
export function decideRetry(outcome: Outcome, context: RetryContext, options: ResolvedRetry): RetryDecision {
  const { kind, status } = outcome;
  if (kind === 'cancelled') return { giveUp: 'cancelled' };
  if (kind === 'local') return { giveUp: 'local failure' };
  if (context.isConflict) return { giveUp: 'probably executed' };
  const listed = status !== undefined && options.statuses.includes(status);
  const retryable = kind === 'refused' || kind === 'not-sent' || kind === 'unknown' || listed;
  if (!retryable) return { giveUp: 'answered' };
  // The platform has not executed refused and unsent requests. All other requests must be repeatable.
  const safe = kind === 'refused' || kind === 'not-sent' || context.repeatable;
  if (!safe) return { giveUp: 'not repeatable' };
  if (!context.replayable) return { giveUp: 'body cannot be sent twice' };
  if (context.attempts >= options.maxAttempts) return { giveUp: 'attempts used up' };
  const requestedMs = context.retryAfterMs;
  if (requestedMs !== undefined && requestedMs > options.maxRetryAfterMs) return { giveUp: 'Retry-After too long' };
  const backoff = retryDelay(options, context.attempts, context.chance);
  // Behind a closed gate the governor waits. The attempt never starts before the time that the platform named.
  const wait = requestedMs === undefined ? backoff : Math.max(requestedMs, context.gated ? 0 : backoff);
  if (wait === Infinity || wait > context.remainingMs || context.elapsedMs + wait > options.maxElapsedMs)
    return { giveUp: 'time used up' };
  return { after: context.gated ? 0 : wait };
}

/**
 * Whether an answer says that the version of the entity differs from the version in the request. After an attempt with an unknown outcome,
 * that attempt has probably changed the version.
 *
 * @param text - Body of a 400, which alone tells a version conflict from other errors.
 */
export function isVersionConflict(status: number | undefined, text: string): boolean {
  return status === 409 || status === 412 || (status === 400 && /does not match the current version/i.test(text));
}
