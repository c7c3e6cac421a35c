import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError, GrantError, secret } from '@holdline/core';
import { afterEach, describe, expect, test } from 'vitest';
import { authorizationCode, clientCredentials } from './grants.js';

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

interface Asked {
  url: string;
  method: string;
  headers: IncomingHttpHeaders;
  form: Record<string, string>;
}

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A login host that gives these answers, the last one again and again. */
async function loginHost(...answers: Answer[]): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((req, res) => {
    let text = '';
    req.on('data', (chunk: Buffer) => (text += chunk.toString()));
    req.on('end', () => {
      const { url = '', method = '', headers } = req;
      asked.push({ url, method, headers, form: Object.fromEntries(new URLSearchParams(text)) });
      const { status = 200, headers: more = {}, body = {} } = (answers.length > 1 ? answers.shift() : answers[0]) ?? {};
      res.writeHead(status, { 'content-type': 'application/json', ...more });
      res.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const good: Answer = { body: { access_token: 'at-1', token_type: 'bearer', expires_in: 86_400 } };
const SECRET = 'p@ss:wörd/+=';

async function failureOf(promise: Promise<unknown>): Promise<GrantError> {
  const error: unknown = await promise.then(
    () => new Error('resolved'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GrantError);
  return error as GrantError;
}

// Issue 16, 4.
test('a grant sends and names a secret like its text', async () => {
  const { url, asked } = await loginHost(good);
  const app = { clientId: 'id', loginUrl: url };
  const [hidden, plain] = [secret(SECRET), SECRET].map((clientSecret) => [
    clientCredentials({ ...app, clientSecret }),
    authorizationCode({ ...app, clientSecret, refreshToken: clientSecret }),
    authorizationCode({ ...app, code: clientSecret, codeVerifier: clientSecret, redirectUri: 'https://app.test' }),
  ]) as [ReturnType<typeof clientCredentials>[], ReturnType<typeof clientCredentials>[]];
  for (const grant of [...hidden, ...plain]) await grant();
  const requests = asked.map(({ headers: { authorization }, form }) => ({ authorization, form }));
  expect(requests.slice(0, 3)).toEqual(requests.slice(3));
  expect(requests[1]?.form['refresh_token']).toBe(SECRET);
  expect(hidden.map((grant) => grant.identity?.())).toEqual(plain.map((grant) => grant.identity?.()));
});

describe('clientCredentials', () => {
  test('sends the documented request', async () => {
    const { url, asked } = await loginHost(good);
    const grant = clientCredentials({ clientId: 'my-id', clientSecret: SECRET, loginUrl: `${url}/` });
    expect(await grant()).toEqual({ accessToken: 'at-1', expiresInMs: 86_400_000, refreshToken: undefined });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ url: '/oauth/token', method: 'POST', form: { grant_type: 'client_credentials' } });
    expect(asked[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const basic = Buffer.from(`my-id:${SECRET}`, 'utf8').toString('base64');
    expect(asked[0]?.headers.authorization).toBe(`Basic ${basic}`);
    expect(asked[0]?.form).not.toHaveProperty('client_secret');
  });

  test.each([
    [{ environment: 'mypurecloud.ie' }, 'https://login.mypurecloud.ie/oauth/token'],
    [{}, 'https://login.mypurecloud.com/oauth/token'],
    [{ loginUrl: 'https://gateway.example/login/' }, 'https://gateway.example/login/oauth/token'],
  ])('%j asks %s, through the fetch that was given', async (where, expected) => {
    const urls: unknown[] = [];
    const fetch = ((url: string) => {
      urls.push(url);
      return Promise.resolve(Response.json(good.body));
    }) as typeof globalThis.fetch;
    await clientCredentials({ clientId: 'id', clientSecret: 's', fetch, ...where })();
    expect(urls).toEqual([expected]);
  });

  test.each<[string, Answer, Partial<GrantError>]>([
    [
      'wrong credentials',
      { status: 401, body: { error: 'invalid_client', error_description: 'client not found' } },
      { message: 'the login host answered 401 invalid_client', retryable: false, retryAfterMs: undefined },
    ],
    [
      'its own throttling, a 400',
      { status: 400, body: { error: 'invalid_request', error_description: 'rate limit exceeded; try later' } },
      { message: 'the login host answered 400 invalid_request (rate limit exceeded)', retryable: true },
    ],
    [
      'its own throttling, in the other field',
      { status: 400, body: { error: 'invalid_request', description: 'Rate limit exceeded' } },
      { retryable: true },
    ],
    ['any other 400', { status: 400, body: { error: 'invalid_grant' } }, { retryable: false }],
    ['a 429', { status: 429, headers: { 'retry-after': '7' } }, { retryable: true, retryAfterMs: 7000 }],
    [
      'a 503 with a date',
      {
        status: 503,
        headers: { date: 'Sun, 22 Nov 2026 06:00:00 GMT', 'retry-after': 'Sun, 22 Nov 2026 06:00:09 GMT' },
      },
      { retryable: true, retryAfterMs: 9000 },
    ],
    [
      'a 503 with garbage',
      { status: 503, headers: { 'retry-after': '-4' } },
      { retryable: true, retryAfterMs: undefined },
    ],
    ['a 500 with HTML', { status: 500, body: '<html>' }, { message: 'the login host answered 500', retryable: true }],
    ['a 500 with null', { status: 500, body: 'null' }, { message: 'the login host answered 500', retryable: true }],
    ['a success without a token', { body: { token_type: 'bearer' } }, { retryable: false }],
    ['a success that is null', { body: 'null' }, { retryable: false }],
    ['a success that is no JSON', { body: 'ok' }, { retryable: false }],
    ['a token that is no string', { body: { access_token: 5 } }, { retryable: false }],
  ])('%s is a GrantError that shows no secret', async (_, answer, expected) => {
    const { url } = await loginHost(answer);
    const error = await failureOf(clientCredentials({ clientId: 'id', clientSecret: SECRET, loginUrl: url })());
    expect(error).toMatchObject(expected);
    const shown = `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(Buffer.from(`id:${SECRET}`).toString('base64'));
  });

  test('the message omits an unknown error code', async () => {
    const { url } = await loginHost({ status: 401, body: { error: `no such secret: ${SECRET}` } });
    const error = await failureOf(clientCredentials({ clientId: 'id', clientSecret: SECRET, loginUrl: url })());
    expect(error.message).toBe('the login host answered 401');
  });

  test('an unreachable login host is retryable, and the error hides the native one', async () => {
    const { url } = await loginHost(good);
    stops.splice(0).forEach((stop) => stop());
    const error = await failureOf(clientCredentials({ clientId: 'id', clientSecret: SECRET, loginUrl: url })());
    expect(error).toMatchObject({ retryable: true, message: 'the login host cannot be reached' });
    expect(error.cause).toBeUndefined();
  });

  test('a redirect is not followed, so the credentials reach no other host', async () => {
    const other = await loginHost(good);
    const { url } = await loginHost({ status: 307, headers: { location: `${other.url}/oauth/token` } });
    await failureOf(clientCredentials({ clientId: 'id', clientSecret: SECRET, loginUrl: url })());
    expect(other.asked).toEqual([]);
  });

  test.each([
    [{ access_token: 'a', expires_in: 0 }, undefined],
    [{ access_token: 'a', expires_in: '86400' }, 86_400_000],
    [{ access_token: 'a' }, undefined],
    [{ access_token: 'a', expires_in: 1 }, 1000],
  ])('%j has the lifetime %s', async (body, expiresInMs) => {
    const { url } = await loginHost({ body });
    expect(await clientCredentials({ clientId: 'id', clientSecret: 's', loginUrl: url })()).toMatchObject({
      expiresInMs,
    });
  });
});

describe('authorizationCode', () => {
  const rotating = (n: number): Answer => ({
    body: { access_token: `at-${n}`, refresh_token: `rt-${n}`, expires_in: 60 },
  });

  test('uses the code once, then each rotated refresh token, and calls onRefreshToken for each', async () => {
    const { url, asked } = await loginHost(rotating(1), rotating(2), rotating(3));
    const told: string[] = [];
    const grant = authorizationCode({
      clientId: 'id',
      clientSecret: SECRET,
      code: 'the-code',
      redirectUri: 'https://app.example/cb',
      loginUrl: url,
      onRefreshToken: (refreshToken) => void told.push(refreshToken),
    });
    for (const n of [1, 2, 3]) expect(await grant()).toMatchObject({ accessToken: `at-${n}`, refreshToken: `rt-${n}` });
    expect(asked.map(({ form }) => form)).toEqual([
      { grant_type: 'authorization_code', code: 'the-code', redirect_uri: 'https://app.example/cb' },
      { grant_type: 'refresh_token', refresh_token: 'rt-1' },
      { grant_type: 'refresh_token', refresh_token: 'rt-2' },
    ]);
    expect(asked.every(({ headers }) => headers.authorization?.startsWith('Basic '))).toBe(true);
    expect(told).toEqual(['rt-1', 'rt-2', 'rt-3']);
  });

  test('keeps the refresh token when the response has none, and calls no listener', async () => {
    const { url, asked } = await loginHost(good);
    const told: string[] = [];
    const grant = authorizationCode({
      clientId: 'id',
      clientSecret: 's',
      refreshToken: 'rt-0',
      loginUrl: url,
      onRefreshToken: (refreshToken) => void told.push(refreshToken),
    });
    await grant();
    await grant();
    expect(asked.map(({ form }) => form['refresh_token'])).toEqual(['rt-0', 'rt-0']);
    expect(told).toEqual([]);
  });

  test('PKCE sends no secret, the verifier with the code only, and the client id in each form', async () => {
    const { url, asked } = await loginHost(rotating(1), rotating(2));
    const grant = authorizationCode({
      clientId: 'id',
      code: 'c',
      redirectUri: 'https://app.example/cb',
      codeVerifier: 'v'.repeat(43),
      loginUrl: url,
    });
    await grant();
    await grant();
    expect(asked[0]?.form).toMatchObject({ client_id: 'id', code_verifier: 'v'.repeat(43) });
    expect(asked[1]?.form).toEqual({ grant_type: 'refresh_token', refresh_token: 'rt-1', client_id: 'id' });
    expect(asked.some(({ headers }) => 'authorization' in headers)).toBe(false);
  });

  test('a failed refresh uses the same refresh token again', async () => {
    const { url, asked } = await loginHost({ status: 500 }, rotating(2));
    const grant = authorizationCode({ clientId: 'id', clientSecret: 's', refreshToken: 'rt-1', loginUrl: url });
    await failureOf(grant());
    await grant();
    expect(asked.map(({ form }) => form['refresh_token'])).toEqual(['rt-1', 'rt-1']);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('disk full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
  ])('a listener that %s does not cost the token', async (_, onRefreshToken) => {
    const { url } = await loginHost(rotating(1));
    const grant = authorizationCode({ clientId: 'id', refreshToken: 'rt-0', loginUrl: url, onRefreshToken });
    expect(await grant()).toMatchObject({ accessToken: 'at-1' });
  });

  test('the grant waits for the listener before it returns the token', async () => {
    const { url } = await loginHost(rotating(1));
    let kept = false;
    const onRefreshToken = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      kept = true;
    };
    await authorizationCode({ clientId: 'id', refreshToken: 'rt-0', loginUrl: url, onRefreshToken })();
    expect(kept).toBe(true);
  });
});

describe('options', () => {
  const credentials = { clientId: 'id', clientSecret: SECRET };
  test.each<[string, () => unknown, RegExp]>([
    [
      'unknown key',
      () => clientCredentials({ ...credentials, region: 'ie' } as never),
      /clientCredentials\.region is not known/,
    ],
    ['no id', () => clientCredentials({ clientSecret: 's' } as never), /clientCredentials\.clientId must be a string/],
    ['no secret', () => clientCredentials({ clientId: 'id' } as never), /clientCredentials\.clientSecret/],
    [
      'empty secret',
      () => clientCredentials({ clientId: 'id', clientSecret: '' }),
      /clientSecret .* got a string of 0 characters/,
    ],
    ['nothing', () => clientCredentials(undefined as never), /clientCredentials must be an object/],
    [
      'a loginUrl that is no text',
      () => clientCredentials({ ...credentials, loginUrl: 5 as never }),
      /loginUrl .* got a number/,
    ],
    [
      'a fetch that is none',
      () => clientCredentials({ ...credentials, fetch: 'x' as never }),
      /fetch must be a function/,
    ],
    ['neither code nor refresh token', () => authorizationCode({ clientId: 'id' }), /authorizationCode\.code/],
    [
      'a code without redirect',
      () => authorizationCode({ clientId: 'id', code: 'c' }),
      /authorizationCode\.redirectUri/,
    ],
    ['an empty refresh token', () => authorizationCode({ clientId: 'id', refreshToken: '' }), /refreshToken/],
    [
      'a listener that is none',
      () => authorizationCode({ clientId: 'id', refreshToken: 'r', onRefreshToken: 1 as never }),
      /onRefreshToken must be a function/,
    ],
  ])('%s is a ConfigError at once, without the values', (_, make, message) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
    expect(make).not.toThrow(SECRET);
  });
});

describe('with a shared store (issue 13, b02 and b04)', () => {
  test('uses the refresh token of the store, and shares the response first', async () => {
    const body = { access_token: 'at', refresh_token: 'rt-8' };
    const { url, asked } = await loginHost({ status: 400, body: { error: 'invalid_grant' } }, { body });
    const told: string[] = [];
    const grant = authorizationCode({
      clientId: 'id',
      refreshToken: 'rt-0',
      loginUrl: url,
      onRefreshToken: (token) => void told.push(`user ${token}`),
    });
    const keep = (token: { refreshToken?: string | undefined }): Promise<void> => {
      told.push(`store ${token.refreshToken}`);
      return Promise.resolve();
    };
    const refused = await failureOf(grant({ refreshToken: 'rt-old', keep }));
    expect(refused.refused).toBe(true);
    await grant({ refreshToken: 'rt-7', keep });
    await grant();
    expect(asked.map(({ form }) => form['refresh_token'])).toEqual(['rt-old', 'rt-7', 'rt-8']);
    expect(told.slice(0, 2)).toEqual(['store rt-8', 'user rt-8']);
  });

  test('each credential has its own identity, which contains no secret', () => {
    const app = { clientId: 'app', clientSecret: SECRET };
    const grants = [
      clientCredentials(app),
      clientCredentials({ ...app, environment: 'mypurecloud.ie' }),
      clientCredentials({ ...app, clientId: 'other' }),
      clientCredentials({ ...app, clientSecret: 'guessed' }),
      authorizationCode({ ...app, refreshToken: 'alice' }),
      authorizationCode({ ...app, refreshToken: 'bob' }),
    ];
    const identities = grants.map((grant) => grant.identity?.());
    expect(new Set(identities).size).toBe(grants.length);
    for (const identity of identities) expect(identity).toMatch(/^[0-9a-f]{64}$/);
    expect(clientCredentials({ ...app, loginUrl: 'https://login.mypurecloud.com/' }).identity?.()).toBe(identities[0]);
  });
});
