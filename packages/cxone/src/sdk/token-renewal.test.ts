import { expect, test } from 'vitest';
import type { AuthLike, SdkToken, Singleton } from './sdk-parts.js';
import { followRefreshToken, sdkTokenOptions } from './token-renewal.js';

test('the SDK renews with the refresh token of the store, and its identity stays the same (issue 13, b04)', async () => {
  let stored: SdkToken = { accessToken: 'at-0', refreshToken: 'rt-0' };
  const used: (string | undefined)[] = [];
  let fails = false;
  const instance = {
    getAuthToken: () => stored,
    setAuthToken: (token: SdkToken) => {
      stored = token;
    },
    getRefreshToken: () => {
      used.push(stored.refreshToken);
      if (!fails) stored = { accessToken: `at-${used.length}`, refreshToken: `${stored.refreshToken}+` };
      return Promise.resolve();
    },
  };
  const Auth = { instance, prototype: instance } as unknown as Singleton<AuthLike>;
  const { grant } = sdkTokenOptions(Auth);
  const identity = grant.identity?.();
  expect(identity).toMatch(/^[0-9a-f]{64}$/);
  const keep = (): Promise<void> => Promise.resolve();
  expect(await grant({ refreshToken: 'rt-7', keep })).toMatchObject({ accessToken: 'at-1', refreshToken: 'rt-7+' });
  expect(grant.identity?.()).toBe(identity);
  await grant();
  expect(used).toEqual(['rt-7', 'rt-7+']);
  // Another process has renewed the token.
  followRefreshToken(Auth, 'rt-9');
  stored = { accessToken: 'at-9', refreshToken: 'rt-9' };
  expect(grant.identity?.()).toBe(identity);
  fails = true;
  await expect(grant({ refreshToken: 'rt-x', keep })).rejects.toThrow();
  expect(stored.refreshToken).toBe('rt-9');
  stored = { accessToken: 'at', refreshToken: 'of somebody else' };
  expect(grant.identity?.()).not.toBe(identity);
});
