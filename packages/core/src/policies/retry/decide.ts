import type { Outcome } from '../../contract/outcome.js';
import type { ResolvedRetry } from './options.js';

/** What a retry decision depends on besides the outcome. */
export interface RetryContext {
  /** Attempts made so far. */
  readonly attempts: number;
  /** Milliseconds since the call began. */
  readonly elapsedMs: number;
  /** Milliseconds until the deadline. */
  readonly remainingMs: number;
  /** Whether sending it twice has the effect of sending it once. */
  readonly repeatable: boolean;
  /** Whether the body can be sent again. */
  readonly replayable: boolean;
  /** Milliseconds the platform asks to wait, where it does. */
  readonly retryAfterMs: number | undefined;
  /** Whether the governor holds the next attempt back itself. */
  readonly gated: boolean;
  /** A number in [0, 1). */
  readonly chance: number;
}

/** Why no further attempt is made. */
export type GiveUpReason =
  | 'answered'
  | 'cancelled'
  | 'local failure'
  | 'not repeatable'
  | 'body cannot be sent twice'
  | 'attempts used up'
  | 'time used up'
  | 'Retry-After too long'
  | 'retry budget used up';

/** What to do after an attempt. */
export type RetryDecision = { after: number } | { giveUp: GiveUpReason };

/** Upper bound of the delay before the `retry`th retry, in ms. */
function bound(options: ResolvedRetry, retry: number): number {
  const { backoff, baseDelayMs, maxDelayMs } = options;
  if (typeof backoff === 'function') {
    const ms = said(backoff, retry);
    if (ms >= 0) return ms;
  } else if (backoff && backoff.length > 0) return backoff[Math.min(retry, backoff.length) - 1] as number;
  return Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(retry - 1, 52));
}

/** What a backoff function says; NaN where that is no delay: a fault in it must not become a hot loop, or lose the answer. */
function said(backoff: (retry: number) => number, retry: number): number {
  try {
    const ms: unknown = backoff(retry);
    return typeof ms === 'number' ? ms : NaN;
  } catch {
    return NaN;
  }
}

/** Decides, from what is known and nothing else, whether and when another attempt is made. */
export function decideRetry(outcome: Outcome, context: RetryContext, options: ResolvedRetry): RetryDecision {
  const { kind, status } = outcome;
  if (kind === 'cancelled') return { giveUp: 'cancelled' };
  if (kind === 'local') return { giveUp: 'local failure' };
  const listed = status !== undefined && options.statuses.includes(status);
  const retryable = kind === 'refused' || kind === 'not-sent' || kind === 'unknown' || listed;
  if (!retryable) return { giveUp: 'answered' };
  // Refused and unsent requests were not executed; of all others only the repeatable may go again.
  const safe = kind === 'refused' || kind === 'not-sent' || context.repeatable;
  if (!safe) return { giveUp: 'not repeatable' };
  if (!context.replayable) return { giveUp: 'body cannot be sent twice' };
  if (context.attempts >= options.maxAttempts) return { giveUp: 'attempts used up' };
  const asked = context.retryAfterMs;
  if (asked !== undefined && asked > options.maxRetryAfterMs) return { giveUp: 'Retry-After too long' };
  const jitter = options.jitter ?? (options.backoff ? 'none' : 'full');
  const limit = bound(options, context.attempts);
  const backoff = jitter === 'full' ? context.chance * limit : limit;
  // Behind a gate the governor waits; never earlier than the platform said.
  const wait = asked === undefined ? backoff : Math.max(asked, context.gated ? 0 : backoff);
  if (wait === Infinity || wait > context.remainingMs || context.elapsedMs + wait > options.maxElapsedMs)
    return { giveUp: 'time used up' };
  return { after: context.gated ? 0 : wait };
}
