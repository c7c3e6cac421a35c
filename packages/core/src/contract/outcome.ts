import { isRefusedByClient } from './network-failure.js';

/** Reads one header by its lower-case name. */
export type ReadHeader = (name: string) => string | undefined;

/**
 * What an attempt came to. The class decides what may be done next, not the method alone.
 *
 * - `ok`: answered, 2xx or 3xx.
 * - `rejected`: answered, and would be answered the same way again (4xx, and 5xx that mean a fault in the request).
 * - `unauthorized`: 401.
 * - `refused`: 429, or 503 with Retry-After. Nothing was executed.
 * - `not-sent`: the request never reached the platform (connection refused, name not found, TLS handshake failed).
 * - `local`: the caller's own part failed: its body, its request, its client. Says nothing about the platform.
 * - `unknown`: reset, timeout, 408, 502, 503, 504: it may or may not have been executed.
 * - `cancelled`: the caller gave up.
 */
export type OutcomeClass =
  'ok' | 'rejected' | 'unauthorized' | 'refused' | 'not-sent' | 'local' | 'unknown' | 'cancelled';

const noHeaders: ReadHeader = () => undefined;

/** The end of one attempt: the native result or error, and what the policies need to know of it. */
export class Outcome {
  /** Until when the governor holds back the scope that was refused, in monotonic ms; set by the governor. */
  gatedUntil: number | undefined = undefined;
  /** Milliseconds that a refusal asks to wait, as the governor read them; where `gatedUntil` is set. */
  askedMs: number | undefined = undefined;
  /** Whether the gate was closed already when it arrived: sent before it was known, it tells nothing new. */
  isLate = false;
  /** Whether nothing of the request reached the platform. Its permits are free again. */
  isUnsent = false;

  constructor(
    readonly kind: OutcomeClass,
    /** The native response, or the native error. */
    readonly value: unknown,
    /** Whether `value` is thrown to the caller. */
    readonly threw: boolean,
    readonly status: number | undefined,
    readonly header: ReadHeader,
    /** Name of the quota that refused, if the platform's body says so. */
    readonly limitKey: string | undefined,
    /** Milliseconds to wait that the body asks for, where the header does not. */
    readonly bodyRetryAfterMs: number | undefined,
  ) {}
}

/** What the body of a 429 tells. */
export interface Refusal {
  /** Name of the quota that refused. */
  limitKey?: string | undefined;
  /** Milliseconds to wait, where no header says so. */
  retryAfterMs?: number | undefined;
}

/** Looks for a vendor's words in the text of a 429. */
export type ReadRefusal = (body: string) => Refusal;

/** What an adapter knows of an answer besides the native object. */
export interface Answer extends Refusal {
  status: number;
  header: ReadHeader;
  /** Whether the client throws this answer instead of returning it (axios does, fetch does not). */
  threw?: boolean;
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

/** The outcome of an attempt that the platform answered, with `value` the native response or error. */
export function answered(value: unknown, answer: Answer): Outcome {
  const kind = classify(answer.status, answer.header);
  return new Outcome(
    kind,
    value,
    answer.threw ?? false,
    answer.status,
    answer.header,
    answer.limitKey,
    answer.retryAfterMs,
  );
}

/**
 * The outcome of an attempt that ended without an answer.
 *
 * @param isUnsent Whether it is certain that nothing was sent. Left out: `not-sent`, and what a client refuses beforehand.
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
