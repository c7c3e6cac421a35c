import type { ActiveCall } from '../../call/call.js';
import type { LetterPolicies } from '../../contract/dead-letters.js';
import { type HoldlineErrorCode, isHoldlineError } from '../../contract/errors.js';
import type { Outcome } from '../../contract/outcome.js';

/** Codes of errors after which a call is kept. All other codes mean that the call itself was wrong. */
const KEPT_CODES: ReadonlySet<HoldlineErrorCode> = new Set<HoldlineErrorCode>([
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
 * Returns the reason to keep a call after this outcome. Undefined: the call was answered, or the caller no longer needs it.
 *
 * | end of the call | kept |
 * |---|---|
 * | 2xx, 3xx | no: answered |
 * | 4xx, 5xx that `retry.statuses` of the route does not list | no: the platform decided |
 * | a listed status after the last retry | yes |
 * | 429, 503 with Retry-After, without a further attempt | yes: not executed |
 * | connection refused, name not found | yes: not sent |
 * | failure of the caller: a broken body, an invalid request | no: a replay would fail too |
 * | reset, timeout, 408, 502, 503, 504, `OutcomeUnknownError` | yes: it may have been executed |
 * | `verify` returned true | no: it was executed |
 * | deadline, circuit open, throttled, queue full or shed, no token, store lost, engine failed, line closed | yes |
 * | cancelled by the caller before an attempt | no: the caller no longer needs it |
 * | cancelled by the caller during an attempt, or after one with an unknown outcome | yes: it may have been executed |
 * | invalid configuration, key used for another payload | no: a replay would fail too |
 * | owned by another retry layer, or joined to the same call in flight | no: that layer or call decides |
 */
export function reasonForOutcome(
  call: ActiveCall,
  { kind, status }: Outcome,
  retry: LetterPolicies['retry'],
): string | undefined {
  switch (kind) {
    case 'refused':
    case 'not-sent':
    case 'unknown':
      break;
    case 'cancelled':
      return reasonForCancelled(call);
    case 'rejected':
      if (status === undefined || retry === false || !retry.statuses.includes(status)) return undefined;
      break;
    default:
      return undefined;
  }
  return status === undefined ? kind : `${kind} ${status}`;
}

/** Returns the reason to keep a call that ended with an error. Undefined: the call is not kept. */
export function reasonForError(call: ActiveCall, error: unknown): string | undefined {
  if (!isHoldlineError(error)) return reasonForCancelled(call);
  return KEPT_CODES.has(error.code) ? error.code : undefined;
}

function reasonForCancelled({ info }: ActiveCall): string | undefined {
  return info.mayBeExecuted ? 'cancelled' : undefined;
}
