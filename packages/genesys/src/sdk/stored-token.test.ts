import { describe, expect, test } from 'vitest';
import { clientWith } from './api-client.fixture.js';
import { currentToken, watchExpiry, writeToken } from './stored-token.js';

describe('tokens', () => {
  test('currentToken reads no token, and tokens with, without and after their expiry', () => {
    const client = clientWith();
    expect(currentToken(client)).toBeUndefined();
    client.setAccessToken('a');
    expect(currentToken(client)).toEqual({ accessToken: 'a' });
    client.authData.tokenExpiryTime = Date.now() + 60_000;
    expect(currentToken(client)?.expiresInMs).toBeGreaterThan(59_000);
    client.authData.tokenExpiryTime = Date.now() - 60_000;
    expect(currentToken(client)).toEqual({ accessToken: 'a', expiresInMs: 0 });
  });

  test('a client without the OAuth entry has no token', () => {
    expect(currentToken(clientWith({ authentications: {} }))).toBeUndefined();
  });

  test('the expiry of a login does not apply to a token that is set later', () => {
    const client = clientWith();
    const restore = watchExpiry(client);
    client.setAccessToken('of the login');
    client.authData.tokenExpiryTime = Date.now() + 1000;
    expect(currentToken(client)).toHaveProperty('expiresInMs');
    client.setAccessToken('by hand');
    expect(currentToken(client)).toEqual({ accessToken: 'by hand' });
    client.authData.tokenExpiryTime = Date.now() + 5000;
    expect(currentToken(client)).toHaveProperty('expiresInMs');
    restore();
    client.setAccessToken('after the release');
    expect(currentToken(client)).toHaveProperty('expiresInMs');
  });

  test('writeToken writes all places where the SDK stores a token', () => {
    const client = clientWith();
    const restore = watchExpiry(client);
    writeToken(client, { accessToken: 'a', expiresInMs: 60_000, refreshToken: 'r' });
    expect(client.authentications['PureCloud OAuth']).toEqual({ accessToken: 'a' });
    const { tokenExpiryTime = 0, tokenExpiryTimeString, ...rest } = client.authData;
    expect(rest).toEqual({ accessToken: 'a', refreshToken: 'r' });
    expect(tokenExpiryTimeString).toBe(new Date(tokenExpiryTime).toUTCString());
    writeToken(client, { accessToken: 'b', expiresInMs: undefined, refreshToken: undefined });
    expect(client.authData.refreshToken).toBe('r');
    expect(currentToken(client)).toEqual({ accessToken: 'b' });
    restore();
  });
});
