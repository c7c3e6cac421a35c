import { VirtualClock } from '@holdline/core/testing';
import { expect, test } from 'vitest';
import type { AuthLike, Singleton } from './sdk-parts.js';
import { limitRenewals } from './single-renewal.js';

function fakeAuth() {
  const ends: (() => void)[] = [];
  class Auth {
    getRefreshToken(): Promise<void> {
      return new Promise((resolve) => ends.push(resolve));
    }
  }
  return { ends, auth: new Auth(), Auth: Auth as unknown as Singleton<AuthLike> };
}

test('callers join a renewal under way, and the next call starts a new one', async () => {
  const { ends, auth, Auth } = fakeAuth();
  limitRenewals(Auth, new VirtualClock());
  const both = [auth.getRefreshToken(), auth.getRefreshToken()];
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await Promise.all(both);
  void auth.getRefreshToken();
  expect(ends).toHaveLength(2);
});

// A review found that later callers waited for such a renewal without limit.
test('callers join a renewal that never ends for 30 s only', async () => {
  const { ends, auth, Auth } = fakeAuth();
  const clock = new VirtualClock();
  const release = limitRenewals(Auth, clock);
  void auth.getRefreshToken();
  await clock.advance(29_999);
  void auth.getRefreshToken();
  expect(ends).toHaveLength(1);
  await clock.advance(1);
  const second = auth.getRefreshToken();
  expect(ends).toHaveLength(2);
  // The late end of the first renewal does not replace the second.
  ends[0]?.();
  await clock.advance(0);
  const third = auth.getRefreshToken();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await Promise.all([second, third]);
  release();
});
