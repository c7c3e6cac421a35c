import { describe, expect, test } from 'vitest';
import { authorizationCode, clientCredentials } from '../grants.js';
import type { ApiClientLike } from './api-client.js';
import { isRevocation, revokeBySdk, revokeToken } from './revocation.js';

const signal = new AbortController().signal;

/** A fetch function that records its requests and answers with this status. */
function answering(status: number): { send: typeof fetch; asked: [unknown, RequestInit][] } {
  const asked: [unknown, RequestInit][] = [];
  return { asked, send: async (url, init) => (asked.push([url, init ?? {}]), new Response(null, { status })) };
}

// Issue 16, 4.
describe('the revocation by a grant', () => {
  test('sends the documented request, and follows no redirect', async () => {
    const { send, asked } = answering(200);
    await revokeToken('https://api.mypurecloud.ie/', 'at', signal, send);
    expect(asked).toEqual([
      [
        'https://api.mypurecloud.ie/api/v2/tokens/me',
        { method: 'DELETE', headers: { Authorization: 'Bearer at' }, redirect: 'error', keepalive: true, signal },
      ],
    ]);
  });

  test.each([200, 204, 401])('counts a %i as revoked', async (status) => {
    await expect(revokeToken('https://api.test', 'at', signal, answering(status).send)).resolves.toBeUndefined();
  });

  test.each([301, 400, 403, 404, 429, 500, 503])('rejects for a %i', async (status) => {
    await expect(revokeToken('https://api.test', 'at', signal, answering(status).send)).rejects.toThrow(
      `the platform answered ${status} to the revocation`,
    );
  });

  const app = { clientId: 'a', clientSecret: 's', refreshToken: 'r' };
  test.each([
    ['the region', {}, 'https://api.mypurecloud.com'],
    ['another region', { environment: 'mypurecloud.ie' }, 'https://api.mypurecloud.ie'],
    [
      'a gateway',
      { loginUrl: 'https://gateway.test/login', apiUrl: 'https://gateway.test/api' },
      'https://gateway.test/api',
    ],
  ])('goes to the API of %s', async (_, where, host) => {
    const { send, asked } = answering(200);
    const { refreshToken, ...credentials } = app;
    const grants = [
      clientCredentials({ ...credentials, ...where, fetch: send }),
      authorizationCode({ ...credentials, refreshToken, ...where, fetch: send }),
    ];
    for (const { revoke } of grants) await revoke?.('at', signal);
    expect(asked.map(([url]) => url)).toEqual(Array(2).fill(`${host}/api/v2/tokens/me`));
  });

  test('goes nowhere if only the login host is known: the token would leave to another host', () => {
    const { refreshToken, ...credentials } = app;
    const loginUrl = 'https://gateway.test/login';
    expect(clientCredentials({ ...credentials, loginUrl })).not.toHaveProperty('revoke');
    expect(authorizationCode({ ...credentials, refreshToken, loginUrl })).not.toHaveProperty('revoke');
  });
});

describe('the revocation by the SDK', () => {
  function client(request: () => Promise<unknown>): ApiClientLike & { asked: unknown[] } {
    const asked: unknown[] = [];
    const made = {
      asked,
      config: { basePath: 'https://api.test' },
      authentications: { 'PureCloud OAuth': { accessToken: 'at' } },
      authData: { accessToken: 'at', refreshToken: 'rt' } as ApiClientLike['authData'],
      callApi: () => Promise.resolve(),
      getHttpClient: () => ({
        request: (options: { url: string }) => {
          asked.push({ ...options, isBypassed: isRevocation(made as never, options.url) });
          return request();
        },
      }),
      setAccessToken(token: string | undefined) {
        made.authData.accessToken = token as string;
        made.authentications['PureCloud OAuth'].accessToken = token as string;
      },
    };
    return made as never;
  }

  test.each([
    ['an answer', () => Promise.resolve({ status: 200 })],
    ['another success', () => Promise.resolve({ status: 204 })],
    ['a 401', () => Promise.reject(Object.assign(new Error(), { response: { status: 401 } }))],
  ])('passes the closed line, and removes the token from the SDK after %s', async (_, request) => {
    const sdk = client(request);
    await revokeBySdk(sdk, 'at');
    expect(sdk.asked).toEqual([
      {
        url: 'https://api.test/api/v2/tokens/me',
        method: 'DELETE',
        headers: { Authorization: 'Bearer at' },
        isBypassed: true,
      },
    ]);
    expect(sdk.authData).toEqual({ accessToken: undefined });
    expect(isRevocation(sdk, 'https://api.test/api/v2/tokens/me')).toBe(false);
  });

  test.each([
    ['a 500', { response: { status: 500 } }, 'the platform answered 500'],
    ['no answer', {}, 'the platform cannot be reached'],
  ])('keeps the token in the SDK after %s', async (_, error, message) => {
    const sdk = client(() => Promise.reject(Object.assign(new Error('at'), error)));
    await expect(revokeBySdk(sdk, 'at')).rejects.toThrow(message);
    expect(sdk.authData.refreshToken).toBe('rt');
  });
});
