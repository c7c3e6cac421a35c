/**
 * State of a token as plain data, without the token itself.
 * @public
 */
export interface TokenSnapshot {
  epoch: number;
  state: 'none' | 'valid' | 'expired';
  /** Milliseconds since this process got the token; undefined without a token. */
  ageMs: number | undefined;
  expiresInMs: number | undefined;
  /** Milliseconds until the line renews the token before it expires; undefined if it does not. */
  renewsInMs: number | undefined;
  refreshing: boolean;
}
