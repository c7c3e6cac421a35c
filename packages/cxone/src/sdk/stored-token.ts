import type { AuthLike, SdkParts, SdkToken } from './sdk-parts.js';

const STORAGE_KEY = 'auth_token';

/** The access token the SDK has now, with what is left of its life. */
export function currentToken(auth: AuthLike): { accessToken: string; expiresInMs?: number } | undefined {
  const { accessToken, expiresIn, accessTokenTime } = auth.getAuthToken();
  if (!accessToken) return undefined;
  const isKnown = typeof expiresIn === 'number' && expiresIn > 0 && typeof accessTokenTime === 'number';
  return isKnown
    ? { accessToken, expiresInMs: Math.max(0, accessTokenTime + expiresIn * 1000 - Date.now()) }
    : { accessToken };
}

/** Writes a token to where the SDK keeps its own. */
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
    // Its other tabs read it there; where the SDK has stored none, neither do we.
    const { localStorage } = globalThis as { localStorage?: Storage };
    if (localStorage?.getItem(STORAGE_KEY)) localStorage.setItem(STORAGE_KEY, JSON.stringify(token));
  }
  for (const holder of [ACDSessionManager, AdminService]) holder?.instance.setAccessToken(accessToken);
}
