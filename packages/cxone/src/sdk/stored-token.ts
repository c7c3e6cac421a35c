import type { AuthLike, SdkParts, SdkToken } from './sdk-parts.js';

const STORAGE_KEY = 'auth_token';

/** The access token of the SDK, with its remaining lifetime. */
export function currentToken(auth: AuthLike): { accessToken: string; expiresInMs?: number } | undefined {
  const { accessToken, expiresIn, accessTokenTime } = auth.getAuthToken();
  if (!accessToken) return undefined;
  const isKnown = typeof expiresIn === 'number' && expiresIn > 0 && typeof accessTokenTime === 'number';
  return isKnown
    ? { accessToken, expiresInMs: Math.max(0, accessTokenTime + expiresIn * 1000 - Date.now()) }
    : { accessToken };
}

/** Stores a token in the SDK. */
export function writeToken(
  { CXoneAuth, ACDSessionManager, AdminService }: SdkParts,
  {
    accessToken,
    expiresInMs,
    refreshToken,
  }: { accessToken: string; expiresInMs?: number | undefined; refreshToken?: string | undefined },
): void {
  const auth = CXoneAuth?.instance;
  const known = auth?.getAuthToken();
  if (auth && known?.accessToken !== accessToken) {
    const token: SdkToken = { ...known, accessToken, accessTokenTime: Date.now() };
    if (refreshToken !== undefined) token.refreshToken = refreshToken;
    if (expiresInMs === undefined) delete token.expiresIn;
    else token.expiresIn = expiresInMs / 1000;
    auth.setAuthToken(token);
    // The SDK's other tabs read this entry. Without an entry of the SDK none is made.
    const { localStorage } = globalThis as { localStorage?: Storage };
    if (localStorage?.getItem(STORAGE_KEY)) localStorage.setItem(STORAGE_KEY, JSON.stringify(token));
  }
  for (const holder of [ACDSessionManager, AdminService]) holder?.instance.setAccessToken(accessToken);
}
