import type { TokenFleet } from '../policies/token/shared-token.js';
import type { Undo } from './clock.js';

/** An access token as a fleet shares it. */
export interface SharedToken {
  readonly accessToken: string;
  readonly expiresInMs: number | undefined;
  readonly refreshToken: string | undefined;
  /** Grows with every token. */
  readonly epoch: number;
}

/**
 * What became of asking for a newer token: here it is; fetch it, under this fence, with the refresh token of the last one; or wait,
 * somebody fetches it.
 */
export type TokenClaim =
  | { readonly token: SharedToken }
  | { readonly fence: number; readonly refreshToken?: string | undefined }
  | { readonly waitMs: number };

/** Access tokens that a fleet shares: one process fetches, all get it. */
export interface Tokens {
  /** Who shares a token: `tokenFleet`. The store brings it, so that a page without a fleet does not load it. */
  readonly fleet: TokenFleet;
  /**
   * Asks for a newer token than that of `epoch`. A fence is good for `forMs`; then somebody else may fetch. With 0 it gives no fence
   * and only looks.
   *
   * @param credential A digest of the credential; the same in every process.
   */
  claim(credential: string, epoch: number, forMs: number): Promise<TokenClaim>;
  /**
   * Hands on a token that is newer than that of `epoch`. Undefined where the fence is not good any more: somebody else has
   * fetched one.
   */
  put(
    credential: string,
    fence: number,
    epoch: number,
    token: Omit<SharedToken, 'epoch'>,
  ): Promise<SharedToken | undefined>;
  /** The grant is under way: the fence is good for `forMs` more, from now. False where somebody else has a newer one. */
  renew(credential: string, fence: number, forMs: number): Promise<boolean>;
  /** The grant failed: somebody else may try. */
  release(credential: string, fence: number): Promise<void>;
  /** Told when there is a new token, somebody gave up fetching one, or the store can be used again. */
  listen(credential: string, fn: () => void): Undo;
}
