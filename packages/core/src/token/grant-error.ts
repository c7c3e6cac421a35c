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

  constructor(message: string, options: { retryable: boolean; retryAfterMs?: number | undefined }) {
    super(message);
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
