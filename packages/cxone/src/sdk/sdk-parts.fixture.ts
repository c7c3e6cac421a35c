import type { AuthLike, SdkToken, Singleton } from './sdk-parts.js';

export type FakeAuth = Singleton<AuthLike> & { token: SdkToken };

/** A `CXoneAuth` with a token that a test sets. */
export function authWith(parts: Partial<AuthLike> = {}): FakeAuth {
  const auth: { -readonly [K in keyof FakeAuth]: FakeAuth[K] } = {
    token: {} as SdkToken,
    prototype: {} as AuthLike,
    instance: {
      getAuthToken: () => auth.token,
      setAuthToken: (token: SdkToken) => void (auth.token = token),
      getRefreshToken: () => Promise.resolve(),
      ...parts,
    } as AuthLike,
  };
  auth.prototype = auth.instance;
  return auth;
}

/** An `HttpClient` with the functions that are checked. */
export const httpClient = () => ({
  handleRequestWithCircuitBreaker: () => Promise.resolve({}),
  getBlob: () => Promise.resolve({}),
  circuitBreaker: { execute: (fn: () => unknown) => fn() },
});
