import { createHash, timingSafeEqual } from 'node:crypto';
import { BoundedMap } from '../bounded-map.js';
import { SlidingWindow } from '../limits/sliding-window.js';
import type { Rate, TokenSettings } from '../options/token-options.js';
import { type Random, generateTokenText } from '../random.js';
import { parseBearer } from './authorization-header.js';

/** Who a token speaks for. */
export interface TokenHolder {
  readonly clientId: string;
  readonly tenant: string;
  /** The person, where one signed in; else the client itself. */
  readonly user: string;
  /** A client without a secret (PKCE), which may refresh without one. */
  readonly isPublic: boolean;
}

/** An access token as the platform remembers it. */
export interface AccessToken extends TokenHolder {
  /** `t1`, `t2`, … in order of issue. Stands for the token in logs. */
  readonly label: string;
  /** Time of death, ms since the start of the simulator. */
  readonly expiresAt: number;
  revoked: boolean;
}

/** The token of a request that needs none. */
export const NO_TOKEN: AccessToken = {
  label: 'none',
  clientId: 'none',
  tenant: 'none',
  user: 'none',
  isPublic: false,
  expiresAt: 0,
  revoked: true,
};

/** Tokens, codes and clients remembered; the oldest are forgotten beyond it. */
const MAX_ENTRIES = 100_000;

/** All tokens of a platform and what may be had for them. How they are asked for is the platform's own affair. */
export class TokenStore {
  readonly #random: Random;
  #settings: TokenSettings;
  #failuresLeft: number;
  #issued = 0;
  readonly #access = new BoundedMap<string, AccessToken>(MAX_ENTRIES);
  readonly #refresh = new BoundedMap<string, TokenHolder>(MAX_ENTRIES);
  readonly #spentCodes = new BoundedMap<string, true>(MAX_ENTRIES);
  #throttleWindows = new BoundedMap<string, SlidingWindow>(MAX_ENTRIES);
  #refusalWindows = new BoundedMap<string, SlidingWindow>(MAX_ENTRIES);

  constructor(random: Random, settings: TokenSettings) {
    this.#random = random;
    this.#settings = settings;
    this.#failuresLeft = settings.fail ?? 0;
  }

  get lifetimeMs(): number {
    return this.#settings.lifetimeMs;
  }

  update(settings: TokenSettings): void {
    if (hasRateChanged(this.#settings.throttle, settings.throttle)) this.#throttleWindows = new BoundedMap(MAX_ENTRIES);
    if (hasRateChanged(this.#settings.revokeOnFlood, settings.revokeOnFlood))
      this.#refusalWindows = new BoundedMap(MAX_ENTRIES);
    this.#settings = settings;
    this.#failuresLeft = settings.fail ?? this.#failuresLeft;
  }

  /** The token behind an Authorization header, alive or dead; undefined when it was never issued here. */
  findAccessToken(authorization: string | undefined): AccessToken | undefined {
    const text = parseBearer(authorization);
    return text === undefined ? undefined : this.#access.get(text);
  }

  isAlive(token: AccessToken, now: number): boolean {
    return !token.revoked && now < token.expiresAt;
  }

  /** Kills every living access token and says how many. Refresh tokens live on. */
  revokeAccessTokens(now: number): number {
    let count = 0;
    for (const token of this.#access.values()) {
      if (!this.isAlive(token, now)) continue;
      token.revoked = true;
      count += 1;
    }
    return count;
  }

  /** A limit refused a request of this token: one refusal too many in its window kills it, if that is asked for. */
  countRefusal(token: AccessToken, now: number): void {
    const flood = this.#settings.revokeOnFlood;
    if (flood === undefined || token.revoked) return;
    if (!takePermit(this.#refusalWindows, token.label, flood, now)) token.revoked = true;
  }

  /** Whether this token request is one of those that are to fail. */
  takeFailure(): boolean {
    if (this.#failuresLeft <= 0) return false;
    this.#failuresLeft -= 1;
    return true;
  }

  /** Time until the token endpoint hears this client again, ms; 0: it was heard, and that counted. */
  throttleClient(clientId: string, now: number): number {
    const { throttle } = this.#settings;
    if (throttle === undefined || takePermit(this.#throttleWindows, clientId, throttle, now)) return 0;
    return this.#throttleWindows.get(clientId)?.waitMs(now) ?? 0;
  }

  /** Whether a client with this id, and this secret unless it is left out, may come in. */
  acceptsClient(id: string, secret?: string): boolean {
    const { clients } = this.#settings;
    if (id === '') return false;
    if (clients === undefined) return true;
    return secret === undefined ? clients.has(id) : isSameText(clients.get(id) ?? '', secret);
  }

  /** Whose an id is, by option. */
  findTenant(id: string): string | undefined {
    return this.#settings.tenants?.get(id);
  }

  /** Marks a code as spent; false: it was before. */
  spendCode(key: string): boolean {
    if (this.#spentCodes.has(key)) return false;
    this.#spentCodes.set(key, true);
    return true;
  }

  issueRefreshToken(holder: TokenHolder): string {
    const text = generateTokenText(this.#random);
    this.#refresh.set(text, holder);
    return text;
  }

  findRefreshTokenHolder(refreshToken: string): TokenHolder | undefined {
    return this.#refresh.get(refreshToken);
  }

  /** The refresh token to go on with: a new one where they rotate, and then the old one is dead. */
  rotateRefreshToken(text: string, holder: TokenHolder): string {
    if (!this.#settings.rotateRefreshTokens) return text;
    this.#refresh.delete(text);
    return this.issueRefreshToken(holder);
  }

  /** Issues an access token. `write` makes its text out of what is unique about it. */
  issueAccessToken(
    holder: TokenHolder,
    now: number,
    write: (unique: string) => string = (unique) => unique,
  ): { text: string; token: AccessToken; expiresInSeconds: number } {
    const text = write(generateTokenText(this.#random));
    const { lifetimeMs } = this.#settings;
    this.#issued += 1;
    const { clientId, tenant, user, isPublic } = holder;
    const expiresAt = now + lifetimeMs;
    const token = { label: `t${this.#issued}`, clientId, tenant, user, isPublic, expiresAt, revoked: false };
    this.#access.set(text, token);
    return { text, token, expiresInSeconds: Math.max(1, Math.floor(lifetimeMs / 1000)) };
  }
}

/** Takes one from the window of a key; false where it is full. */
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
