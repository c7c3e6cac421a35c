import { readSafely, readText } from './safe-read.js';

/**
 * Codes of errors. They are stable across versions.
 * @public
 */
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
  | 'HOLDLINE_STEP_DONE'
  | 'HOLDLINE_NOT_SENT'
  | 'HOLDLINE_CHUNK'
  | 'HOLDLINE_STORE_LOST'
  | 'HOLDLINE_ENGINE'
  | 'HOLDLINE_PAGING'
  | 'HOLDLINE_JOB'
  | 'HOLDLINE_CLOSED';

/**
 * Facts that a {@link HoldlineError} has besides its message.
 * @public
 */
export interface HoldlineErrorDetails {
  /** Route pattern of the call. */
  route?: string | undefined;
  /** Wall time in ms before which another call cannot succeed. */
  retryAt?: number | undefined;
  /** Attempts made on the wire. */
  attempts?: number | undefined;
  /** Milliseconds that the call waited in queues, at gates and for retry delays. */
  waitedMs?: number | undefined;
  /**
   * Cause of the error. The error keeps only its name, message, code and status, and those of its causes down to the root, because a
   * native error has headers and bodies.
   */
  cause?: unknown;
  /** The answer of the platform, as the client returns it. */
  response?: unknown;
}

// isHoldlineError reads this brand, so that it recognises errors of another copy of this package.
const BRAND = Symbol.for('@holdline/error');

/** Name of the class of a code: `CircuitOpenError` for `HOLDLINE_CIRCUIT_OPEN`. */
const nameOf = (code: HoldlineErrorCode): string =>
  `${code
    .slice('HOLDLINE_'.length)
    .toLowerCase()
    .replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())}Error`;

/**
 * Base class of every error that Holdline throws. Errors of the platform and of the SDK reach the caller unchanged.
 *
 * Safe to log: it has no token, header or body.
 * @public
 */
export class HoldlineError extends Error {
  override readonly name: string;
  readonly code: HoldlineErrorCode;
  readonly route: string | undefined;
  readonly retryAt: number | undefined;
  readonly attempts: number;
  readonly waitedMs: number;
  // Private, so that loggers do not print the answer of the platform.
  readonly #response: unknown;

  constructor(code: HoldlineErrorCode, message: string, details: HoldlineErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: plainError(details.cause, details.response) });
    this.#response = details.response;
    this.name = nameOf(code);
    this.code = code;
    this.route = details.route;
    this.retryAt = details.retryAt;
    this.attempts = details.attempts ?? 0;
    this.waitedMs = details.waitedMs ?? 0;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /**
   * The answer of the platform that this error replaces: set for an `OutcomeUnknownError` after a 408, 502, 503 or 504, or
   * after a version conflict. Undefined otherwise. With fetch it is a `Response`, with axios an object with `status`, `statusText`, `headers` and `data`. Loggers,
   * `JSON.stringify` and `structuredClone` do not show it.
   */
  get response(): unknown {
    return this.#response;
  }
}

/**
 * The configuration is wrong. The message names the key, the value and the allowed values.
 *
 * Was anything sent: no.
 *
 * What to do: correct the option. The error is thrown where the configuration is given, or at a call with a wrong option.
 * @public
 */
export class ConfigError extends HoldlineError {
  declare readonly name: 'ConfigError';
  constructor(message: string) {
    super('HOLDLINE_CONFIG', message);
  }
}

/**
 * The circuit breaker of this route is open, and nothing was sent. `retryAt` is the time of the next probe.
 *
 * Was anything sent: no.
 *
 * What to do: use another answer, or call again after `retryAt`. End an isolation with the function that `isolate` returned.
 * @public
 */
export class CircuitOpenError extends HoldlineError {
  declare readonly name: 'CircuitOpenError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_CIRCUIT_OPEN', message, details);
  }
}

/**
 * The platform may or may not have executed the request, and sending it again could execute it twice.
 *
 * If the platform answered 408, 502, 503 or 504, `response` is that answer. After a repetition that the platform refused because of the
 * version of the entity, `response` is the refusal, and the first attempt probably changed the entity.
 *
 * Was anything sent: yes, by this call or by an earlier run of its transaction.
 *
 * What to do: look at the platform before you send the write again. Better: declare the endpoint `keyed` or `readOnly`, or give `retry.verify`.
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
 * @public
 */
export class OutcomeUnknownError extends HoldlineError {
  declare readonly name: 'OutcomeUnknownError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_OUTCOME_UNKNOWN', message, details);
  }
}

/**
 * The time budget of the call has ended, or is too short for the wait. Then `retryAt` is the time at which the call could be sent.
 *
 * Was anything sent: see `attempts`: with 0 nothing was sent.
 *
 * What to do: give the call more time with `totalTimeoutMs`, or call again after `retryAt`.
 * @public
 */
export class DeadlineError extends HoldlineError {
  declare readonly name: 'DeadlineError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_DEADLINE', message, details);
  }
}

/**
 * An attempt got no answer within `deadline.attemptTimeoutMs`, and the line made no further attempt.
 *
 * Was anything sent: yes.
 *
 * What to do: call again. Only calls that may be repeated get this error, and writes of a line with `retry: false`.
 * @public
 */
export class AttemptTimeoutError extends HoldlineError {
  declare readonly name: 'AttemptTimeoutError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_ATTEMPT_TIMEOUT', message, details);
  }
}

/**
 * The platform accepts no attempt before `retryAt`, and this call does not wait that long. Nothing was sent.
 *
 * Was anything sent: no.
 *
 * What to do: call again after `retryAt`, or let the call wait longer with `retry.maxRetryAfterMs`.
 * @public
 */
export class ThrottledError extends HoldlineError {
  declare readonly name: 'ThrottledError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_THROTTLED', message, details);
  }
}

/**
 * The queue is full, or the governor removed this call from it for a more important call. Nothing was sent.
 *
 * Was anything sent: no.
 *
 * What to do: make fewer calls at a time, or raise `governor.maxQueued`. A weight must fit into every quota.
 * @public
 */
export class QueueFullError extends HoldlineError {
  declare readonly name: 'QueueFullError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_QUEUE_FULL', message, details);
  }
}

/**
 * The line could not get an access token.
 *
 * Was anything sent: no. After a 401 an earlier attempt was sent, and the platform refused it.
 *
 * What to do: look at `cause` and correct the credential. The line asks for a token again at `retryAt`.
 * @public
 */
export class TokenRefreshError extends HoldlineError {
  declare readonly name: 'TokenRefreshError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_TOKEN_REFRESH', message, details);
  }
}

/**
 * The idempotency key was used before for another payload. Nothing was sent.
 *
 * Was anything sent: no.
 *
 * What to do: use another `idempotencyKey` or another `step` for another payload.
 * @public
 */
export class IdempotencyConflictError extends HoldlineError {
  declare readonly name: 'IdempotencyConflictError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_IDEMPOTENCY_CONFLICT', message, details);
  }
}

/**
 * An earlier run of the transaction executed this step, and its answer is not kept. Nothing was sent.
 *
 * Was anything sent: no, this run sent nothing.
 *
 * What to do: treat the step as done. Raise `idempotency.maxAnswerBytes` to keep answers of this size.
 *
 * @example
 * ```ts
 * import { StepDoneError } from '@holdline/core';
 *
 * declare const api: { post(url: string, body: object): Promise<unknown> };
 * await api.post('/orders', {}).catch((error: unknown) => {
 *   if (!(error instanceof StepDoneError)) throw error;
 *   console.log(`executed at ${new Date(error.doneAt).toISOString()} with status ${error.status ?? 'unknown'}`);
 * });
 * ```
 * @public
 */
export class StepDoneError extends HoldlineError {
  declare readonly name: 'StepDoneError';
  /** HTTP status of the answer; undefined if only a `verify` hook knows that the step was executed. */
  readonly status: number | undefined;
  /** Wall ms at which the line learned that the step was executed. */
  readonly doneAt: number;
  constructor(message: string, details: HoldlineErrorDetails & { status?: number | undefined; doneAt?: number } = {}) {
    super('HOLDLINE_STEP_DONE', message, details);
    this.status = details.status;
    this.doneAt = details.doneAt ?? 0;
  }
}

/**
 * The socket was closed before this frame left. The peer received nothing of the frame, or knows that it is incomplete.
 *
 * Was anything sent: no.
 *
 * What to do: send the frame again on the next socket.
 * @public
 */
export class NotSentError extends HoldlineError {
  declare readonly name: 'NotSentError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_NOT_SENT', message, details);
  }
}

/**
 * The store did not answer in time, or the store is lost and the configuration forbids calls without it. Nothing was sent.
 *
 * Was anything sent: no.
 *
 * What to do: restore the store, or choose `onLoss: 'share'` for calls that must continue without it.
 * @public
 */
export class StoreLostError extends HoldlineError {
  declare readonly name: 'StoreLostError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_STORE_LOST', message, details);
  }
}

/**
 * The engine of the governor failed or refused the attempt; `cause` has its error. Nothing was sent.
 *
 * Was anything sent: no.
 *
 * What to do: look at `cause` and at the settings of the library behind the engine.
 * @public
 */
export class EngineError extends HoldlineError {
  declare readonly name: 'EngineError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_ENGINE', message, details);
  }
}

/**
 * The line was closed.
 *
 * Was anything sent: see `attempts`: with 0 nothing was sent.
 *
 * What to do: make no calls after `close()`. `drain()` waits for the calls before.
 * @public
 */
export class ClosedError extends HoldlineError {
  declare readonly name: 'ClosedError';
  constructor(message: string, details?: HoldlineErrorDetails) {
    super('HOLDLINE_CLOSED', message, details);
  }
}

/**
 * Whether Holdline threw `error`. Errors of another copy of the package count.
 *
 * @example
 * ```ts
 * import { isHoldlineError } from '@holdline/core';
 *
 * function explain(error: unknown): string {
 *   if (isHoldlineError(error) && error.retryAt) return `retry at ${new Date(error.retryAt).toISOString()}`;
 *   return 'an error of the platform';
 * }
 * ```
 * @public
 */
export function isHoldlineError(error: unknown): error is HoldlineError {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[BRAND] === true;
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // fetch quotes a header that it refuses: Headers.set: "Bearer …" is an invalid header value.
  [/\b(bearer|basic)\s+[^\s"',;]+/gi, '$1 ***'],
  [/\b(authorization["']?\s*[=:]\s*["']?)(?!bearer|basic)[^\s"',;]+/gi, '$1***'],
  [/(\/\/)[^/\s@]+@/g, '$1***@'],
  [/((?:token|secret|passw(?:or)?d|api[-_]?key|assertion)(?:=|["']\s*:\s*["']?))[^\s"'&,;}]+/gi, '$1***'],
];

/** Removes everything that looks like a credential from the message of a foreign error. */
export function redact(message: string): string {
  return SECRETS.reduce((text, [secret, mask]) => text.replace(secret, mask), message.slice(0, 500));
}

/**
 * The message of a thrown value, without credentials.
 * @internal
 */
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

/** Maximal depth of causes. Causes may form a circle. */
const MAX_CAUSE_DEPTH = 8;
/** Maximal number of errors kept of an `AggregateError`. */
const MAX_ERRORS = 8;

/**
 * Reduces a native error and its causes to parts that are not secret: name, message, code and status. A `HoldlineError` stays
 * unchanged.
 *
 * @param response - Answer of the platform. The reduced form of a native error gets it as `response`.
 * @internal
 */
export function plainError(cause: unknown, response?: unknown, depth = MAX_CAUSE_DEPTH): Error {
  if (isHoldlineError(cause)) return cause;
  const status = readStatus(cause) ?? readStatus(readSafely(cause, 'response'));
  const message = readText(cause, 'message');
  const text = message === undefined ? `status ${String(status ?? 'unknown')}` : redact(message);
  const inner = readSafely(cause, 'cause');
  const options = isObject(inner) && depth > 1 ? { cause: plainError(inner, undefined, depth - 1) } : undefined;
  const errors = depth > 1 ? plainErrors(cause, depth - 1) : undefined;
  const described = errors ? new AggregateError(errors, text, options) : new Error(text, options);
  const name = readText(cause, 'name');
  if (name !== undefined) described.name = name;
  // The stack of a native error may contain secrets, and a new stack would show this function.
  described.stack = `${described.name}: ${text}`;
  const code = readSafely(cause, 'code');
  if (typeof code === 'string' || typeof code === 'number') Object.assign(described, { code });
  if (status !== undefined) Object.assign(described, { status });
  if (response !== undefined && isErrorLike(cause))
    // As on errors of axios. It is an accessor, so that loggers do not print it.
    Object.defineProperties(described, {
      response: { get: () => response, configurable: true },
      ...(readSafely(cause, 'isAxiosError') === true && { isAxiosError: { value: true, configurable: true } }),
    });
  return described;
}

/** Reduces the errors of an `AggregateError`. Happy Eyeballs reports the failures of all addresses in one. */
function plainErrors(cause: unknown, depth: number): Error[] | undefined {
  const errors = readSafely(cause, 'errors');
  if (!Array.isArray(errors) || errors.length === 0 || !isErrorLike(cause)) return undefined;
  return errors.slice(0, MAX_ERRORS).map((inner) => plainError(inner, undefined, depth));
}

function readStatus(owner: unknown): number | string | undefined {
  const value = readSafely(owner, 'status');
  return typeof value === 'number' || typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
