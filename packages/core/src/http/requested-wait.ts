import type { Clock } from '../contract/clock.js';
import type { ReadHeader } from '../contract/outcome.js';
import { type RequestedWait, type QuotaHeaders, readQuotaReset } from './quota-headers.js';
import { parseRetryAfter } from './retry-after.js';

/** Maximal wait after a refusal that names no time, ms. */
const MAX_GUESS_MS = 60_000;

/** The parts of a refusal that may name a wait. */
export interface Refused {
  readonly status: number | undefined;
  readonly header: ReadHeader;
  /** Milliseconds that the body requests. */
  readonly bodyRetryAfterMs: number | undefined;
}

/**
 * Reads the wait that a refusal requests: from `Retry-After`, else from its body, else, for a 429, from the reset of its quota headers.
 * Undefined if it names no time, or zero.
 *
 * @param names - Quota headers of the platform, in addition to the known dialects. False ignores quota headers.
 */
export function readRequestedWait(
  { status, header, bodyRetryAfterMs }: Refused,
  clock: Pick<Clock, 'wall'>,
  names?: QuotaHeaders | false,
): RequestedWait | undefined {
  const ms = parseRetryAfter(header, clock.wall());
  if (ms !== undefined) return { ms, roundedMs: roundingOf(header('retry-after') as string) };
  if (bodyRetryAfterMs !== undefined && bodyRetryAfterMs > 0) return { ms: bodyRetryAfterMs, roundedMs: 1_000 };
  return status === 429 && names !== false ? readQuotaReset(header, clock, names) : undefined;
}

/**
 * How long a gate stays closed after a refusal, in ms. The gate obeys a requested wait. Without one, the wait doubles with each
 * consecutive refusal. A requested wait below one round trip is obeyed once; after further refusals the wait doubles too.
 *
 * @param askedMs - Wait that the refusal requests.
 * @param refusals - Number of consecutive refusals before this one.
 */
export function gateWaitMs(
  askedMs: number | undefined,
  roundTripMs: number,
  refusals: number,
  guessMs: number,
): number {
  const grown = (times: number): number => Math.min(MAX_GUESS_MS, guessMs * 2 ** Math.min(times, 10));
  if (askedMs === undefined) return grown(refusals);
  if (askedMs >= roundTripMs || refusals === 0) return askedMs;
  return Math.max(askedMs, grown(refusals - 1));
}

/** The rounding error of a `Retry-After`, which most platforms send in whole seconds. */
function roundingOf(retryAfter: string): number {
  if (retryAfter.includes('.')) return 0;
  // Both this date and the `Date` header are truncated to seconds.
  return /\D/.test(retryAfter.trim()) ? 2_000 : 1_000;
}
