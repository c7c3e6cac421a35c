const ATTEMPT = Symbol.for('@holdline/opossum/attempt');

/** What a breaker counts as one failed attempt. Safe to log: it holds a status and nothing else of the answer. */
export class AttemptFailure extends Error {
  override readonly name = 'AttemptFailure';
  /** The same where error filters look for it that were written for axios. */
  readonly response: { readonly status: number } | undefined;

  constructor(
    message: string,
    /** HTTP status; undefined without an answer. 429 where the platform throttled. */
    readonly status: number | undefined,
  ) {
    super(message);
    this.response = status === undefined ? undefined : { status };
  }
}

/**
 * The action of a breaker that works for a line: it lets the line make its attempt.
 *
 * @example
 * ```ts
 * import CircuitBreaker from 'opossum';
 * import { attempt, opossum } from '@holdline/opossum';
 *
 * const breaker = new CircuitBreaker(attempt, { timeout: false, errorFilter: (error) => error.status === 429 });
 * const engine = opossum(breaker);
 * ```
 */
export function attempt(run: () => Promise<void>): Promise<void> {
  return run();
}

// So that a breaker with the action of another copy of this package is known too.
Object.defineProperty(attempt, ATTEMPT, { value: true });

/** Whether a breaker's action is {@link attempt}, also that of another copy. */
export function isAttempt(action: unknown): boolean {
  return typeof action === 'function' && ATTEMPT in action;
}
