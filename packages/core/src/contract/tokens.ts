import type { Clock, Random, Undo } from './clock.js';
import type { EventSink } from './events.js';

/**
 * The result of a grant.
 * @public
 */
export interface AccessToken {
  accessToken: string;
  /** Lifetime in ms from now. Without it, the line learns from a 401 that the token has expired. */
  expiresInMs?: number | undefined;
  /** The new refresh token, if the platform rotates refresh tokens. */
  refreshToken?: string | undefined;
}

/**
 * The argument of a grant.
 * @public
 */
export interface GrantInput {
  /** The valid refresh token, if the store has one. Undefined: the grant uses its own refresh token. */
  readonly refreshToken: string | undefined;
  /**
   * Shares the answer of the login host with the other processes. A grant calls it before it uses the answer in any other way. A
   * rotated refresh token is then lost only if the process ends. It never rejects. If a grant does not call it, the line shares the
   * token when the grant returns.
   */
  keep(token: AccessToken): Promise<void>;
}

/**
 * An access token that several processes share.
 * @public
 */
export interface SharedToken {
  readonly accessToken: string;
  readonly expiresInMs: number | undefined;
  readonly refreshToken: string | undefined;
  /** Generation of the token; it grows with every new token. */
  readonly epoch: number;
}

/**
 * The answer to a claim: a newer token, or a fence under which this process fetches one with the given refresh token, or the time to
 * wait because another process fetches one.
 * @public
 */
export type TokenClaim =
  | { readonly token: SharedToken }
  | { readonly fence: number; readonly refreshToken?: string | undefined }
  | { readonly waitMs: number };

/**
 * The functions of a token source that the shared token calls.
 * @internal
 */
export interface SharedTokenHost {
  /** Fetches a token. */
  grant(input: GrantInput): Promise<AccessToken | undefined>;
  /** Called when another process has a newer token. Returns whether the source accepted the token. */
  renewed(token: AccessToken): boolean;
}

/**
 * One token that all processes share.
 * @internal
 */
export interface SharedTokenSource {
  /** Name of the credential in the store. */
  readonly name: string;
  /** Whether another line may use the token, after this one is closed. */
  readonly isShared: boolean;
  /** Returns a token newer than the last one. This process or another process fetched it. */
  newest(): Promise<AccessToken | undefined>;
  /** Deletes the token from the store, unless the store has a newer one. Reports a failure as an event. */
  remove(): Promise<void>;
  close(): void;
}

/**
 * Makes the part of a token source that shares its token with other processes.
 * @public
 */
export interface TokenSharing {
  /** @internal */
  (
    tokens: Tokens,
    ports: { readonly clock: Clock; readonly random: Random },
    events: EventSink,
    name: string,
    grantTimeoutMs: number,
    host: SharedTokenHost,
  ): SharedTokenSource;
}

/**
 * Access tokens that processes share: one process fetches a token, and all processes use it.
 * @public
 */
export interface Tokens {
  /** The function `tokenSharing`. The store brings it, so that a page without a shared store does not load it. */
  readonly sharing: TokenSharing;
  /**
   * Claims a token newer than `epoch`. A fence is valid for `forMs`; then another process may fetch a token. With `forMs` 0 the
   * answer has no fence.
   *
   * @param credential - Digest of the credential, the same in every process.
   */
  claim(credential: string, epoch: number, forMs: number): Promise<TokenClaim>;
  /**
   * Stores a token that is newer than `epoch`. Undefined if the fence is no longer valid, because another process has fetched a
   * token.
   */
  put(
    credential: string,
    fence: number,
    epoch: number,
    token: Omit<SharedToken, 'epoch'>,
  ): Promise<SharedToken | undefined>;
  /** Extends the fence to `forMs` from now, while the grant runs. False if another process has a newer fence. */
  renew(credential: string, fence: number, forMs: number): Promise<boolean>;
  /** Releases the fence after a failed grant, so that another process may fetch a token. */
  release(credential: string, fence: number): Promise<void>;
  /**
   * Deletes the tokens of a credential, because the access token of this epoch was revoked. Keeps a newer token. Left out: the tokens stay
   * until they expire.
   */
  remove?(credential: string, epoch: number): Promise<void>;
  /** Whether another line may use the tokens of a credential, in this or another process. Left out: yes. */
  isUsedElsewhere?(credential: string): boolean;
  /** Calls `fn` when there is a new token, when a process released its fence, or when the store is back. */
  listen(credential: string, fn: () => void): Undo;
}
