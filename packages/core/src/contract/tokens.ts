import type { Clock, Random, Undo } from './clock.js';
import type { EventSink } from './events.js';

/** What a grant brings. */
export interface AccessToken {
  accessToken: string;
  /** Lifetime in ms from now. Left out: unknown, and a 401 tells. */
  expiresInMs?: number | undefined;
  /** The refresh token that is valid from now on, where the platform rotates it. */
  refreshToken?: string | undefined;
}

/** What a grant is called with. */
export interface GrantInput {
  /** The refresh token that is valid now, where the store knows one. Undefined: the grant uses the one it has. */
  readonly refreshToken: string | undefined;
  /**
   * Shares the answer of the login host with the other processes. A grant calls it before it does anything else with the answer, so
   * that a rotated refresh token is lost only with the process. It never rejects. Not called: the token is shared when the grant
   * returns.
   */
  keep(token: AccessToken): Promise<void>;
}

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

/** The part of a token source that shared tokens work for. */
export interface SharedTokenHost {
  /** Fetches a token. */
  grant(input: GrantInput): Promise<AccessToken | undefined>;
  /** Another process has a newer token. Returns whether the source took it. */
  renewed(token: AccessToken): boolean;
}

/** One token that all processes of a fleet share. */
export interface SharedTokenSource {
  /** Names the credential in the store. */
  readonly name: string;
  /** A token that is newer than the last one: fetched here, or by another process. */
  newest(): Promise<AccessToken | undefined>;
  close(): void;
}

/** Makes the part of a token source that shares its token with other processes. */
export type TokenSharing = (
  tokens: Tokens,
  ports: { readonly clock: Clock; readonly random: Random },
  events: EventSink,
  name: string,
  grantTimeoutMs: number,
  host: SharedTokenHost,
) => SharedTokenSource;

/** Access tokens that a fleet shares: one process fetches, all get it. */
export interface Tokens {
  /** Shares a token: `tokenSharing`. The store brings the function, so that a page without a shared store does not load it. */
  readonly sharing: TokenSharing;
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
