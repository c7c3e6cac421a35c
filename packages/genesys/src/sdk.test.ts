import { describe, expect, test } from 'vitest';
import { apiUrl, currentToken, loginUrl, watchExpiry, writeToken, type ApiClientLike } from './sdk.js';

function clientWith(parts: Partial<ApiClientLike> = {}): ApiClientLike {
  const client = {
    config: {},
    authentications: { 'PureCloud OAuth': {} },
    authData: {},
    // As the SDK does it: both places, and never the expiry.
    setAccessToken(token: string) {
      client.authData.accessToken = token;
      (client.authentications['PureCloud OAuth'] as { accessToken?: string }).accessToken = token;
    },
    getHttpClient: () => ({ request: () => Promise.resolve() }),
    callApi: () => Promise.resolve(),
    ...parts,
  } as ApiClientLike;
  return client;
}

describe('tokens', () => {
  test('none, one without expiry, one with expiry, one that is over', () => {
    const client = clientWith();
    expect(currentToken(client)).toBeUndefined();
    client.setAccessToken('a');
    expect(currentToken(client)).toEqual({ accessToken: 'a' });
    client.authData.tokenExpiryTime = Date.now() + 60_000;
    expect(currentToken(client)?.expiresInMs).toBeGreaterThan(59_000);
    client.authData.tokenExpiryTime = Date.now() - 60_000;
    expect(currentToken(client)).toEqual({ accessToken: 'a', expiresInMs: 0 });
  });

  test('a client without the OAuth entry has none', () => {
    expect(currentToken(clientWith({ authentications: {} }))).toBeUndefined();
  });

  test('the expiry of a login says nothing of a token that is set by hand afterwards', () => {
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

  test('a token is written to all the places where the SDK keeps it', () => {
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

describe('where a client goes', () => {
  const getConfUrl = (kind: 'api' | 'login', regionUrl: string): string => `${kind} for ${regionUrl}`;
  test.each<[ApiClientLike['config'], string, string]>([
    [{}, 'https://api.mypurecloud.com', 'https://login.mypurecloud.com'],
    [
      { basePath: 'https://api.mypurecloud.ie', environment: 'mypurecloud.ie' },
      'https://api.mypurecloud.ie',
      'https://login.mypurecloud.ie',
    ],
    [{ getConfUrl }, 'api for https://api.mypurecloud.com', 'login for https://login.mypurecloud.com'],
  ])('%j', (config, api, login) => {
    const client = clientWith({ config });
    expect([apiUrl(client), loginUrl(client)]).toEqual([api, login]);
  });
});
