import type { Call } from '../../call/call.js';
import { type HoldlineErrorCode, isHoldlineError } from '../../contract/errors.js';
import type { Outcome } from '../../contract/outcome.js';

/** Errors of ours that say that a call was given up. The others say that it was wrong. */
const GIVEN_UP: ReadonlySet<HoldlineErrorCode> = new Set<HoldlineErrorCode>([
  'HOLDLINE_CIRCUIT_OPEN',
  'HOLDLINE_OUTCOME_UNKNOWN',
  'HOLDLINE_DEADLINE',
  'HOLDLINE_THROTTLED',
  'HOLDLINE_QUEUE_FULL',
  'HOLDLINE_TOKEN_REFRESH',
  'HOLDLINE_STORE_LOST',
  'HOLDLINE_ENGINE',
  'HOLDLINE_CLOSED',
]);

/**
 * Why the outcome of a call means that it was given up; undefined where it was answered, or nobody wants it any more.
 *
 * | how it ended | kept |
 * |---|---|
 * | 2xx, 3xx | no: answered |
 * | 4xx, 5xx that the route's `retry.statuses` does not list | no: the platform decided |
 * | a status listed there, when the retries are used up | yes |
 * | 429, 503 with Retry-After, when no further attempt is made | yes: nothing was executed |
 * | connection refused, name not found | yes: nothing was sent |
 * | the caller's own failure: its body broke, its request is none | no: it would be as wrong again |
 * | reset, timeout, 408, 502, 503, 504, `OutcomeUnknownError` | yes: it may have been executed |
 * | `verify` says that it was executed | no: it is done |
 * | deadline, circuit open, throttled, queue full or shed, no token, store lost, engine failed, line closed | yes |
 * | given up by the caller before anything was sent | no: nobody wants it |
 * | given up by the caller with an attempt on the wire, or after one of which nobody knows | yes: it may have been executed |
 * | wrong configuration, key used for another payload | no: it would be as wrong again |
 * | owned by another retry layer, or joined to the same call under way | no: that one decides |
 */
export function reasonOfOutcome(call: Call, { kind, status }: Outcome): string | undefined {
  const { retry } = call.route.policies;
  switch (kind) {
    case 'refused':
    case 'not-sent':
    case 'unknown':
      break;
    case 'cancelled':
      return doubtful(call);
    case 'rejected':
      if (status === undefined || retry === false || !retry.statuses.includes(status)) return undefined;
      break;
    default:
      return undefined;
  }
  return status === undefined ? kind : `${kind} ${status}`;
}

/** The same for what a call was ended with on its way. */
export function reasonOfError(call: Call, error: unknown): string | undefined {
  if (!isHoldlineError(error)) return doubtful(call);
  return GIVEN_UP.has(error.code) ? error.code : undefined;
}

function doubtful({ info }: Call): string | undefined {
  return info.mayBeExecuted ? 'cancelled' : undefined;
}
