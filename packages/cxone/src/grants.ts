import {
  checkGrant,
  ConfigError,
  grantedToken,
  identityOf,
  requestToken,
  type AccessToken,
  type Grant,
  type Secret,
  type TokenRequest,
} from '@holdline/core';

/**
 * Where to log in, and how to read the response.
 * @public
 */
export interface LoginOptions {
  /**
   * Base URL of the login host, for another area, a gateway or a test.
   * @defaultValue the host of each grant (the vendor's pages)
   */
  loginUrl?: string;
  /**
   * Sends the request.
   * @defaultValue the global `fetch`
   */
  fetch?: typeof fetch;
  /**
   * Reads a response in another format, for example for deployments that use the `id_token` as bearer token.
   * @defaultValue reads `access_token`, `accessToken` or `token`, with lifetime and refresh token in their usual spellings
   */
  mapResponse?: (answer: Record<string, unknown>) => AccessToken;
}

/**
 * Options of {@link accessKey}.
 * @public
 */
export interface AccessKeyOptions extends LoginOptions {
  /** Id of an access key, which the administration of the platform makes for a user. */
  accessKeyId: string;
  /** Secret of the access key. The platform shows it once. */
  accessKeySecret: string | Secret;
  /**
   * Area of the business unit: `na1`, `au1`, `eu1`, …
   * @defaultValue 'na1'
   */
  area?: string;
}

/**
 * Options of {@link password}.
 * @public
 */
export interface PasswordOptions extends LoginOptions {
  /** Client id of the registered application. */
  clientId: string;
  /** Client secret of the registered application. */
  clientSecret: string | Secret;
  /** Name of the user. For a back end it is the id of an access key. */
  username: string;
  /** Password of the user. For a back end it is the secret of the access key. */
  password: string | Secret;
}

/**
 * Options of {@link refreshToken}.
 * @public
 */
export interface RefreshTokenOptions extends LoginOptions {
  /** Refresh token of an earlier login. */
  refreshToken: string | Secret;
  /**
   * Format of the request: `form` is `POST /auth/token` with a form (OpenID Connect), `json` is
   * `POST /public/authentication/v1/refresh` with `{ token }`.
   * @defaultValue 'form'
   */
  shape?: 'form' | 'json';
  /**
   * Path of another endpoint, such as `/public/user/refresh` of older user hubs.
   * @defaultValue the path of the shape
   */
  path?: string;
  /**
   * Client id of the registered application, if the host requires one.
   * @defaultValue none
   */
  clientId?: string;
  /**
   * Client secret of the registered application, sent by Basic authentication.
   * @defaultValue none
   */
  clientSecret?: string | Secret;
  /**
   * Receives every new refresh token. The grant waits for the returned promise. The token is a secret: store it safely. The grant
   * ignores a rejection, so handle errors in the function.
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

/** Reads the known spellings: of OpenID Connect, of the SDK's parser and of the user hub. */
function readTokenAnswer(answer: Record<string, unknown>): AccessToken {
  const first = (...names: string[]): unknown => names.map((name) => answer[name]).find((value) => value !== undefined);
  return grantedToken(
    first('access_token', 'accessToken', 'token'),
    first('expires_in', 'accessTokenExpiry', 'tokenExpirationTimeSec'),
    first('refresh_token', 'refreshToken'),
  );
}

/**
 * Makes the access key grant, for services. It logs in again when the token expires.
 *
 * @throws ConfigError if the id or the secret is missing, or a key is unknown.
 * @example
 * ```ts
 * import { accessKey, cxone } from '@holdline/cxone';
 *
 * const config = cxone({
 *   token: { grant: accessKey({ accessKeyId: 'id', accessKeySecret: 'secret', area: 'eu1' }) },
 * });
 * ```
 * @public
 */
export function accessKey(options: AccessKeyOptions): Grant {
  const keys = ['accessKeyId', 'accessKeySecret'];
  const given = checkGrant(options, 'accessKey', [...keys, 'area', ...LOGIN_KEYS], keys);
  const { accessKeyId, accessKeySecret, area = 'na1' } = given;
  const path = '/authentication/v1/token/access-key';
  const host = `https://${area}.nice-incontact.com`;
  const identity = identityOf('access key', options.loginUrl ?? host, accessKeyId, accessKeySecret);
  return Object.assign(() => requestLogin(options, host, path, { body: { accessKeyId, accessKeySecret } }), {
    identity: () => identity,
  });
}

/**
 * Makes the password grant of a registered application, for back ends.
 *
 * @throws ConfigError if an option is missing, or a key is unknown.
 * @example
 * ```ts
 * import { cxone, password } from '@holdline/cxone';
 *
 * const config = cxone({
 *   token: { grant: password({ clientId: 'app', clientSecret: 's1', username: 'key id', password: 'key secret' }) },
 * });
 * ```
 * @public
 */
export function password(options: PasswordOptions): Grant {
  const keys = ['clientId', 'clientSecret', 'username', 'password'];
  const given = checkGrant(options, 'password', [...keys, ...LOGIN_KEYS], keys);
  const { clientId, clientSecret, username, password: secret } = given;
  const identity = identityOf('password', options.loginUrl ?? LOGIN_HOST, clientId, clientSecret, username, secret);
  const grant: Grant = () =>
    requestLogin(options, LOGIN_HOST, '/auth/token', {
      body: new URLSearchParams({ grant_type: 'password', username, password: secret }),
      basic: [clientId, clientSecret],
    });
  return Object.assign(grant, { identity: () => identity });
}

/**
 * Makes the refresh token grant. It follows the rotation of refresh tokens.
 *
 * @throws ConfigError if the first refresh token is missing, or a key is unknown.
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
 * @public
 */
export function refreshToken(options: RefreshTokenOptions): Grant {
  const keys = ['refreshToken', 'shape', 'path', 'clientId', 'clientSecret', 'onRefreshToken'];
  const given = checkGrant(options, 'refreshToken', [...keys, ...LOGIN_KEYS], ['refreshToken']);
  const { shape = 'form', path, clientId, clientSecret, onRefreshToken } = given;
  if (shape !== 'form' && shape !== 'json')
    throw new ConfigError(`refreshToken.shape must be 'form' or 'json', got ${JSON.stringify(shape)}`);
  let current = given.refreshToken;
  // The first refresh token identifies the user: no other login has the same.
  const identity = identityOf('refresh token', options.loginUrl ?? LOGIN_HOST, clientId, clientSecret, current);
  const grant: Grant = async (input) => {
    // The store has a newer token after a refresh by another process.
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
    // The platform rotates refresh tokens or not. Without a new one the old one stays valid.
    current = token.refreshToken ?? used;
    if (current !== used) {
      // The access token is valid, even if the listener could not store the refresh token.
      await Promise.resolve(current)
        .then(onRefreshToken)
        .catch(() => undefined);
    }
    return token;
  };
  return Object.assign(grant, { identity: () => identity });
}
