/**
 * What a grant throws to say more than "it failed".
 *
 * @example
 * ```ts
 * import { GrantError } from '@holdline/core';
 *
 * throw new GrantError('the login host is busy', { retryable: true, retryAfterMs: 2_000 });
 * ```
 */
export class GrantError extends Error {
  override readonly name = 'GrantError';
  /** Whether trying again soon may help. Wrong credentials: no. Throttling, 5xx, network: yes. */
  readonly retryable: boolean;
  /** Milliseconds the login host asks to wait. */
  readonly retryAfterMs: number | undefined;
  /** Whether the login host read the request and refused its credential, such as a refresh token that was used before. */
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
