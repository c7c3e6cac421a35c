import { VirtualClock } from '@holdline/core/testing';
import { expect, test } from 'vitest';
import { calmRenewal, followRefreshToken, sdkToken } from './sdk-token.js';
import type { AuthLike, SdkToken, Singleton } from './sdk.js';

function fakeAuth() {
  const ends: (() => void)[] = [];
  class Auth {
    getRefreshToken(): Promise<void> {
      return new Promise((resolve) => ends.push(resolve));
    }
  }
  return { ends, auth: new Auth(), Auth: Auth as unknown as Singleton<AuthLike> };
}

test('a renewal under way is joined, and the next one is one of its own', async () => {
  const { ends, auth, Auth } = fakeAuth();
  calmRenewal(Auth, new VirtualClock());
  const both = [auth.getRefreshToken(), auth.getRefreshToken()];
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await Promise.all(both);
  void auth.getRefreshToken();
  expect(ends).toHaveLength(2);
});

// Found by a review: whoever asked later waited for it for ever.
test('a renewal that never ends is joined for half a minute', async () => {
  const { ends, auth, Auth } = fakeAuth();
  const clock = new VirtualClock();
  const release = calmRenewal(Auth, clock);
  void auth.getRefreshToken();
  await clock.advance(29_999);
  void auth.getRefreshToken();
  expect(ends).toHaveLength(1);
  await clock.advance(1);
  const second = auth.getRefreshToken();
  expect(ends).toHaveLength(2);
  // The first one ends after all: the second is still the one to join.
  ends[0]?.();
  await clock.advance(0);
  const third = auth.getRefreshToken();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await Promise.all([second, third]);
  release();
});

test('the refresh token of the store reaches the SDK, whose user stays the same (issue 13, b04)', async () => {
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
  const { grant } = sdkToken(Auth);
  const identity = grant.identity?.();
  expect(identity).toMatch(/^[0-9a-f]{64}$/);
  const keep = (): Promise<void> => Promise.resolve();
  expect(await grant({ refreshToken: 'rt-7', keep })).toMatchObject({ accessToken: 'at-1', refreshToken: 'rt-7+' });
  expect(grant.identity?.()).toBe(identity);
  await grant();
  expect(used).toEqual(['rt-7', 'rt-7+']);
  // One that another process got.
  followRefreshToken(Auth, 'rt-9');
  stored = { accessToken: 'at-9', refreshToken: 'rt-9' };
  expect(grant.identity?.()).toBe(identity);
  fails = true;
  await expect(grant({ refreshToken: 'rt-x', keep })).rejects.toThrow();
  expect(stored.refreshToken).toBe('rt-9');
  stored = { accessToken: 'at', refreshToken: 'of somebody else' };
  expect(grant.identity?.()).not.toBe(identity);
});
