import {
  checkGrant,
  grantedToken,
  identityOf,
  requestToken,
  type AccessToken,
  type Grant,
  type Secret,
} from '@holdline/core';
import { revokeToken } from './sdk/revocation.js';

/**
 * Where to log in: `environment` or `loginUrl`.
 * @public
 */
export interface LoginOptions {
  /**
   * Domain of the region, for example `mypurecloud.ie`.
   * @defaultValue 'mypurecloud.com' (the SDK's own)
   */
  environment?: string;
  /**
   * Base URL of the login host, for a gateway or a test.
   * @defaultValue `https://login.{environment}`
   */
  loginUrl?: string;
  /**
   * Base URL of the API, which revokes tokens for `close({ revoke: true })`.
   * @defaultValue `https://api.{environment}`; none with `loginUrl`, so that a token goes to no other host
   */
  apiUrl?: string;
  /**
   * Sends the request.
   * @defaultValue the global `fetch`
   */
  fetch?: typeof fetch;
}

/**
 * Options of {@link clientCredentials}.
 * @public
 */
export interface ClientCredentialsOptions extends LoginOptions {
  clientId: string;
  clientSecret: string | Secret;
}

/**
 * Options of {@link authorizationCode}: an authorization code, or a refresh token of an earlier run.
 * @public
 */
export interface AuthorizationCodeOptions extends LoginOptions {
  clientId: string;
  /** Secret of the OAuth client. PKCE clients have none. */
  clientSecret?: string | Secret;
  /** Authorization code of a new login. */
  code?: string | Secret;
  /** Redirect URI that the code was issued for. */
  redirectUri?: string;
  /** Code verifier of PKCE. */
  codeVerifier?: string | Secret;
  /** Refresh token of an earlier run. */
  refreshToken?: string | Secret;
  /**
   * Receives every new refresh token. The grant waits for the returned promise. The token is a secret: store it safely. The grant
   * ignores a rejection, so handle errors in the function.
   */
  onRefreshToken?: (refreshToken: string) => void | Promise<void>;
}

const LOGIN_KEYS = ['environment', 'loginUrl', 'apiUrl', 'fetch'];

/**
 * Makes the client credentials grant, for services.
 *
 * @throws ConfigError if the id or the secret is missing, or a key is unknown.
 * @example
 * ```ts
 * import { clientCredentials, genesysCloud } from '@holdline/genesys';
 *
 * const config = genesysCloud({
 *   token: { grant: clientCredentials({ clientId: 'id', clientSecret: 'secret', environment: 'mypurecloud.ie' }) },
 * });
 * ```
 * @public
 */
export function clientCredentials(options: ClientCredentialsOptions): Grant {
  const keys = ['clientId', 'clientSecret'];
  const { clientId, clientSecret } = checkGrant(options, 'clientCredentials', [...keys, ...LOGIN_KEYS], keys);
  const identity = identityOf('client credentials', loginUrlOf(options), clientId, clientSecret);
  return Object.assign(() => requestLogin(options, { grant_type: 'client_credentials' }, clientId, clientSecret), {
    identity: () => identity,
    ...revocation(options),
  });
}

/**
 * Makes the authorization code grant, with or without PKCE. It uses the code once, then the refresh token, and follows the
 * rotation of refresh tokens.
 *
 * @throws ConfigError if code and refresh token are both missing, or a key is unknown.
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
 * @public
 */
export function authorizationCode(options: AuthorizationCodeOptions): Grant {
  const keys = ['clientId', 'clientSecret', 'code', 'redirectUri', 'codeVerifier', 'refreshToken', 'onRefreshToken'];
  const needed = options?.refreshToken === undefined ? ['clientId', 'code', 'redirectUri'] : ['clientId'];
  const given = checkGrant(options, 'authorizationCode', [...keys, ...LOGIN_KEYS], needed);
  const { clientId, clientSecret, code, redirectUri, codeVerifier, onRefreshToken } = given;
  let { refreshToken } = given;
  // The first code or refresh token identifies the user: no other login has the same.
  const identity = identityOf('authorization code', loginUrlOf(options), clientId, clientSecret, refreshToken ?? code);
  const grant: Grant = async (input) => {
    // The store has a newer token after a refresh by another process.
    const used = input?.refreshToken ?? refreshToken;
    const form: Record<string, string> =
      used === undefined
        ? { grant_type: 'authorization_code', code: code as string, redirect_uri: redirectUri as string }
        : { grant_type: 'refresh_token', refresh_token: used };
    if (used === undefined && codeVerifier !== undefined) form['code_verifier'] = codeVerifier;
    if (clientSecret === undefined) form['client_id'] = clientId;
    const token = await requestLogin(options, form, clientId, clientSecret);
    await input?.keep(token);
    // The platform rotates refresh tokens or not. Without a new one the old one stays valid.
    refreshToken = token.refreshToken ?? used;
    if (refreshToken !== undefined && refreshToken !== used) {
      // The access token is valid, even if the listener could not store the refresh token.
      await Promise.resolve(refreshToken)
        .then(onRefreshToken)
        .catch(() => undefined);
    }
    return token;
  };
  return Object.assign(grant, { identity: () => identity, ...revocation(options) });
}

const DEFAULT_ENVIRONMENT = 'mypurecloud.com';

function loginUrlOf({ environment = DEFAULT_ENVIRONMENT, loginUrl }: LoginOptions): string {
  return (loginUrl ?? `https://login.${environment}`).replace(/\/+$/, '');
}

/** The function `revoke` of a grant, if the API is known. */
function revocation({
  environment = DEFAULT_ENVIRONMENT,
  loginUrl,
  apiUrl,
  fetch,
}: LoginOptions): Pick<Grant, 'revoke'> {
  const url = apiUrl ?? (loginUrl === undefined ? `https://api.${environment}` : undefined);
  return url === undefined ? {} : { revoke: (accessToken, signal) => revokeToken(url, accessToken, signal, fetch) };
}

async function requestLogin(
  options: LoginOptions,
  form: Record<string, string>,
  clientId: string,
  clientSecret: string | undefined,
): Promise<AccessToken> {
  const answer = await requestToken({
    url: `${loginUrlOf(options)}/oauth/token`,
    body: new URLSearchParams(form),
    basic: clientSecret === undefined ? undefined : [clientId, clientSecret],
    fetch: options.fetch,
  });
  return grantedToken(answer['access_token'], answer['expires_in'], answer['refresh_token']);
}
