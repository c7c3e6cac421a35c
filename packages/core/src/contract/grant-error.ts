/**
 * The error of a grant that failed, with details about the failure.
 *
 * @example
 * ```ts
 * import { GrantError } from '@holdline/core';
 *
 * throw new GrantError('the login host is busy', { retryable: true, retryAfterMs: 2_000 });
 * ```
 * @public
 */
export class GrantError extends Error {
  override readonly name = 'GrantError';
  /** Whether another attempt may succeed soon: true for throttling, 5xx and network errors, false for wrong credentials. */
  readonly retryable: boolean;
  /** Milliseconds that the login host requests to wait. */
  readonly retryAfterMs: number | undefined;
  /** Whether the login host refused the credential, such as a refresh token that was used before. */
  readonly refused: boolean;

  constructor(
    message: string,
    options: { retryable: boolean; retryAfterMs?: number | undefined; refused?: boolean | undefined },
  ) {
    super(message);
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.refused = options.refused ?? false;
  }
}
