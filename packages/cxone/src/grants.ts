import {
  checkGrant,
  ConfigError,
  grantedToken,
  identityOf,
  requestToken,
  type AccessToken,
  type Grant,
  type TokenRequest,
} from '@holdline/core';

/** Where to log in, and how to read the answer. */
export interface LoginOptions {
  /**
   * Base URL of the login host, for other areas, gateways and tests.
   * @defaultValue that of each grant (the vendor's pages)
   */
  loginUrl?: string;
  /**
   * Makes the request.
   * @defaultValue the global `fetch`
   */
  fetch?: typeof fetch;
  /**
   * Reads the answer, where it is not as usual: for deployments that take the `id_token` for a bearer, for example.
   * @defaultValue takes `access_token`, `accessToken` or `token`, with the lifetime and the refresh token in their usual spellings
   */
  mapResponse?: (answer: Record<string, unknown>) => AccessToken;
}

/** Options of {@link accessKey}. */
export interface AccessKeyOptions extends LoginOptions {
  /** Of a user of the platform, made in its administration. */
  accessKeyId: string;
  /** Shown once, when the key is made. */
  accessKeySecret: string;
  /**
   * Area of the business unit: `na1`, `au1`, `eu1`, …
   * @defaultValue 'na1'
   */
  area?: string;
}

/** Options of {@link password}. */
export interface PasswordOptions extends LoginOptions {
  /** Of the registered application. */
  clientId: string;
  /** Of the registered application. */
  clientSecret: string;
  /** Of the user; for back ends the access key's id and secret. */
  username: string;
  /** Of the user. */
  password: string;
}

/** Options of {@link refreshToken}. */
export interface RefreshTokenOptions extends LoginOptions {
  /** Kept from an earlier login. */
  refreshToken: string;
  /**
   * How the host takes it: `form` is `POST /auth/token` with a form (OpenID Connect), `json` is
   * `POST /public/authentication/v1/refresh` with `{ token }`.
   * @defaultValue 'form'
   */
  shape?: 'form' | 'json';
  /**
   * Path of the endpoint, where it is another one: older user hubs have `/public/user/refresh`.
   * @defaultValue that of the shape
   */
  path?: string;
  /**
   * Of the registered application, where the host wants to know.
   * @defaultValue none
   */
  clientId?: string;
  /**
   * Its secret, sent by Basic authentication.
   * @defaultValue none
   */
  clientSecret?: string;
  /**
   * Told of every refresh token that replaces the one before, and waited for. It is a secret: keep it safe. If it fails, the calls
   * go on all the same: handle its errors inside.
   * @defaultValue none
   */
  onRefreshToken?: (refreshToken: string) => void | Promise<void>;
}

const LOGIN_KEYS = ['loginUrl', 'fetch', 'mapResponse'];
const LOGIN_HOST = 'https://cxone.niceincontact.com';

async function requestLogin(
  { loginUrl, fetch, mapResponse = readTokenAnswer }: LoginOptions,
  host: string,
  path: string,
  request: Omit<TokenRequest, 'url' | 'fetch'>,
): Promise<AccessToken> {
  const url = (loginUrl ?? host).replace(/\/+$/, '') + path;
  return mapResponse(await requestToken({ ...request, url, fetch }));
}

/** All spellings that are known: of OpenID Connect, of the SDK's parser, of the user hub. */
function readTokenAnswer(answer: Record<string, unknown>): AccessToken {
  const first = (...names: string[]): unknown => names.map((name) => answer[name]).find((value) => value !== undefined);
  return grantedToken(
    first('access_token', 'accessToken', 'token'),
    first('expires_in', 'accessTokenExpiry', 'tokenExpirationTimeSec'),
    first('refresh_token', 'refreshToken'),
  );
}

/**
 * Logs in with an access key, for services. When the token is over it logs in again.
 *
 * @throws ConfigError if the id or the secret is missing, or a key is not known.
 * @example
 * ```ts
 * import { accessKey, cxone } from '@holdline/cxone';
 *
 * const config = cxone({
 *   token: { grant: accessKey({ accessKeyId: 'id', accessKeySecret: 'secret', area: 'eu1' }) },
 * });
 * ```
 */
export function accessKey(options: AccessKeyOptions): Grant {
  const keys = ['accessKeyId', 'accessKeySecret'];
  checkGrant(options, 'accessKey', [...keys, 'area', ...LOGIN_KEYS], keys);
  const { accessKeyId, accessKeySecret, area = 'na1' } = options;
  const path = '/authentication/v1/token/access-key';
  const host = `https://${area}.nice-incontact.com`;
  const identity = identityOf('access key', options.loginUrl ?? host, accessKeyId, accessKeySecret);
  return Object.assign(() => requestLogin(options, host, path, { body: { accessKeyId, accessKeySecret } }), {
    identity: () => identity,
  });
}

/**
 * The password grant of a registered application, for back ends.
 *
 * @throws ConfigError if something is missing, or a key is not known.
 * @example
 * ```ts
 * import { cxone, password } from '@holdline/cxone';
 *
 * const config = cxone({
 *   token: { grant: password({ clientId: 'app', clientSecret: 's1', username: 'key id', password: 'key secret' }) },
 * });
 * ```
 */
export function password(options: PasswordOptions): Grant {
  const keys = ['clientId', 'clientSecret', 'username', 'password'];
  checkGrant(options, 'password', [...keys, ...LOGIN_KEYS], keys);
  const { clientId, clientSecret, username, password: secret } = options;
  const identity = identityOf('password', options.loginUrl ?? LOGIN_HOST, clientId, clientSecret, username, secret);
  const grant: Grant = () =>
    requestLogin(options, LOGIN_HOST, '/auth/token', {
      body: new URLSearchParams({ grant_type: 'password', username, password: secret }),
      basic: [clientId, clientSecret],
    });
  return Object.assign(grant, { identity: () => identity });
}

/**
 * Renews by a refresh token, and keeps up with its rotation.
 *
 * @throws ConfigError if there is no token to begin with, or a key is not known.
 * @example
 * ```ts
 * import { cxone, refreshToken } from '@holdline/cxone';
 *
 * const config = cxone({
 *   token: {
 *     grant: refreshToken({ refreshToken: 'kept from the last run', onRefreshToken: (token) => keep(token) }),
 *   },
 * });
 * declare function keep(refreshToken: string): void;
 * ```
 */
export function refreshToken(options: RefreshTokenOptions): Grant {
  const keys = ['refreshToken', 'shape', 'path', 'clientId', 'clientSecret', 'onRefreshToken'];
  checkGrant(options, 'refreshToken', [...keys, ...LOGIN_KEYS], ['refreshToken']);
  const { shape = 'form', path, clientId, clientSecret, onRefreshToken } = options;
  if (shape !== 'form' && shape !== 'json')
    throw new ConfigError(`refreshToken.shape must be 'form' or 'json', got ${JSON.stringify(shape)}`);
  let current = options.refreshToken;
  // Each user who logs in is a credential of his own, and his first refresh token is nobody else's.
  const identity = identityOf('refresh token', options.loginUrl ?? LOGIN_HOST, clientId, clientSecret, current);
  const grant: Grant = async (input) => {
    // That of the store is newer, if another process has refreshed.
    const used = input?.refreshToken ?? current;
    const basic =
      clientId !== undefined && clientSecret !== undefined ? ([clientId, clientSecret] as const) : undefined;
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: used });
    if (clientId !== undefined && !basic) form.set('client_id', clientId);
    const token = await (shape === 'form'
      ? requestLogin(options, LOGIN_HOST, path ?? '/auth/token', { body: form, basic })
      : requestLogin(options, LOGIN_HOST, path ?? '/public/authentication/v1/refresh', {
          body: { token: used },
          basic,
        }));
    await input?.keep(token);
    // The platform may or may not rotate: whatever comes back replaces, nothing leaves the old one.
    current = token.refreshToken ?? used;
    if (current !== used) {
      // The token is good also where keeping its successor failed.
      await Promise.resolve(current)
        .then(onRefreshToken)
        .catch(() => undefined);
    }
    return token;
  };
  return Object.assign(grant, { identity: () => identity });
}
