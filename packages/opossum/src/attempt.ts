const ATTEMPT = Symbol.for('@holdline/opossum/attempt');

/**
 * The error of one failed attempt, as a breaker counts it. It is safe to log: it holds only the status of the response.
 * @public
 */
export class AttemptFailure extends Error {
  override readonly name = 'AttemptFailure';
  /** The status again, at the place where error filters for axios read it. */
  readonly response: { readonly status: number } | undefined;

  constructor(
    message: string,
    /** HTTP status; undefined without a response; 429 if the platform throttled the attempt. */
    readonly status: number | undefined,
  ) {
    super(message);
    this.response = status === undefined ? undefined : { status };
  }
}

/**
 * The action of every breaker behind a line. It runs the line's attempt.
 *
 * @example
 * ```ts
 * import CircuitBreaker from 'opossum';
 * import { attempt, opossum } from '@holdline/opossum';
 *
 * const breaker = new CircuitBreaker(attempt, { timeout: false, errorFilter: (error) => error.status === 429 });
 * const engine = opossum(breaker);
 * ```
 * @public
 */
export function attempt(run: () => Promise<void>): Promise<void> {
  return run();
}

// A global symbol identifies the action of another copy of this package, too.
Object.defineProperty(attempt, ATTEMPT, { value: true });

/** Tells whether a breaker's action is {@link attempt}, of this or another copy of the package. */
export function isAttempt(action: unknown): boolean {
  return typeof action === 'function' && ATTEMPT in action;
}
