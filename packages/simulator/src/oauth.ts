import { createHash, timingSafeEqual } from 'node:crypto';
import type { Answer } from './answer.js';
import { BoundedMap } from './bounded-map.js';
import { SlidingWindow } from './limits.js';
import type { TokenSettings } from './options.js';
import { randomTokenText, type Random } from './random.js';

/** An access token as the platform remembers it. */
export interface AccessToken {
  /** `t1`, `t2`, … in order of issue. Stands for the token in logs. */
  readonly label: string;
  readonly clientId: string;
  /** Time of death, ms since the start of the simulator. */
  readonly expiresAt: number;
  revoked: boolean;
}

interface RefreshToken {
  readonly clientId: string;
  /** Issued to a client without a secret (PKCE), which may refresh without one. */
  readonly isPublic: boolean;
}

/** A token request that arrived. */
export interface TokenRequest {
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** Tokens, codes and clients remembered; the oldest are forgotten beyond it. */
const MAX_REMEMBERED = 100_000;

interface Client {
  readonly id: string;
  readonly isPublic: boolean;
}

/** The token endpoint: grants, rotation, revocation, and its own odd way of refusing. */
export class TokenDesk {
  readonly #random: Random;
  #settings: TokenSettings;
  #failuresLeft: number;
  #issued = 0;
  readonly #access = new BoundedMap<string, AccessToken>(MAX_REMEMBERED);
  readonly #refresh = new BoundedMap<string, RefreshToken>(MAX_REMEMBERED);
  readonly #spentCodes = new BoundedMap<string, true>(MAX_REMEMBERED);
  #throttles = new BoundedMap<string, SlidingWindow>(MAX_REMEMBERED);

  constructor(random: Random, settings: TokenSettings) {
    this.#random = random;
    this.#settings = settings;
    this.#failuresLeft = settings.fail ?? 0;
  }

  update(settings: TokenSettings): void {
    const before = this.#settings.throttle;
    if (before?.limit !== settings.throttle?.limit || before?.windowMs !== settings.throttle?.windowMs) {
      this.#throttles = new BoundedMap(MAX_REMEMBERED);
    }
    this.#settings = settings;
    this.#failuresLeft = settings.fail ?? this.#failuresLeft;
  }

  /** The token behind an Authorization header, alive or dead; undefined when it was never issued here. */
  find(authorization: string | undefined): AccessToken | undefined {
    const text = bearerOf(authorization);
    return text === undefined ? undefined : this.#access.get(text);
  }

  isAlive(token: AccessToken, now: number): boolean {
    return !token.revoked && now < token.expiresAt;
  }

  /** Kills every living access token and says how many. Refresh tokens live on. */
  revokeAll(now: number): number {
    let count = 0;
    for (const token of this.#access.values()) {
      if (!this.isAlive(token, now)) continue;
      token.revoked = true;
      count += 1;
    }
    return count;
  }

  /** Answers one token request. `token` is the one it issued. */
  grant(request: TokenRequest, now: number): { answer: Answer; token?: AccessToken } {
    if (this.#failuresLeft > 0) {
      this.#failuresLeft -= 1;
      return { answer: oauthError(500, 'server_error', 'The authorization server failed.') };
    }
    if (request.contentType?.toLowerCase().startsWith('application/x-www-form-urlencoded') !== true) {
      return { answer: oauthError(400, 'invalid_request', 'The body must be application/x-www-form-urlencoded.') };
    }
    const form = new URLSearchParams(request.body);
    const client = this.#authenticate(request.authorization, form);
    const refusal = this.#throttle(client?.id ?? '', now);
    if (refusal !== undefined) return { answer: refusal };
    if (client === undefined) {
      return {
        answer: {
          ...oauthError(401, 'invalid_client', 'client authentication failed'),
          headers: { 'WWW-Authenticate': 'Basic realm="simulator"' },
        },
      };
    }
    return this.#issueFor(client, form, now);
  }

  #issueFor(client: Client, form: URLSearchParams, now: number): { answer: Answer; token?: AccessToken } {
    switch (form.get('grant_type')) {
      case 'client_credentials':
        if (client.isPublic) {
          return { answer: oauthError(400, 'unauthorized_client', 'a client without a secret cannot use this grant') };
        }
        return this.#issue(client, undefined, now);
      case 'authorization_code': {
        const code = form.get('code') ?? '';
        if (code === '') return { answer: oauthError(400, 'invalid_request', 'code is missing') };
        const spent = `${client.id} ${code}`;
        if (this.#spentCodes.has(spent)) {
          return { answer: oauthError(400, 'invalid_grant', 'the authorization code was already used') };
        }
        this.#spentCodes.set(spent, true);
        return this.#issue(client, this.#newRefreshToken(client), now);
      }
      case 'refresh_token': {
        const text = form.get('refresh_token') ?? '';
        const known = this.#refresh.get(text);
        if (known?.clientId !== client.id || (client.isPublic && !known.isPublic)) {
          return { answer: oauthError(400, 'invalid_grant', 'the refresh token is invalid, expired or revoked') };
        }
        if (!this.#settings.rotateRefreshTokens) return this.#issue(client, text, now);
        this.#refresh.delete(text);
        return this.#issue(client, this.#newRefreshToken(client), now);
      }
      case null:
        return { answer: oauthError(400, 'invalid_request', 'grant_type is missing') };
      default:
        return { answer: oauthError(400, 'unsupported_grant_type', 'the grant type is not supported') };
    }
  }

  /**
   * Who asks: HTTP Basic. With a `code_verifier`, or for a refresh, the id in the form alone will do (a public client);
   * whether it may have the refresh token is decided with the token.
   */
  #authenticate(authorization: string | undefined, form: URLSearchParams): Client | undefined {
    const basic = basicOf(authorization);
    const id = basic?.id ?? form.get('client_id') ?? '';
    const secret = basic?.secret ?? '';
    const { clients } = this.#settings;
    if (id === '') return undefined;
    if (secret !== '') {
      const known = clients === undefined || sameText(clients.get(id) ?? '', secret);
      return known ? { id, isPublic: false } : undefined;
    }
    const mayBePublic = form.has('code_verifier') || form.get('grant_type') === 'refresh_token';
    return mayBePublic && (clients === undefined || clients.has(id)) ? { id, isPublic: true } : undefined;
  }

  #throttle(clientId: string, now: number): Answer | undefined {
    const { throttle } = this.#settings;
    if (throttle === undefined) return undefined;
    let window = this.#throttles.get(clientId);
    if (window === undefined) {
      window = new SlidingWindow(throttle.limit, throttle.windowMs);
      this.#throttles.set(clientId, window);
    }
    if (window.waitMs(now) > 0) {
      return {
        status: 400,
        body: {
          error: 'invalid_request',
          description: 'rate limit exceeded',
          error_description: 'rate limit exceeded; too many token requests, try again later',
        },
      };
    }
    window.take(now);
    return undefined;
  }

  #newRefreshToken(client: Client): string {
    const text = randomTokenText(this.#random);
    this.#refresh.set(text, { clientId: client.id, isPublic: client.isPublic });
    return text;
  }

  #issue(client: Client, refreshToken: string | undefined, now: number): { answer: Answer; token: AccessToken } {
    const text = randomTokenText(this.#random);
    const { lifetimeMs } = this.#settings;
    this.#issued += 1;
    const token: AccessToken = {
      label: `t${this.#issued}`,
      clientId: client.id,
      expiresAt: now + lifetimeMs,
      revoked: false,
    };
    this.#access.set(text, token);
    const body = {
      access_token: text,
      token_type: 'bearer',
      expires_in: Math.max(1, Math.floor(lifetimeMs / 1000)),
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    };
    return { answer: { status: 200, headers: { 'Cache-Control': 'no-store' }, body }, token };
  }
}

/** An error in OAuth's shape, which is not the shape of the API's errors. Both spellings of the description. */
export function oauthError(status: number, error: string, description: string): Answer {
  return { status, body: { error, description, error_description: description } };
}

/** The text behind `Bearer`, undefined without one. */
export function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !/^bearer /i.test(authorization)) return undefined;
  const text = authorization.slice(7).trim();
  return text === '' ? undefined : text;
}

function basicOf(authorization: string | undefined): { id: string; secret: string } | undefined {
  if (authorization === undefined || !/^basic /i.test(authorization)) return undefined;
  const text = Buffer.from(authorization.slice(6).trim(), 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? { id: text, secret: '' } : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
