import { ConfigError, GrantError, secret, type Grant } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import { accessKey, password, refreshToken } from './index.js';

interface Asked {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** A login host that gives these answers, the last one again and again. */
function loginHost(...answers: [status: number, body: unknown][]): { asked: Asked[]; fetch: typeof fetch } {
  const asked: Asked[] = [];
  return {
    asked,
    fetch: async (url, init) => {
      const { headers, body } = init as { headers: Record<string, string>; body: string };
      asked.push({ url: String(url), headers, body });
      const [status, answer] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [200, {}];
      return Response.json(answer, { status });
    },
  };
}

const granted = { access_token: 'at', token_type: 'bearer', expires_in: 3600, refresh_token: 'rt' };
const token = { accessToken: 'at', expiresInMs: 3_600_000, refreshToken: 'rt' };
const key = { accessKeyId: 'id', accessKeySecret: 's3cret' };
const app = { clientId: 'app', clientSecret: 's3cret', username: 'user', password: 'p/w+' };

// Issue 16, 4.
test('a grant sends and names a secret like its text', async () => {
  const { asked, fetch } = loginHost([200, granted]);
  const make = (hide: (text: string) => string): Grant[] => [
    accessKey({ ...key, accessKeySecret: hide('s3cret'), fetch }),
    password({ ...app, clientSecret: hide('s3cret'), password: hide('p/w+'), fetch }),
    refreshToken({ refreshToken: hide('r0'), clientId: 'app', clientSecret: hide('s3cret'), fetch }),
  ];
  const hidden = make((text) => secret(text) as unknown as string);
  const plain = make((text) => text);
  for (const grant of [...hidden, ...plain]) await grant();
  expect(asked.slice(0, 3)).toEqual(asked.slice(3));
  expect(asked[2]?.body).toContain('refresh_token=r0');
  expect(hidden.map((grant) => grant.identity?.())).toEqual(plain.map((grant) => grant.identity?.()));
});

describe('requests to the login host', () => {
  test.each<[string, (fetch: typeof globalThis.fetch) => Grant, Partial<Asked>]>([
    [
      'access key',
      (fetch) => accessKey({ ...key, fetch }),
      {
        url: 'https://na1.nice-incontact.com/authentication/v1/token/access-key',
        headers: { 'Content-Type': 'application/json' },
        body: '{"accessKeyId":"id","accessKeySecret":"s3cret"}',
      },
    ],
    [
      'access key of another area',
      (fetch) => accessKey({ ...key, fetch, area: 'eu1' }),
      { url: 'https://eu1.nice-incontact.com/authentication/v1/token/access-key' },
    ],
    [
      'access key by a gateway',
      (fetch) => accessKey({ ...key, fetch, loginUrl: 'https://gateway.test/nice/' }),
      { url: 'https://gateway.test/nice/authentication/v1/token/access-key' },
    ],
    [
      'password',
      (fetch) => password({ ...app, fetch }),
      {
        url: 'https://cxone.niceincontact.com/auth/token',
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          Authorization: `Basic ${Buffer.from('app:s3cret').toString('base64')}`,
        },
        body: 'grant_type=password&username=user&password=p%2Fw%2B',
      },
    ],
    [
      'refresh token, as a form',
      (fetch) => refreshToken({ refreshToken: 'r0', fetch, clientId: 'app' }),
      {
        url: 'https://cxone.niceincontact.com/auth/token',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=refresh_token&refresh_token=r0&client_id=app',
      },
    ],
    [
      'refresh token, as JSON',
      (fetch) => refreshToken({ refreshToken: 'r0', fetch, shape: 'json' }),
      { url: 'https://cxone.niceincontact.com/public/authentication/v1/refresh', body: '{"token":"r0"}' },
    ],
    [
      'refresh token, of an older user hub',
      (fetch) => refreshToken({ refreshToken: 'r0', fetch, shape: 'json', path: '/public/user/refresh' }),
      { url: 'https://cxone.niceincontact.com/public/user/refresh', body: '{"token":"r0"}' },
    ],
  ])('%s', async (_, make, expected) => {
    const { asked, fetch } = loginHost([200, granted]);
    expect(await make(fetch)()).toEqual(token);
    expect(asked[0]).toMatchObject(expected);
  });
});

describe('responses of the login host', () => {
  test.each<[string, object]>([
    ['OpenID Connect', granted],
    ['a lifetime as text', { ...granted, expires_in: '3600' }],
    ['the spellings of the SDK', { accessToken: 'at', refreshToken: 'rt', accessTokenExpiry: 3600 }],
    ['user hub', { token: 'at', refreshToken: 'rt', tokenExpirationTimeSec: 3600, refreshTokenExpirationTimeSec: 9 }],
  ])('%s', async (_, answer) => {
    const { fetch } = loginHost([200, answer]);
    expect(await refreshToken({ refreshToken: 'r0', fetch })()).toEqual(token);
  });

  test('are read by mapResponse', async () => {
    const { fetch } = loginHost([200, { ...granted, id_token: 'idt' }]);
    const mapResponse = (answer: Record<string, unknown>) => ({ accessToken: String(answer['id_token']) });
    expect(await accessKey({ ...key, fetch, mapResponse })()).toEqual({ accessToken: 'idt' });
  });

  test.each<[number, unknown, boolean]>([
    [200, {}, false],
    [401, { error: 'invalid_client' }, false],
    [429, {}, true],
    [503, 'busy', true],
  ])('%i %j is a GrantError, worth another try: %s, without a secret', async (status, body, retryable) => {
    const { fetch } = loginHost([status, body]);
    const error: unknown = await accessKey({ ...key, fetch })().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GrantError);
    expect((error as GrantError).retryable).toBe(retryable);
    expect(JSON.stringify([error, String(error), (error as Error).cause])).not.toContain('s3cret');
  });

  test('the grant follows the rotation and calls the listener, also when the listener fails', async () => {
    const { asked, fetch } = loginHost([200, { ...granted, refresh_token: 'r1' }], [200, { access_token: 'b' }]);
    const told: string[] = [];
    const grant = refreshToken({
      refreshToken: 'r0',
      fetch,
      onRefreshToken: (next) => {
        told.push(next);
        throw new Error('no room');
      },
    });
    for (let i = 0; i < 3; i++) await grant();
    expect(asked.map(({ body }) => new URLSearchParams(body).get('refresh_token'))).toEqual(['r0', 'r1', 'r1']);
    expect(told).toEqual(['r1']);
  });
});

describe('wrong options are a ConfigError without secret values', () => {
  test.each<[string, () => Grant, RegExp]>([
    ['no secret', () => accessKey({ accessKeyId: 'id' } as never), /accessKey\.accessKeySecret/],
    ['unknown key', () => accessKey({ ...key, region: 's3cret' } as never), /accessKey\.region is not known/],
    ['no user', () => password({ ...app, username: '' }), /password\.username/],
    ['no token', () => refreshToken({} as never), /refreshToken\.refreshToken/],
    ['wrong shape', () => refreshToken({ refreshToken: 's3cret', shape: 'xml' as never }), /'form' or 'json'/],
    ['nothing', () => accessKey(undefined as never), /accessKey must be an object/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
    expect(make).not.toThrow(/s3cret/);
  });
});

describe('with a shared store (issue 13, b02 and b04)', () => {
  test('uses the refresh token of the store, and shares the response first', async () => {
    const { asked, fetch } = loginHost([200, { ...granted, refresh_token: 'rt-8' }]);
    const told: string[] = [];
    const onRefreshToken = (next: string): void => void told.push(`user ${next}`);
    const grant = refreshToken({ refreshToken: 'rt-0', fetch, onRefreshToken });
    const keep = (next: { refreshToken?: string | undefined }): Promise<void> => {
      told.push(`store ${next.refreshToken}`);
      return Promise.resolve();
    };
    await grant({ refreshToken: 'rt-7', keep });
    await grant();
    expect(asked.map(({ body }) => new URLSearchParams(body).get('refresh_token'))).toEqual(['rt-7', 'rt-8']);
    expect(told).toEqual(['store rt-8', 'user rt-8']);
  });

  test('each credential has its own identity, which contains no secret', () => {
    const grants = [
      accessKey(key),
      accessKey({ ...key, area: 'eu1' }),
      accessKey({ ...key, accessKeySecret: 'guessed' }),
      password(app),
      password({ ...app, username: 'another' }),
      refreshToken({ refreshToken: 'alice' }),
      refreshToken({ refreshToken: 'bob' }),
    ];
    const identities = grants.map((grant) => grant.identity?.());
    expect(new Set(identities).size).toBe(grants.length);
    for (const identity of identities) expect(identity).toMatch(/^[0-9a-f]{64}$/);
  });
});
