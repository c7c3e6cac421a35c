import type { Clock } from '../contract/clock.js';
import type { ReadHeader } from '../contract/outcome.js';
import { type AskedWait, type QuotaHeaders, readQuotaReset } from './quota-headers.js';
import { parseRetryAfter } from './retry-after.js';

/** Longest wait that is guessed, ms. */
const LONGEST_GUESS_MS = 60_000;

/** What is read of a refusal to find out how long it asks to wait. */
export interface Refused {
  readonly status: number | undefined;
  readonly header: ReadHeader;
  /** Milliseconds that the body asks for. */
  readonly bodyRetryAfterMs: number | undefined;
}

/**
 * How long a refusal asks to wait: by `Retry-After`, else by its body, else, where it is a 429, by the reset of its quota headers.
 * Undefined where it names no time, or only zero.
 *
 * @param names The platform's own quota headers, besides the dialects that are known; false: quota headers are not read.
 */
export function readAskedWait(
  { status, header, bodyRetryAfterMs }: Refused,
  clock: Pick<Clock, 'wall'>,
  names?: QuotaHeaders | false,
): AskedWait | undefined {
  const ms = parseRetryAfter(header, clock.wall());
  if (ms !== undefined) return { ms, roundedMs: roundingOf(header('retry-after') as string) };
  if (bodyRetryAfterMs !== undefined && bodyRetryAfterMs > 0) return { ms: bodyRetryAfterMs, roundedMs: 1_000 };
  return status === 429 && names !== false ? readQuotaReset(header, clock, names) : undefined;
}

/**
 * For how long a scope stays closed after a refusal, in ms. What is asked for is obeyed. Where nothing is, the guess doubles with
 * each refusal in a row. Less than a round trip is believed once, and then grows like a guess.
 *
 * @param askedMs What the refusal asks for.
 * @param refusals How often it was refused in a row before.
 */
export function gateWait(askedMs: number | undefined, roundTripMs: number, refusals: number, guessMs: number): number {
  const grown = (times: number): number => Math.min(LONGEST_GUESS_MS, guessMs * 2 ** Math.min(times, 10));
  if (askedMs === undefined) return grown(refusals);
  if (askedMs >= roundTripMs || refusals === 0) return askedMs;
  return Math.max(askedMs, grown(refusals - 1));
}

/** By how much a Retry-After may be later than the moment it stands for: it mostly comes in whole seconds. */
function roundingOf(retryAfter: string): number {
  if (retryAfter.includes('.')) return 0;
  // A date is cut to seconds twice: itself, and the Date it is compared with.
  return /\D/.test(retryAfter.trim()) ? 2_000 : 1_000;
}
