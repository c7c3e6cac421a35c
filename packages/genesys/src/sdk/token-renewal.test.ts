import { GrantError } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import type { ApiClientLike } from './api-client.js';
import { followRefreshToken, rememberLogin, sdkTokenOptions } from './token-renewal.js';

/** The login functions of an ApiClient. */
class FakeClient {
  config = {};
  clientId?: string;
  clientSecret?: string;
  authentications: ApiClientLike['authentications'] = { 'PureCloud OAuth': {} };
  authData: ApiClientLike['authData'] = {};
  logins: string[] = [];
  rotates = true;
  fails: unknown;

  getHttpClient(): never {
    throw new Error('not asked for');
  }
  callApi(): Promise<unknown> {
    return Promise.resolve();
  }
  setAccessToken(token: string): void {
    this.authData.accessToken = token;
    this.authentications['PureCloud OAuth'] = { accessToken: token };
  }
  loginClientCredentialsGrant(clientId: string, clientSecret: string): Promise<unknown> {
    this.clientId = clientId;
    return this.#loggedIn(`credentials ${clientId} ${clientSecret}`);
  }
  loginCodeAuthorizationGrant(clientId: string, clientSecret: string): Promise<unknown> {
    Object.assign(this, { clientId, clientSecret });
    this.authData.refreshToken = 'rt-0';
    return this.#loggedIn(`code ${clientId}`);
  }
  refreshCodeAuthorizationGrant(clientId: string, _: string, refreshToken: string): Promise<unknown> {
    if (this.fails === undefined)
      this.authData.refreshToken = (this.rotates ? `${refreshToken}+` : undefined) as string;
    return this.#loggedIn(`refresh ${clientId} ${refreshToken}`);
  }
  #loggedIn(how: string): Promise<unknown> {
    this.logins.push(how);
    if (this.fails !== undefined) return Promise.reject(this.fails as Error);
    this.setAccessToken(`at-${this.logins.length}`);
    this.authData.tokenExpiryTime = Date.now() + 60_000;
    return Promise.resolve(this.authData);
  }
}

const optionsOf = (client: FakeClient | undefined) => sdkTokenOptions(() => client as ApiClientLike | undefined);

describe('the token of the SDK', () => {
  test('without a client, a login or a refresh token the grant returns undefined', async () => {
    expect(await optionsOf(undefined).grant()).toBeUndefined();
    expect(optionsOf(undefined).current?.()).toBeUndefined();
    const client = new FakeClient();
    client.setAccessToken('by hand');
    expect(await optionsOf(client).grant()).toBeUndefined();
    expect(optionsOf(client).current?.()).toEqual({ accessToken: 'by hand' });
  });

  test('the grant repeats a client credentials login after guarding, and forgets it on release', async () => {
    const client = new FakeClient();
    const forget = rememberLogin(client as ApiClientLike);
    await client.loginClientCredentialsGrant('id', 'secret');
    expect(await optionsOf(client).grant()).toMatchObject({ accessToken: 'at-2' });
    expect(client.logins).toEqual(['credentials id secret', 'credentials id secret']);
    expect(client.clientSecret).toBeUndefined();
    forget();
    expect(await optionsOf(client).grant()).toBeUndefined();
    expect(Object.keys(client)).not.toContain('loginClientCredentialsGrant');
  });

  test('the grant follows the rotation of refresh tokens, and keeps the old one without a new one', async () => {
    const client = new FakeClient();
    rememberLogin(client as ApiClientLike);
    await client.loginCodeAuthorizationGrant('app', 'secret');
    const { grant } = optionsOf(client);
    expect(await grant()).toMatchObject({ accessToken: 'at-2', refreshToken: 'rt-0+' });
    client.rotates = false;
    expect(await grant()).toMatchObject({ accessToken: 'at-3', refreshToken: 'rt-0+' });
    expect(client.authData.refreshToken).toBe('rt-0+');
  });

  test('the token of a user who logs in later is refreshed, and no client login replaces it', async () => {
    const client = new FakeClient();
    rememberLogin(client as ApiClientLike);
    await client.loginClientCredentialsGrant('id', 'secret');
    await client.loginCodeAuthorizationGrant('app', 'secret');
    await optionsOf(client).grant();
    expect(client.logins.at(-1)).toBe('refresh app rt-0');
  });

  test.each<[string, unknown, Partial<GrantError>]>([
    [
      'a refusal',
      {
        response: { status: 401, data: { error: 'invalid_client' } },
        config: { headers: { Authorization: 'Basic c2VjcmV0' } },
      },
      { message: 'the login host answered 401 invalid_client', retryable: false },
    ],
    [
      'throttling',
      { response: { status: 400, data: { error: 'invalid_request', error_description: 'rate limit exceeded' } } },
      { retryable: true },
    ],
    ['a 429', { response: { status: 429, headers: { 'retry-after': '3' } } }, { retryable: true, retryAfterMs: 3000 }],
    ['a network error', { code: 'ECONNRESET', config: { auth: 'secret' } }, { retryable: true }],
    ['nothing at all', null, { retryable: true }],
  ])('%s of the login host becomes a GrantError without its headers', async (_, error, expected) => {
    const client = new FakeClient();
    rememberLogin(client as ApiClientLike);
    await client.loginClientCredentialsGrant('id', 'secret');
    client.fails = error;
    const reason: unknown = await optionsOf(client)
      .grant()
      .catch((thrown: unknown) => thrown);
    expect(reason).toBeInstanceOf(GrantError);
    expect(reason).toMatchObject(expected);
    expect(`${JSON.stringify(reason)}${(reason as Error).stack}`).not.toMatch(/c2VjcmV0|"secret"/);
  });

  test('a client without a client credentials login stays unchanged', () => {
    const client = Object.assign(new FakeClient(), { loginClientCredentialsGrant: undefined });
    expect(() => rememberLogin(client as never)()).not.toThrow();
  });

  test('the identity belongs to the login and survives the rotation of refresh tokens (issue 13, b02 and b04)', async () => {
    const made = (id: string): { client: FakeClient; grant: ReturnType<typeof sdkTokenOptions>['grant'] } => {
      const client = new FakeClient();
      rememberLogin(client as ApiClientLike);
      void client.loginClientCredentialsGrant(id, 'secret');
      return { client, grant: optionsOf(client).grant };
    };
    const [a, b] = ['a', 'b'].map(made);
    expect(made('a').grant.identity?.()).toBe(a?.grant.identity?.());
    expect(b?.grant.identity?.()).not.toBe(a?.grant.identity?.());
    const client = new FakeClient();
    const { grant } = optionsOf(client);
    expect(grant.identity?.()).toBeUndefined();
    await client.loginCodeAuthorizationGrant('app', 'secret');
    const identity = grant.identity?.();
    await grant({ refreshToken: 'rt-7', keep: () => Promise.resolve() });
    expect(client.logins.at(-1)).toBe('refresh app rt-7');
    expect(client.authData.refreshToken).toBe('rt-7+');
    expect(grant.identity?.()).toBe(identity);
    followRefreshToken(client as ApiClientLike, 'rt-9');
    client.authData.refreshToken = 'rt-9';
    expect(grant.identity?.()).toBe(identity);
    client.authData.refreshToken = 'of somebody else';
    expect(grant.identity?.()).not.toBe(identity);
  });
});
