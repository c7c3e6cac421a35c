import { readSafely, readText } from './safe-read.js';

/** What went wrong, as a stable string. */
export type HoldlineErrorCode =
  | 'HOLDLINE_CONFIG'
  | 'HOLDLINE_CIRCUIT_OPEN'
  | 'HOLDLINE_OUTCOME_UNKNOWN'
  | 'HOLDLINE_DEADLINE'
  | 'HOLDLINE_ATTEMPT_TIMEOUT'
  | 'HOLDLINE_THROTTLED'
  | 'HOLDLINE_QUEUE_FULL'
  | 'HOLDLINE_TOKEN_REFRESH'
  | 'HOLDLINE_IDEMPOTENCY_CONFLICT'
  | 'HOLDLINE_NOT_SENT'
  | 'HOLDLINE_CHUNK'
  | 'HOLDLINE_STORE_LOST'
  | 'HOLDLINE_ENGINE'
  | 'HOLDLINE_CLOSED';

/** What a {@link HoldlineError} tells besides its message. */
export interface HoldlineErrorDetails {
  /** Route pattern of the call. */
  route?: string | undefined;
  /** Wall time in ms before which trying again is useless. */
  retryAt?: number | undefined;
  /** Attempts made on the wire. */
  attempts?: number | undefined;
  /** Milliseconds the call waited in queues, gates and retry delays. */
  waitedMs?: number | undefined;
  /**
   * What led to it. Reduced to name, message, code and status, as are its own causes down to the root: a native error carries
   * headers and bodies.
   */
  cause?: unknown;
  /** What the platform answered, as the client hands it out. */
  response?: unknown;
}

// Read by isHoldlineError, so that errors of a second copy of this package are known too.
const BRAND = Symbol.for('@holdline/error');

/**
 * Base of every error that Holdline itself raises. Errors of the platform and of the SDK reach the caller as they are.
 *
 * Safe to log: it holds no token, header or body.
 */
export class HoldlineError extends Error {
  override readonly name: string = 'HoldlineError';
  readonly code: HoldlineErrorCode;
  readonly route: string | undefined;
  readonly retryAt: number | undefined;
  readonly attempts: number;
  readonly waitedMs: number;
  // Private, so that nobody prints what the platform answered without asking for it.
  readonly #response: unknown;

  constructor(code: HoldlineErrorCode, message: string, details: HoldlineErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: plainError(details.cause, details.response) });
    this.#response = details.response;
    this.code = code;
    this.route = details.route;
    this.retryAt = details.retryAt;
    this.attempts = details.attempts ?? 0;
    this.waitedMs = details.waitedMs ?? 0;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /**
   * What the platform answered, where this error stands in the place of an answer: with `OutcomeUnknownError` after a 408, 502,
   * 503 or 504, and undefined otherwise. A fetch gives its `Response`; axios an object with `status`, `statusText`, `headers`
   * and `data`. Loggers, `JSON.stringify` and `structuredClone` do not show it.
   */
  get response(): unknown {
    return this.#response;
  }
}

/** A configuration that cannot work. Names the key, the value and what is allowed. */
export class ConfigError extends HoldlineError {
  override readonly name = 'ConfigError';
  constructor(message: string) {
    super('HOLDLINE_CONFIG', message);
  }
}

/** The circuit breaker of this route is open, so nothing was sent. `retryAt` says when it will let a probe through. */
export class CircuitOpenError extends HoldlineError {
  override readonly name = 'CircuitOpenError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_CIRCUIT_OPEN', message, details);
  }
}

/**
 * The request may or may not have been executed, and sending it again could execute it twice.
 *
 * Where the platform answered 408, 502, 503 or 504, `response` is that answer.
 *
 * @example
 * ```ts
 * import { isHoldlineError } from '@holdline/core';
 *
 * declare const api: { post(url: string, body: object): Promise<unknown> };
 * try {
 *   await api.post('/orders', {});
 * } catch (error) {
 *   if (!isHoldlineError(error) || error.code !== 'HOLDLINE_OUTCOME_UNKNOWN') throw error;
 *   const { status } = (error.response ?? {}) as { status?: number };
 *   console.log(status === undefined ? 'no answer came' : `answered ${status}`);
 * }
 * ```
 */
export class OutcomeUnknownError extends HoldlineError {
  override readonly name = 'OutcomeUnknownError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_OUTCOME_UNKNOWN', message, details);
  }
}

/** The call's time budget ran out, or could not have sufficed (then `retryAt` says when it could have been sent). */
export class DeadlineError extends HoldlineError {
  override readonly name = 'DeadlineError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_DEADLINE', message, details);
  }
}

/** An attempt got no answer within `deadline.attemptTimeoutMs`, and no further attempt was made. */
export class AttemptTimeoutError extends HoldlineError {
  override readonly name = 'AttemptTimeoutError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_ATTEMPT_TIMEOUT', message, details);
  }
}

/** The platform said "not before `retryAt`", and that is longer than this call is willing to wait. Nothing was sent. */
export class ThrottledError extends HoldlineError {
  override readonly name = 'ThrottledError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_THROTTLED', message, details);
  }
}

/** The queue is full, or this call was shed for a more important one. Nothing was sent. */
export class QueueFullError extends HoldlineError {
  override readonly name = 'QueueFullError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_QUEUE_FULL', message, details);
  }
}

/** No access token could be had. */
export class TokenRefreshError extends HoldlineError {
  override readonly name = 'TokenRefreshError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_TOKEN_REFRESH', message, details);
  }
}

/** An idempotency key was used again for another payload. Nothing was sent. */
export class IdempotencyConflictError extends HoldlineError {
  override readonly name = 'IdempotencyConflictError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_IDEMPOTENCY_CONFLICT', message, details);
  }
}

/** The socket was closed before this frame left. The peer has got nothing of it, or knows that it is incomplete. */
export class NotSentError extends HoldlineError {
  override readonly name = 'NotSentError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_NOT_SENT', message, details);
  }
}

/** The store did not answer in time, or it is lost and the line was told to send nothing without it. Nothing was sent. */
export class StoreLostError extends HoldlineError {
  override readonly name = 'StoreLostError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_STORE_LOST', message, details);
  }
}

/** The engine behind the governor failed or refused, for a reason of its own: see `cause`. Nothing was sent. */
export class EngineError extends HoldlineError {
  override readonly name = 'EngineError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_ENGINE', message, details);
  }
}

/** The line was closed. */
export class ClosedError extends HoldlineError {
  override readonly name = 'ClosedError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_CLOSED', message, details);
  }
}

/**
 * Whether `error` was raised by Holdline, also by another copy of it.
 *
 * @example
 * ```ts
 * import { isHoldlineError } from '@holdline/core';
 *
 * function explain(error: unknown): string {
 *   if (isHoldlineError(error) && error.retryAt) return `come back at ${new Date(error.retryAt).toISOString()}`;
 *   return 'not ours';
 * }
 * ```
 */
export function isHoldlineError(error: unknown): error is HoldlineError {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[BRAND] === true;
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // fetch quotes the header it refuses: Headers.set: "Bearer …" is an invalid header value.
  [/\b(bearer|basic)\s+[^\s"',;]+/gi, '$1 ***'],
  [/\b(authorization["']?\s*[=:]\s*["']?)(?!bearer|basic)[^\s"',;]+/gi, '$1***'],
  [/(\/\/)[^/\s@]+@/g, '$1***@'],
  [/((?:token|secret|passw(?:or)?d|api[-_]?key|assertion)(?:=|["']\s*:\s*["']?))[^\s"'&,;}]+/gi, '$1***'],
];

/** A message of somebody else's error, without what looks like a credential. */
export function redact(message: string): string {
  return SECRETS.reduce((text, [secret, mask]) => text.replace(secret, mask), message.slice(0, 500));
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  const message = readText(error, 'message');
  return message === undefined || !isErrorLike(error) ? `a thrown ${typeof error}` : redact(message);
}

function isErrorLike(value: unknown): boolean {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** How far causes are followed; they may go round in a circle. */
const DEEPEST_CAUSE = 8;
/** How many of the errors in an `AggregateError` are kept. */
const MOST_ERRORS = 8;

/**
 * The reduced form of a native error and of its causes: enough to understand it, nothing that is secret. An error of ours stays as it is.
 *
 * @param response Hangs on it too, where a native error had an answer.
 */
export function plainError(cause: unknown, response?: unknown, depth = DEEPEST_CAUSE): Error {
  if (isHoldlineError(cause)) return cause;
  const status = numberOf(cause, 'status') ?? numberOf(readSafely(cause, 'response'), 'status');
  const message = readText(cause, 'message');
  const text = message === undefined ? `status ${String(status ?? 'unknown')}` : redact(message);
  const inner = readSafely(cause, 'cause');
  const options = isObject(inner) && depth > 1 ? { cause: plainError(inner, undefined, depth - 1) } : undefined;
  const errors = depth > 1 ? errorsIn(cause, depth - 1) : undefined;
  const described = errors ? new AggregateError(errors, text, options) : new Error(text, options);
  const name = readText(cause, 'name');
  if (name !== undefined) described.name = name;
  // The stack of a native error may show its message only; ours would show this function.
  described.stack = `${described.name}: ${text}`;
  const code = readSafely(cause, 'code');
  if (typeof code === 'string' || typeof code === 'number') Object.assign(described, { code });
  if (status !== undefined) Object.assign(described, { status });
  if (response !== undefined && isErrorLike(cause))
    // As axios has it on its errors. An accessor, so that it is not printed with them.
    Object.defineProperties(described, {
      response: { get: () => response, configurable: true },
      ...(readSafely(cause, 'isAxiosError') === true && { isAxiosError: { value: true, configurable: true } }),
    });
  return described;
}

/** Happy eyeballs reports the failures of all addresses in one error. */
function errorsIn(cause: unknown, depth: number): Error[] | undefined {
  const errors = readSafely(cause, 'errors');
  if (!Array.isArray(errors) || errors.length === 0 || !isErrorLike(cause)) return undefined;
  return errors.slice(0, MOST_ERRORS).map((inner) => plainError(inner, undefined, depth));
}

function numberOf(owner: unknown, key: string): number | string | undefined {
  const value = readSafely(owner, key);
  return typeof value === 'number' || typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
