import { isRefusedByClient } from './network-failure.js';

/**
 * Reads one header by its lower-case name.
 * @public
 */
export type ReadHeader = (name: string) => string | undefined;

/**
 * The class of an outcome. Policies decide by the class, not by the method alone.
 *
 * - `ok`: answered, 2xx or 3xx.
 * - `rejected`: answered, and another attempt would get the same answer (4xx, and 5xx that mean a fault in the request).
 * - `unauthorized`: 401.
 * - `refused`: 429, or 503 with Retry-After. The platform executed nothing.
 * - `not-sent`: the request never reached the platform (connection refused, name not found, TLS handshake failed).
 * - `local`: the body, the request or the client of the caller failed. The failure says nothing about the platform.
 * - `unknown`: reset, timeout, 408, 502, 503, 504. The platform may or may not have executed the request.
 * - `cancelled`: the caller cancelled the call.
 * @public
 */
export type OutcomeClass =
  'ok' | 'rejected' | 'unauthorized' | 'refused' | 'not-sent' | 'local' | 'unknown' | 'cancelled';

const noHeaders: ReadHeader = () => undefined;

/**
 * The outcome of one attempt: the native result or error, and its properties for the policies.
 * @public
 */
export class Outcome {
  /** End of the gate that the refusal closed, monotonic ms. The governor sets it. */
  gatedUntil: number | undefined = undefined;
  /** Milliseconds that the refusal requests to wait. The governor sets it together with `gatedUntil`. */
  requestedMs: number | undefined = undefined;
  /** Whether the gate was already closed when the refusal arrived. The attempt left before that, so it tells nothing new. */
  isLate = false;
  /** Whether no part of the request reached the platform. Its permits are then free again. */
  isUnsent = false;
  /** Whether the platform refused because of a limit: a 429, or an answer of which the adapter knows that it says the same. */
  isThrottled: boolean;

  constructor(
    readonly kind: OutcomeClass,
    /** The native response, or the native error. */
    readonly value: unknown,
    /** Whether `value` is thrown to the caller. */
    readonly threw: boolean,
    readonly status: number | undefined,
    readonly header: ReadHeader,
    /** Name of the quota that refused, if the body of the answer has it. */
    readonly limitKey: string | undefined,
    /** Milliseconds to wait according to the body, for answers without `Retry-After`. */
    readonly bodyRetryAfterMs: number | undefined,
  ) {
    this.isThrottled = kind === 'refused' && status === 429;
  }
}

/**
 * Facts in the body of a 429.
 * @public
 */
export interface Refusal {
  /** Name of the quota that refused. */
  limitKey?: string | undefined;
  /** Milliseconds to wait, for answers without a header that names them. */
  retryAfterMs?: number | undefined;
}

/**
 * Reads the body of a 429 in the format of one vendor.
 * @public
 */
export type ReadRefusal = (body: string) => Refusal;

/**
 * Facts about an answer that an adapter reads from the native object.
 * @public
 */
export interface Answer extends Refusal {
  status: number;
  header: ReadHeader;
  /** Whether the client throws this answer instead of returning it (axios does, fetch does not). */
  threw?: boolean;
  /**
   * The class of the answer, for a platform that does not express it by the status.
   *
   * - `refused`: the answer means what a 429 means. AWS may send it as a 400 with the code `ThrottlingException`.
   * - `not-sent`: the platform executed nothing, and another attempt may succeed, such as after a wrong signature date.
   * - `unknown`: the platform may or may not have executed the request.
   * - `rejected`: another attempt gets the same answer, such as a 429 for a number of resources and not for a rate.
   * @defaultValue by the status
   */
  kind?: 'refused' | 'not-sent' | 'unknown' | 'rejected' | undefined;
}

function classify(status: number, header: ReadHeader): OutcomeClass {
  if (status < 400) return 'ok';
  switch (status) {
    case 401:
      return 'unauthorized';
    case 429:
      return 'refused';
    case 503:
      return header('retry-after') === undefined ? 'unknown' : 'refused';
    case 408:
    case 502:
    case 504:
      return 'unknown';
    default:
      return 'rejected';
  }
}

/**
 * Makes the outcome of an attempt that the platform answered. `value` is the native response or error.
 * @public
 */
export function answered(value: unknown, answer: Answer): Outcome {
  const kind = answer.kind ?? classify(answer.status, answer.header);
  const outcome = new Outcome(
    kind,
    value,
    answer.threw ?? false,
    answer.status,
    answer.header,
    answer.limitKey,
    answer.retryAfterMs,
  );
  if (answer.kind === 'refused') outcome.isThrottled = true;
  return outcome;
}

/**
 * Makes the outcome of an attempt that ended without an answer.
 *
 * @param isUnsent - Whether certainly nothing was sent. By default true for `not-sent`, and for a `local` failure of a request that
 *   the client refused before sending.
 * @public
 */
export function failed(
  error: unknown,
  kind: 'not-sent' | 'local' | 'unknown' | 'cancelled' | 'rejected',
  isUnsent: boolean = kind === 'not-sent' || (kind === 'local' && isRefusedByClient(error)),
): Outcome {
  const outcome = new Outcome(kind, error, true, undefined, noHeaders, undefined, undefined);
  outcome.isUnsent = isUnsent;
  return outcome;
}

/** Classes whose attempt the line would repeat, because the platform executed nothing. */
const UNEXECUTED: ReadonlySet<OutcomeClass> = new Set<OutcomeClass>(['refused', 'unauthorized', 'not-sent']);

/**
 * For adapters whose client follows redirects: the outcome of a write that a redirect turned into a GET. The platform answered the write
 * then, so a refusal or a failure of the GET says nothing about it. The class is `unknown` where the line would repeat the write.
 *
 * @param outcome - The outcome of the GET, as `answered` or `failed` made it.
 * @example
 * ```ts
 * import { answered, answeredByRedirect, type Outcome } from '@holdline/core';
 *
 * export function outcomeOf(response: Response, isWrite: boolean): Outcome {
 *   const { status, headers, redirected } = response;
 *   const outcome = answered(response, { status, header: (name) => headers.get(name) ?? undefined });
 *   return isWrite && redirected ? answeredByRedirect(outcome) : outcome;
 * }
 * ```
 * @public
 */
export function answeredByRedirect(outcome: Outcome): Outcome {
  const { kind, value, threw, status, header, limitKey, bodyRetryAfterMs } = outcome;
  return UNEXECUTED.has(kind)
    ? new Outcome('unknown', value, threw, status, header, limitKey, bodyRetryAfterMs)
    : outcome;
}
