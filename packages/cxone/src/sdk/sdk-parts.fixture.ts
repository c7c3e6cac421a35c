import type { AuthLike, SdkToken, Singleton } from './sdk-parts.js';

export type FakeAuth = Singleton<AuthLike> & { token: SdkToken };

/** A `CXoneAuth` whose token a test may set. */
export function authWith(parts: Partial<AuthLike> = {}): FakeAuth {
  const it: { -readonly [K in keyof FakeAuth]: FakeAuth[K] } = {
    token: {} as SdkToken,
    prototype: {} as AuthLike,
    instance: {
      getAuthToken: () => it.token,
      setAuthToken: (token: SdkToken) => void (it.token = token),
      getRefreshToken: () => Promise.resolve(),
      ...parts,
    } as AuthLike,
  };
  it.prototype = it.instance;
  return it;
}

/** An `HttpClient` with the functions that are checked. */
export const httpClient = () => ({
  handleRequestWithCircuitBreaker: () => Promise.resolve({}),
  getBlob: () => Promise.resolve({}),
  circuitBreaker: { execute: (fn: () => unknown) => fn() },
});
