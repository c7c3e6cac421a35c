import {
  GrantError,
  refreshLineageOf,
  type AccessToken,
  type Grant,
  type GrantInput,
  type TokenOptions,
} from '@holdline/core';
import type { AuthLike, Singleton } from './sdk-parts.js';
import { currentToken } from './stored-token.js';

/** Token options that read the SDK's token and renew it by the SDK's own refresh. */
export function sdkTokenOptions(CXoneAuth: Singleton<AuthLike>): TokenOptions & { grant: Grant } {
  return {
    current: () => currentToken(CXoneAuth.instance),
    grant: Object.assign(grant, {
      identity: () => {
        const { authSettings, oidcConfig, getAuthToken } = CXoneAuth.instance;
        const { refreshToken } = getAuthToken.call(CXoneAuth.instance);
        if (!refreshToken) return undefined;
        return refreshLineageOf(CXoneAuth).identity(
          refreshToken,
          oidcConfig?.tokenEndpoint ?? authSettings?.cxoneHostname,
        );
      },
    }),
  };

  async function grant(input?: GrantInput): Promise<AccessToken | undefined> {
    const auth = CXoneAuth.instance;
    const found = auth.getAuthToken();
    const used = input?.refreshToken ?? found.refreshToken;
    if (!used) return undefined;
    const before = used === found.refreshToken ? found : { ...found, refreshToken: used };
    // The SDK renews with its stored refresh token. Another process may have a newer one.
    if (before !== found) auth.setAuthToken(before);
    const failure = await renewBySdk(auth);
    const { refreshToken } = auth.getAuthToken();
    const token = currentToken(auth);
    if (token && token.accessToken !== before.accessToken) {
      refreshLineageOf(CXoneAuth).replaced(found.refreshToken, refreshToken);
      return { ...token, refreshToken };
    }
    // After a response without a token the SDK has none, and could not renew again.
    if (!token || before !== found) auth.setAuthToken(found);
    throw failure;
  }
}

/** Records that a new refresh token, also one of another process, replaces the token of the SDK. The user stays the same. */
export function followRefreshToken(CXoneAuth: Singleton<AuthLike>, refreshToken: string | undefined): void {
  refreshLineageOf(CXoneAuth).replaced(CXoneAuth.instance.getAuthToken().refreshToken, refreshToken);
}

/**
 * Renews by the SDK, which never rejects.
 * @returns the error for the case that there is no new token: the SDK reports the cause to its listeners only.
 */
async function renewBySdk(auth: AuthLike): Promise<GrantError> {
  let status: unknown;
  let isReported = false;
  const listening = auth.onAuthStatusChange?.subscribe(({ response }) => {
    const { data } = (response ?? {}) as { data?: { status?: unknown } };
    isReported = true;
    status = data?.status;
  });
  try {
    await (auth.isImpersonatedUser && auth.getRegionalRefreshToken
      ? auth.getRegionalRefreshToken()
      : auth.getRefreshToken());
  } finally {
    listening?.unsubscribe();
  }
  if (typeof status === 'number')
    return new GrantError(`the login host answered the SDK with ${status}`, {
      retryable: status >= 500,
      refused: status === 400 || status === 401 || status === 403,
    });
  // For 429, 503 and network errors the SDK reports no status.
  return isReported
    ? new GrantError('the SDK could not renew its token', { retryable: true })
    : new GrantError('the SDK returned no new token and no reason', { retryable: false });
}
