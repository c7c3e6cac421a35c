import {
  ConfigError,
  GrantError,
  parseRetryAfter,
  type AccessToken,
  type Grant,
  type ReadHeader,
} from '@holdline/core';

/** Where to log in. One of the two. */
export interface LoginOptions {
  /**
   * Domain of the region, for example `mypurecloud.ie`.
   * @defaultValue 'mypurecloud.com' (the SDK's own)
   */
  environment?: string;
  /**
   * Base URL of the login host, for gateways and tests.
   * @defaultValue `https://login.{environment}`
   */
  loginUrl?: string;
  /**
   * Makes the request.
   * @defaultValue the global `fetch`
   */
  fetch?: typeof fetch;
}

/** Options of {@link clientCredentials}. */
export interface ClientCredentialsOptions extends LoginOptions {
  clientId: string;
  clientSecret: string;
}

/** Options of {@link authorizationCode}: a code to begin with, or a refresh token from before. */
export interface AuthorizationCodeOptions extends LoginOptions {
  clientId: string;
  /** Left out for PKCE clients. */
  clientSecret?: string;
  /** The code of a fresh login. */
  code?: string;
  /** The redirect URI the code was issued for. */
  redirectUri?: string;
  /** PKCE. */
  codeVerifier?: string;
  /** A refresh token kept from an earlier run. */
  refreshToken?: string;
  /**
   * Told of every refresh token that replaces the one before, and waited for. It is a secret: keep it safe. If it fails, the calls
   * go on all the same: handle its errors inside.
   */
  onRefreshToken?: (refreshToken: string) => void | Promise<void>;
}

const TIMEOUT_MS = 16_000;

const FUNCTIONS = ['fetch', 'onRefreshToken'];
const LOGIN_KEYS = ['environment', 'loginUrl', 'fetch'];

/** Checks keys and types. Never shows a value: most of them are secrets. */
function check(options: object, name: string, keys: readonly string[]): void {
  if (typeof options !== 'object' || options === null)
    throw new ConfigError(`${name} must be an object, got ${typeof options}`);
  for (const [key, value] of Object.entries(options) as [string, unknown][]) {
    if (!keys.includes(key) && !LOGIN_KEYS.includes(key)) {
      throw new ConfigError(`${name}.${key} is not known; allowed here: ${[...keys, ...LOGIN_KEYS].join(', ')}`);
    }
    if (value !== undefined) checkType(value, `${name}.${key}`, FUNCTIONS.includes(key));
  }
}

function checkType(value: unknown, key: string, isFunction: boolean): void {
  if (isFunction) {
    if (typeof value !== 'function') throw new ConfigError(`${key} must be a function, got ${typeof value}`);
  } else if (typeof value !== 'string' || value === '') {
    throw new ConfigError(
      `${key} must be a string that is not empty, got ${value === '' ? 'an empty one' : typeof value}`,
    );
  }
}

function need(options: object, name: string, keys: readonly string[]): void {
  for (const key of keys) checkType((options as Record<string, unknown>)[key], `${name}.${key}`, false);
}

/**
 * The client credentials grant, for services.
 *
 * @throws ConfigError if the id or the secret is missing, or a key is not known.
 * @example
 * ```ts
 * import { clientCredentials, genesysCloud } from '@holdline/genesys';
 *
 * const config = genesysCloud({
 *   token: { grant: clientCredentials({ clientId: 'id', clientSecret: 'secret', environment: 'mypurecloud.ie' }) },
 * });
 * ```
 */
export function clientCredentials(options: ClientCredentialsOptions): Grant {
  check(options, 'clientCredentials', ['clientId', 'clientSecret']);
  need(options, 'clientCredentials', ['clientId', 'clientSecret']);
  const { clientId, clientSecret } = options;
  return () => requestToken(options, { grant_type: 'client_credentials' }, clientId, clientSecret);
}

/**
 * The authorization code grant, with or without PKCE. Uses the code once, then the refresh token, and keeps up with its
 * rotation.
 *
 * @throws ConfigError if neither a code nor a refresh token is given, or a key is not known.
 * @example
 * ```ts
 * import { authorizationCode } from '@holdline/genesys';
 *
 * const grant = authorizationCode({
 *   clientId: 'id',
 *   clientSecret: 'secret',
 *   refreshToken: 'kept from the last run',
 *   onRefreshToken: (refreshToken) => keep(refreshToken),
 * });
 * declare function keep(refreshToken: string): void;
 * ```
 */
export function authorizationCode(options: AuthorizationCodeOptions): Grant {
  const keys = ['clientId', 'clientSecret', 'code', 'redirectUri', 'codeVerifier', 'refreshToken', 'onRefreshToken'];
  check(options, 'authorizationCode', keys);
  need(
    options,
    'authorizationCode',
    options.refreshToken === undefined ? ['clientId', 'code', 'redirectUri'] : ['clientId'],
  );
  const { clientId, clientSecret, code, redirectUri, codeVerifier, onRefreshToken } = options;
  let { refreshToken } = options;
  return async () => {
    const form: Record<string, string> =
      refreshToken === undefined
        ? { grant_type: 'authorization_code', code: code as string, redirect_uri: redirectUri as string }
        : { grant_type: 'refresh_token', refresh_token: refreshToken };
    if (refreshToken === undefined && codeVerifier !== undefined) form['code_verifier'] = codeVerifier;
    if (clientSecret === undefined) form['client_id'] = clientId;
    const token = await requestToken(options, form, clientId, clientSecret);
    // The platform may or may not rotate: whatever comes back replaces, nothing leaves the old one.
    if (token.refreshToken !== undefined && token.refreshToken !== refreshToken) {
      refreshToken = token.refreshToken;
      // The token is good also where keeping its successor failed.
      await Promise.resolve(refreshToken)
        .then(onRefreshToken)
        .catch(() => undefined);
    }
    return token;
  };
}

async function requestToken(
  { environment = 'mypurecloud.com', loginUrl, fetch: send = globalThis.fetch }: LoginOptions,
  form: Record<string, string>,
  clientId: string,
  clientSecret: string | undefined,
): Promise<AccessToken> {
  const url = `${(loginUrl ?? `https://login.${environment}`).replace(/\/+$/, '')}/oauth/token`;
  const headers: Record<string, string> = { 'Content-Type': 'application/x-www-form-urlencoded' };
  if (clientSecret !== undefined) headers['Authorization'] = `Basic ${base64(`${clientId}:${clientSecret}`)}`;
  let response: Response;
  let body: TokenAnswer;
  try {
    response = await send(url, {
      method: 'POST',
      headers,
      body: new URLSearchParams(form).toString(),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    body = ((await response.json().catch(() => undefined)) ?? {}) as TokenAnswer;
  } catch {
    // The native error may carry the request, and with it the secret.
    throw new GrantError('the login host cannot be reached', { retryable: true });
  }
  if (!response.ok) throw refusedGrant(response.status, body, (name) => response.headers.get(name) ?? undefined);
  if (typeof body.access_token !== 'string' || body.access_token === '') {
    throw new GrantError('the login host answered without an access token', { retryable: false });
  }
  const { expires_in: seconds, refresh_token: refreshToken } = body;
  return {
    accessToken: body.access_token,
    expiresInMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined,
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined,
  };
}

interface TokenAnswer {
  access_token?: unknown;
  expires_in?: unknown;
  refresh_token?: unknown;
  error?: unknown;
  error_description?: unknown;
  description?: unknown;
}

/** Says what the login host answered. Its own throttling is not a 429 but a 400 that mentions the rate limit. */
export function refusedGrant(status: number, body: TokenAnswer, readHeader: ReadHeader): GrantError {
  const { error, error_description: described, description = described } = body;
  const throttled = status === 429 || (status === 400 && /rate limit exceeded/i.test(String(description ?? '')));
  const code = typeof error === 'string' && /^[\w.-]{1,60}$/.test(error) ? ` ${error}` : '';
  return new GrantError(`the login host answered ${status}${code}${throttled ? ' (rate limit exceeded)' : ''}`, {
    retryable: throttled || status >= 500,
    retryAfterMs: parseRetryAfter(readHeader, Date.now()),
  });
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
