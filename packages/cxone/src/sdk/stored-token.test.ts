import { describe, expect, test } from 'vitest';
import { authWith, httpClient } from './sdk-parts.fixture.js';
import { currentToken, writeToken } from './stored-token.js';

describe('the token of the SDK', () => {
  test('currentToken reads no token, and tokens with, without and after their expiry', () => {
    const auth = authWith();
    expect(currentToken(auth.instance)).toBeUndefined();
    auth.token = { accessToken: 'a' };
    expect(currentToken(auth.instance)).toEqual({ accessToken: 'a' });
    auth.token = { accessToken: 'a', expiresIn: 60, accessTokenTime: Date.now() };
    expect(currentToken(auth.instance)?.expiresInMs).toBeGreaterThan(50_000);
    auth.token.accessTokenTime = 1;
    expect(currentToken(auth.instance)).toEqual({ accessToken: 'a', expiresInMs: 0 });
  });

  test('writeToken writes all classes that store a token, with its lifetime and refresh token', () => {
    const CXoneAuth = authWith();
    const held: string[] = [];
    const holder = { instance: { setAccessToken: (token: string) => void held.push(token) } } as never;
    CXoneAuth.token = { accessToken: 'a', refreshToken: 'r', expiresIn: 9 };
    const sdk = { HttpClient: httpClient(), CXoneAuth, ACDSessionManager: holder, AdminService: holder };
    writeToken(sdk, { accessToken: 'b', expiresInMs: 60_000 });
    expect(CXoneAuth.token).toMatchObject({ accessToken: 'b', refreshToken: 'r', expiresIn: 60 });
    writeToken(sdk, { accessToken: 'c', refreshToken: 's' });
    expect(CXoneAuth.token).toMatchObject({ accessToken: 'c', refreshToken: 's' });
    expect(CXoneAuth.token.expiresIn).toBeUndefined();
    expect(held).toEqual(['b', 'b', 'c', 'c']);
  });

  test('writeToken updates the local storage only if the SDK has stored a token there', () => {
    const items = new Map<string, string>();
    const localStorage = {
      getItem: (k: string) => items.get(k) ?? null,
      setItem: (k: string, v: string) => items.set(k, v),
    };
    Object.assign(globalThis, { localStorage });
    try {
      const CXoneAuth = authWith();
      writeToken({ HttpClient: httpClient(), CXoneAuth }, { accessToken: 'b' });
      expect(items.size).toBe(0);
      items.set('auth_token', '{"accessToken":"a"}');
      writeToken({ HttpClient: httpClient(), CXoneAuth }, { accessToken: 'c' });
      expect(JSON.parse(items.get('auth_token') ?? '')).toMatchObject({ accessToken: 'c' });
    } finally {
      delete (globalThis as { localStorage?: unknown }).localStorage;
    }
  });
});
