import { createHash, timingSafeEqual } from 'node:crypto';
import { BoundedMap } from '../bounded-map.js';
import { SlidingWindow } from '../limits/sliding-window.js';
import type { Rate, TokenSettings } from '../options/token-options.js';
import { type Random, generateTokenText } from '../random.js';
import { parseBearer } from './authorization-header.js';

/** The client, tenant and user of a token. */
export interface TokenHolder {
  readonly clientId: string;
  readonly tenant: string;
  /** The user who signed in, else the client itself. */
  readonly user: string;
  /** The client has no secret (PKCE) and may refresh without one. */
  readonly isPublic: boolean;
}

/** A stored access token. */
export interface AccessToken extends TokenHolder {
  /** `t1`, `t2`, … in order of issue. Logs show it instead of the token. */
  readonly label: string;
  /** Time of expiry, ms since the start of the simulator. */
  readonly expiresAt: number;
  revoked: boolean;
}

/** Placeholder for requests that need no token. */
export const NO_TOKEN: AccessToken = {
  label: 'none',
  clientId: 'none',
  tenant: 'none',
  user: 'none',
  isPublic: false,
  expiresAt: 0,
  revoked: true,
};

/** Maximum number of stored tokens, codes and clients. The oldest is deleted first. */
const MAX_ENTRIES = 100_000;

/** All tokens of a platform, and the checks of clients and codes. Each platform parses its token requests itself. */
export class TokenStore {
  /** Called when a client is throttled. Returns whether the refusal takes place; in shadow mode it does not. */
  onThrottled: (clientId: string) => boolean = () => true;
  readonly #random: Random;
  #settings: TokenSettings;
  #failuresLeft: number;
  #issued = 0;
  readonly #accessTokens = new BoundedMap<string, AccessToken>(MAX_ENTRIES);
  readonly #refreshTokens = new BoundedMap<string, TokenHolder>(MAX_ENTRIES);
  readonly #spentCodes = new BoundedMap<string, true>(MAX_ENTRIES);
  #throttleWindows = new BoundedMap<string, SlidingWindow>(MAX_ENTRIES);
  #refusalWindows = new BoundedMap<string, SlidingWindow>(MAX_ENTRIES);

  constructor(random: Random, settings: TokenSettings) {
    this.#random = random;
    this.#settings = settings;
    this.#failuresLeft = settings.fail ?? 0;
  }

  get expiresInMs(): number {
    return this.#settings.expiresInMs;
  }

  update(settings: TokenSettings): void {
    if (hasRateChanged(this.#settings.throttle, settings.throttle)) this.#throttleWindows = new BoundedMap(MAX_ENTRIES);
    if (hasRateChanged(this.#settings.revokeOnFlood, settings.revokeOnFlood))
      this.#refusalWindows = new BoundedMap(MAX_ENTRIES);
    this.#settings = settings;
    this.#failuresLeft = settings.fail ?? this.#failuresLeft;
  }

  /** Finds the token of an Authorization header, valid or not; undefined when it was never issued here. */
  findAccessToken(authorization: string | undefined): AccessToken | undefined {
    const text = parseBearer(authorization);
    return text === undefined ? undefined : this.#accessTokens.get(text);
  }

  isValid(token: AccessToken, now: number): boolean {
    return !token.revoked && now < token.expiresAt;
  }

  /** Revokes all valid access tokens and returns their number. Refresh tokens stay valid. */
  revokeAccessTokens(now: number): number {
    let count = 0;
    for (const token of this.#accessTokens.values()) {
      if (!this.isValid(token, now)) continue;
      token.revoked = true;
      count += 1;
    }
    return count;
  }

  /** Counts a refusal of this token by a limit. With `revokeOnFlood`, one refusal too many revokes the token. */
  countRefusal(token: AccessToken, now: number): void {
    const flood = this.#settings.revokeOnFlood;
    if (flood === undefined || token.revoked) return;
    if (!takePermit(this.#refusalWindows, token.label, flood, now)) token.revoked = true;
  }

  /** Tells whether this token request must fail, and counts it. */
  takeFailure(): boolean {
    if (this.#failuresLeft <= 0) return false;
    this.#failuresLeft -= 1;
    return true;
  }

  /** Counts a token request of a client and returns 0, or returns the wait when the client is throttled, ms. */
  throttleClient(clientId: string, now: number): number {
    const { throttle } = this.#settings;
    if (throttle === undefined || takePermit(this.#throttleWindows, clientId, throttle, now)) return 0;
    const waitMs = this.#throttleWindows.get(clientId)?.waitMs(now) ?? 0;
    return this.onThrottled(clientId) ? waitMs : 0;
  }

  /** Tells whether a client with this id is known; checks the secret when it is given. */
  acceptsClient(id: string, secret?: string): boolean {
    const { clients } = this.#settings;
    if (id === '') return false;
    if (clients === undefined) return true;
    return secret === undefined ? clients.has(id) : isSameText(clients.get(id) ?? '', secret);
  }

  /** Returns the tenant of an id from the option `tenants`. */
  findTenant(id: string): string | undefined {
    return this.#settings.tenants?.get(id);
  }

  /** Marks a code as spent; false when it was spent before. */
  spendCode(key: string): boolean {
    if (this.#spentCodes.has(key)) return false;
    this.#spentCodes.set(key, true);
    return true;
  }

  issueRefreshToken(holder: TokenHolder): string {
    const text = generateTokenText(this.#random);
    this.#refreshTokens.set(text, holder);
    return text;
  }

  findRefreshTokenHolder(refreshToken: string): TokenHolder | undefined {
    return this.#refreshTokens.get(refreshToken);
  }

  /** Returns the refresh token for the next refresh: a new one with rotation, which invalidates the old one. */
  rotateRefreshToken(text: string, holder: TokenHolder): string {
    if (!this.#settings.rotateRefreshTokens) return text;
    this.#refreshTokens.delete(text);
    return this.issueRefreshToken(holder);
  }

  /** Issues an access token. `write` builds its text from a unique text. */
  issueAccessToken(
    holder: TokenHolder,
    now: number,
    write: (unique: string) => string = (unique) => unique,
  ): { text: string; token: AccessToken; expiresInSeconds: number } {
    const text = write(generateTokenText(this.#random));
    const { expiresInMs } = this.#settings;
    this.#issued += 1;
    const { clientId, tenant, user, isPublic } = holder;
    const expiresAt = now + expiresInMs;
    const token = { label: `t${this.#issued}`, clientId, tenant, user, isPublic, expiresAt, revoked: false };
    this.#accessTokens.set(text, token);
    return { text, token, expiresInSeconds: Math.max(1, Math.floor(expiresInMs / 1000)) };
  }
}

/** Takes a permit from the window of a key; false when the window is full. */
function takePermit(windows: BoundedMap<string, SlidingWindow>, key: string, rate: Rate, now: number): boolean {
  let window = windows.get(key);
  if (window === undefined) {
    window = new SlidingWindow(rate.limit, rate.windowMs);
    windows.set(key, window);
  }
  if (window.waitMs(now) > 0) return false;
  window.takePermit(now);
  return true;
}

function hasRateChanged(a: Rate | undefined, b: Rate | undefined): boolean {
  return a?.limit !== b?.limit || a?.windowMs !== b?.windowMs;
}

function isSameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
