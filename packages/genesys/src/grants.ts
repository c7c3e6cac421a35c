import { checkGrant, grantedToken, identityOf, requestToken, type AccessToken, type Grant } from '@holdline/core';

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

const LOGIN_KEYS = ['environment', 'loginUrl', 'fetch'];

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
  const keys = ['clientId', 'clientSecret'];
  checkGrant(options, 'clientCredentials', [...keys, ...LOGIN_KEYS], keys);
  const { clientId, clientSecret } = options;
  const identity = identityOf('client credentials', loginUrlOf(options), clientId, clientSecret);
  return Object.assign(() => requestLogin(options, { grant_type: 'client_credentials' }, clientId, clientSecret), {
    identity: () => identity,
  });
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
  const needed = options?.refreshToken === undefined ? ['clientId', 'code', 'redirectUri'] : ['clientId'];
  checkGrant(options, 'authorizationCode', [...keys, ...LOGIN_KEYS], needed);
  const { clientId, clientSecret, code, redirectUri, codeVerifier, onRefreshToken } = options;
  let { refreshToken } = options;
  // Each user who logs in is a credential of his own, and his first code or refresh token is nobody else's.
  const identity = identityOf('authorization code', loginUrlOf(options), clientId, clientSecret, refreshToken ?? code);
  const grant: Grant = async (input) => {
    // That of the store is newer, if another process has refreshed.
    const used = input?.refreshToken ?? refreshToken;
    const form: Record<string, string> =
      used === undefined
        ? { grant_type: 'authorization_code', code: code as string, redirect_uri: redirectUri as string }
        : { grant_type: 'refresh_token', refresh_token: used };
    if (used === undefined && codeVerifier !== undefined) form['code_verifier'] = codeVerifier;
    if (clientSecret === undefined) form['client_id'] = clientId;
    const token = await requestLogin(options, form, clientId, clientSecret);
    await input?.keep(token);
    // The platform may or may not rotate: whatever comes back replaces, nothing leaves the old one.
    refreshToken = token.refreshToken ?? used;
    if (refreshToken !== undefined && refreshToken !== used) {
      // The token is good also where keeping its successor failed.
      await Promise.resolve(refreshToken)
        .then(onRefreshToken)
        .catch(() => undefined);
    }
    return token;
  };
  return Object.assign(grant, { identity: () => identity });
}

function loginUrlOf({ environment = 'mypurecloud.com', loginUrl }: LoginOptions): string {
  return (loginUrl ?? `https://login.${environment}`).replace(/\/+$/, '');
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
