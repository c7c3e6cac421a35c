import { ConfigError, holdlineOf, release } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import { guardCxone, type CxoneSdk } from './index.js';
import {
  checkSdk,
  claimsOf,
  currentToken,
  isLogin,
  ownOrigins,
  writeToken,
  type AuthLike,
  type SdkToken,
  type Singleton,
} from './sdk.js';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object): string => `${part({ alg: 'RS256' })}.${part(claims)}.sig`;

type Auth = Singleton<AuthLike> & { token: SdkToken };

function authWith(parts: Partial<AuthLike> = {}): Auth {
  const it: { -readonly [K in keyof Auth]: Auth[K] } = {
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

const HttpClient = () => ({
  handleRequestWithCircuitBreaker: () => Promise.resolve({}),
  getBlob: () => Promise.resolve({}),
  circuitBreaker: { execute: (fn: () => unknown) => fn() },
});

describe('the token of the SDK', () => {
  test('none, one without expiry, one with, one that is over', () => {
    const auth = authWith();
    expect(currentToken(auth.instance)).toBeUndefined();
    auth.token = { accessToken: 'a' };
    expect(currentToken(auth.instance)).toEqual({ accessToken: 'a' });
    auth.token = { accessToken: 'a', expiresIn: 60, accessTokenTime: Date.now() };
    expect(currentToken(auth.instance)?.expiresInMs).toBeGreaterThan(50_000);
    auth.token.accessTokenTime = 1;
    expect(currentToken(auth.instance)).toEqual({ accessToken: 'a', expiresInMs: 0 });
  });

  test('is written to all that keep one, with what is known of it', () => {
    const CXoneAuth = authWith();
    const held: string[] = [];
    const holder = { instance: { setAccessToken: (token: string) => void held.push(token) } } as never;
    CXoneAuth.token = { accessToken: 'a', refreshToken: 'r', expiresIn: 9 };
    const sdk = { HttpClient: HttpClient(), CXoneAuth, ACDSessionManager: holder, AdminService: holder };
    writeToken(sdk, { accessToken: 'b', expiresInMs: 60_000 });
    expect(CXoneAuth.token).toMatchObject({ accessToken: 'b', refreshToken: 'r', expiresIn: 60 });
    writeToken(sdk, { accessToken: 'c', refreshToken: 's' });
    expect(CXoneAuth.token).toMatchObject({ accessToken: 'c', refreshToken: 's' });
    expect(CXoneAuth.token.expiresIn).toBeUndefined();
    expect(held).toEqual(['b', 'b', 'c', 'c']);
  });

  test('is stored where the SDK has stored one, and nowhere else', () => {
    const items = new Map<string, string>();
    const localStorage = {
      getItem: (k: string) => items.get(k) ?? null,
      setItem: (k: string, v: string) => items.set(k, v),
    };
    Object.assign(globalThis, { localStorage });
    try {
      const CXoneAuth = authWith();
      writeToken({ HttpClient: HttpClient(), CXoneAuth }, { accessToken: 'b' });
      expect(items.size).toBe(0);
      items.set('auth_token', '{"accessToken":"a"}');
      writeToken({ HttpClient: HttpClient(), CXoneAuth }, { accessToken: 'c' });
      expect(JSON.parse(items.get('auth_token') ?? '')).toMatchObject({ accessToken: 'c' });
    } finally {
      delete (globalThis as { localStorage?: unknown }).localStorage;
    }
  });
});

describe('whose a token is', () => {
  test.each([
    [`Bearer ${jwt({ tenantId: 't', sub: 'user:1' })}`, { tenant: 't', credential: 't/user:1' }],
    [`Bearer ${jwt({ tenantId: 't', sub: 'user:1', userId: 'u' })}`, { tenant: 't', credential: 't/u' }],
    [`Bearer ${jwt({ tenantId: 't' })}`, { tenant: 't' }],
    [`Bearer ${jwt({ tenantId: 'ü', sub: 1 })}`, { tenant: expect.any(String) as string }],
    [`Bearer ${jwt({ sub: 'user:1' })}`, {}],
    ['Bearer opaque', {}],
    ['Bearer a.b%%.c', {}],
    [`Bearer x.${Buffer.from('no json').toString('base64url')}.y`, {}],
    ['Basic YTpi', {}],
  ])('%s', (authorization, claims) => {
    expect(claimsOf(authorization)).toEqual(claims);
  });
});

describe('where the API is', () => {
  const config = {
    acdApiBaseUri: 'https://acd.partner.test/',
    cluster: 'C1',
    dfoApiBaseUri: 'https://dfo.partner.test',
  };
  const CXoneAuth = authWith({
    getCXoneConfig: () => config,
    authSettings: { cxoneHostname: 'https://login.partner.test' },
  });
  const isOwn = ownOrigins({ HttpClient: HttpClient(), CXoneAuth, origins: ['https://gateway.test'] });

  test.each([
    ['https://api-na1.niceincontact.com', true],
    ['https://na1.nice-incontact.com', true],
    ['https://api-de-eu1.staging.niceincontact.com', true],
    ['https://gateway.test', true],
    ['https://acd.partner.test', true],
    ['https://dfo.partner.test', true],
    ['https://login.partner.test', true],
    ['http://api-na1.niceincontact.com', false],
    ['https://niceincontact.com.evil.test', false],
    ['https://evilniceincontact.com', false],
    ['https://partner.test', false],
    ['', false],
  ])('%s: %s', (origin, expected) => {
    expect(isOwn(origin)).toBe(expected);
  });

  test.each([
    ['https://na1.nice-incontact.com/authentication/v1/token/access-key', true],
    ['https://cxone.niceincontact.com/auth/token', true],
    ['https://api-c1.incontact.test/incontactauthorizationserver/Token/whoami', true],
    ['https://na1.test/public/authentication/v1/refresh?x=1', true],
    ['https://na1.test/public/user/refresh', true],
    ['https://login.test/own/path', true],
    ['https://na1.test/incontactapi/services/v1.0/agents?next=/auth/token', false],
    ['https://na1.test/auth/tokens', false],
  ])('login at %s: %s', (url, expected) => {
    const auth = authWith({ oidcConfig: { tokenEndpoint: 'https://login.test/own/path' } });
    expect(isLogin(url, auth)).toBe(expected);
  });
});

describe('what is no SDK is a ConfigError that names the part', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /first argument/],
    ['no HttpClient', {}, /HttpClient/],
    ['another HttpClient', { HttpClient: { get: () => undefined } }, /HttpClient/],
    ['without a breaker', { HttpClient: { ...HttpClient(), circuitBreaker: {} } }, /circuitBreaker/],
    ['another CXoneAuth', { HttpClient: HttpClient(), CXoneAuth: class {} }, /CXoneAuth/],
    ['null', { HttpClient: HttpClient(), LoadWorker: null }, /LoadWorker/],
    ['a misspelt part', { HttpClient: HttpClient(), CxoneAuth: authWith() }, /CxoneAuth is not known/],
    ['wrong origins', { HttpClient: HttpClient(), origins: ['gateway'] }, /origins/],
  ])('%s', (_, sdk, message) => {
    const before = globalThis.fetch;
    expect(() => guardCxone(sdk as CxoneSdk)).toThrow(ConfigError);
    expect(() => guardCxone(sdk as CxoneSdk)).toThrow(message);
    expect(globalThis.fetch).toBe(before);
  });

  test('classes and plain objects fit alike', () => {
    class Loader {
      initWorker(): void {}
    }
    expect(checkSdk({ HttpClient: HttpClient(), LoadWorker: Loader })).toMatchObject({ LoadWorker: Loader });
  });
});

describe('guarding', () => {
  test('is known by the object and by its HttpClient, and undone by either', () => {
    const before = globalThis.fetch;
    for (const by of ['sdk', 'client'] as const) {
      const sdk = { HttpClient: HttpClient() };
      expect(guardCxone(sdk)).toBe(sdk);
      expect(holdlineOf(sdk.HttpClient)).toBe(holdlineOf(sdk));
      expect(globalThis.fetch).not.toBe(before);
      release(by === 'sdk' ? sdk : sdk.HttpClient);
      expect(globalThis.fetch).toBe(before);
      release(sdk);
    }
  });

  test('is undone where fetch is inherited, as in workers', () => {
    const own = Object.getOwnPropertyDescriptor(globalThis, 'fetch') as PropertyDescriptor;
    const above = Object.getPrototypeOf(globalThis) as object;
    Reflect.deleteProperty(globalThis, 'fetch');
    Object.defineProperty(above, 'fetch', own);
    try {
      const sdk = { HttpClient: HttpClient() };
      guardCxone(sdk);
      release(sdk);
      expect(Object.hasOwn(globalThis, 'fetch')).toBe(false);
    } finally {
      Reflect.deleteProperty(above, 'fetch');
      Object.defineProperty(globalThis, 'fetch', own);
    }
  });

  test('with somebody else’s wrapper over it, theirs stays and ours passes on', async () => {
    const before = globalThis.fetch;
    const seen: string[] = [];
    globalThis.fetch = (async (url: string) => {
      seen.push(url);
      return new Response('{}');
    }) as typeof fetch;
    const bottom = globalThis.fetch;
    try {
      const sdk = { HttpClient: HttpClient(), origins: ['https://gateway.test'] };
      guardCxone(sdk);
      const ours = globalThis.fetch;
      const theirs: typeof fetch = (...args) => ours(...args);
      globalThis.fetch = theirs;
      await fetch('https://gateway.test/x');
      const line = holdlineOf(sdk);
      release(sdk);
      expect(globalThis.fetch).toBe(theirs);
      await line?.close();
      expect((await fetch('https://gateway.test/y')).status).toBe(200);
      expect(seen).toHaveLength(2);
      expect(bottom).not.toBe(theirs);
    } finally {
      globalThis.fetch = before;
    }
  });
});
