import { describe, expect, it } from 'vitest';
import { requestToken, call, login, sleep, startGenesys } from '../testing/http-client.js';

const CREDENTIALS = { grant_type: 'client_credentials' };

describe('client credentials', () => {
  it('give a bearer token that the API accepts, and no refresh token', async () => {
    const simulator = await startGenesys();
    const reply = await requestToken(simulator, CREDENTIALS);
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({ access_token: expect.any(String), token_type: 'bearer', expires_in: 86_400 });
    expect(reply.headers['cache-control']).toBe('no-store');
    const me = await call(simulator, 'GET /api/v2/users/me', { token: reply.json.access_token });
    expect(me.status).toBe(200);
    expect(simulator.stats()).toMatchObject({ tokenRequests: 1, tokensIssued: 1, requests: 1, executedWrites: 0 });
  });

  it.each([
    ['an unknown client', 'other:secret', 401, 'invalid_client'],
    ['a wrong secret', 'known:guess', 401, 'invalid_client'],
    ['no secret', 'known:', 401, 'invalid_client'],
    ['no Authorization', null, 401, 'invalid_client'],
    ['the right secret', 'known:secret', 200, undefined],
  ] as const)('are checked: %s', async (_what, basic, status, error) => {
    const simulator = await startGenesys({ tokens: { clients: { known: 'secret' } } });
    const reply = await requestToken(simulator, CREDENTIALS, basic);
    expect(reply.status).toBe(status);
    expect(reply.json.error).toBe(error);
    if (status === 401) {
      expect(reply.json.description).toBe(reply.json.error_description);
      expect(reply.headers['www-authenticate']).toContain('Basic');
      expect(reply.json.code).toBeUndefined();
    }
  });

  it('are refused for public clients', async () => {
    const simulator = await startGenesys();
    const reply = await requestToken(simulator, { ...CREDENTIALS, client_id: 'spa', code_verifier: 'v' }, null);
    expect(reply.json.error).toBe('unauthorized_client');
  });

  it.each([
    [{}, 'invalid_request'],
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
    [{ grant_type: 'authorization_code' }, 'invalid_request'],
    [{ grant_type: 'refresh_token', refresh_token: 'made up' }, 'invalid_grant'],
    [{ grant_type: 'refresh_token' }, 'invalid_grant'],
  ])('are refused with another form: %j gets %s', async (form, error) => {
    const simulator = await startGenesys();
    const reply = await requestToken(simulator, form as Record<string, string>);
    expect([reply.status, reply.json.error]).toEqual([400, error]);
    expect(simulator.stats().tokensIssued).toBe(0);
  });

  it('must be sent as a form', async () => {
    const simulator = await startGenesys();
    const reply = await call(simulator, 'POST /oauth/token', { body: CREDENTIALS });
    expect([reply.status, reply.json.error]).toEqual([400, 'invalid_request']);
  });
});

describe('authorization code', () => {
  const form = { grant_type: 'authorization_code', code: 'abc', redirect_uri: 'http://127.0.0.1/' };

  it('gives a refresh token and works once', async () => {
    const simulator = await startGenesys();
    const first = await requestToken(simulator, form);
    expect(first.json).toMatchObject({ token_type: 'bearer', refresh_token: expect.any(String) });
    const second = await requestToken(simulator, form);
    expect([second.status, second.json.error]).toEqual([400, 'invalid_grant']);
  });

  it('rotates: the old refresh token is invalid, the new one and the old access token stay valid', async () => {
    const simulator = await startGenesys();
    const first = (await requestToken(simulator, form)).json;
    const second = (await requestToken(simulator, { grant_type: 'refresh_token', refresh_token: first.refresh_token }))
      .json;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const stale = await requestToken(simulator, { grant_type: 'refresh_token', refresh_token: first.refresh_token });
    expect([stale.status, stale.json.error]).toEqual([400, 'invalid_grant']);
    const third = await requestToken(simulator, { grant_type: 'refresh_token', refresh_token: second.refresh_token });
    expect(third.status).toBe(200);
    for (const token of [first.access_token, second.access_token, third.json.access_token]) {
      expect((await call(simulator, 'GET /api/v2/users/me', { token })).status).toBe(200);
    }
  });

  it('keeps the refresh token when rotation is off', async () => {
    const simulator = await startGenesys({ tokens: { rotateRefreshTokens: false } });
    const { refresh_token } = (await requestToken(simulator, form)).json;
    for (let turn = 0; turn < 3; turn += 1) {
      const reply = await requestToken(simulator, { grant_type: 'refresh_token', refresh_token });
      expect(reply.json.refresh_token).toBe(refresh_token);
    }
  });

  it('refuses the refresh token of another client', async () => {
    const simulator = await startGenesys();
    const { refresh_token } = (await requestToken(simulator, form)).json;
    const reply = await requestToken(simulator, { grant_type: 'refresh_token', refresh_token }, 'other:secret');
    expect(reply.json.error).toBe('invalid_grant');
    const without = await requestToken(
      simulator,
      { grant_type: 'refresh_token', refresh_token, client_id: 'client' },
      null,
    );
    expect(without.json.error).toBe('invalid_grant');
  });

  it('works with PKCE, without a secret, and refreshes without one', async () => {
    const simulator = await startGenesys({ tokens: { clients: { spa: 'unused' } } });
    const first = await requestToken(simulator, { ...form, client_id: 'spa', code_verifier: 'v'.repeat(43) }, null);
    expect(first.status).toBe(200);
    const refresh = { grant_type: 'refresh_token', refresh_token: first.json.refresh_token, client_id: 'spa' };
    expect((await requestToken(simulator, refresh, null)).status).toBe(200);
    const unknown = await requestToken(simulator, { ...form, code: 'd', client_id: 'no', code_verifier: 'v' }, null);
    expect(unknown.json.error).toBe('invalid_client');
  });
});

describe('the bearer check', () => {
  it('reports a missing or wrong token in the form of API errors', async () => {
    const simulator = await startGenesys();
    const missing = await call(simulator, 'GET /api/v2/users/me');
    expect(missing.status).toBe(401);
    expect(missing.json).toEqual({
      message: 'No authentication bearer token specified in authorization header.',
      code: 'authentication.required',
      status: 401,
      contextId: missing.headers['inin-correlation-id'],
      details: [],
      errors: [],
    });
    const basic = await call(simulator, 'GET /api/v2/users/me', { headers: { Authorization: 'Basic eA==' } });
    expect(basic.json.code).toBe('authentication.required');
    const unknown = await call(simulator, 'GET /api/v2/users/me', { token: 'made-up' });
    expect([unknown.status, unknown.json.code]).toEqual([401, 'bad.credentials']);
    expect(simulator.stats()).toMatchObject({ requests: 3, unauthorized: 3, answered: 0, byStatus: { 401: 3 } });
  });

  it('refuses a token after its lifetime', async () => {
    const simulator = await startGenesys({ tokens: { expiresInMs: 300 } });
    const reply = await requestToken(simulator, CREDENTIALS);
    expect(reply.json.expires_in).toBe(1);
    const token = String(reply.json.access_token);
    expect((await call(simulator, 'GET /api/v2/users/me', { token })).status).toBe(200);
    await sleep(320);
    const late = await call(simulator, 'GET /api/v2/users/me', { token });
    expect([late.status, late.json.code]).toEqual([401, 'bad.credentials']);
  });

  it('refuses every token after revokeTokens, and accepts new ones', async () => {
    const simulator = await startGenesys();
    const tokens = [await login(simulator), await login(simulator)];
    expect(simulator.revokeTokens()).toBe(2);
    expect(simulator.revokeTokens()).toBe(0);
    for (const token of tokens) {
      expect((await call(simulator, 'GET /api/v2/users/me', { token })).json.code).toBe('bad.credentials');
    }
    const fresh = await login(simulator);
    expect((await call(simulator, 'GET /api/v2/users/me', { token: fresh })).status).toBe(200);
    expect(simulator.wire().map(({ token }) => token)).toEqual(['t1', 't2', 't1', 't2', 't3', 't3']);
    expect(JSON.stringify(simulator.wire())).not.toContain(fresh);
  });

  it('keeps refresh tokens valid when access tokens are revoked', async () => {
    const simulator = await startGenesys();
    const { refresh_token } = (await requestToken(simulator, { grant_type: 'authorization_code', code: 'c' })).json;
    simulator.revokeTokens();
    expect((await requestToken(simulator, { grant_type: 'refresh_token', refresh_token })).status).toBe(200);
  });

  it('serves tokens/me', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator, 'my-app');
    const info = await call(simulator, 'GET /api/v2/tokens/me', { token });
    expect(info.json).toMatchObject({ OAuthClient: { id: 'my-app' }, organization: { id: expect.any(String) } });
    expect((await call(simulator, 'HEAD /api/v2/tokens/me', { token })).status).toBe(200);
    expect((await call(simulator, 'DELETE /api/v2/tokens/me', { token })).status).toBe(200);
    expect((await call(simulator, 'HEAD /api/v2/tokens/me', { token })).status).toBe(401);
  });
});

describe('failures of the token endpoint', () => {
  it('throttles per client with 400 and never with 429', async () => {
    const simulator = await startGenesys({ tokens: { throttle: { limit: 2, windowMs: 60_000 } } });
    await login(simulator);
    await login(simulator);
    const reply = await requestToken(simulator, CREDENTIALS);
    expect(reply.status).toBe(400);
    expect(reply.json).toMatchObject({ error: 'invalid_request', description: 'rate limit exceeded' });
    expect(reply.json.error_description).toMatch(/^rate limit exceeded;/);
    expect(reply.headers['retry-after']).toBeUndefined();
    expect((await requestToken(simulator, CREDENTIALS, 'other:secret')).status).toBe(200);
    simulator.set({ tokens: { throttle: false } });
    expect((await requestToken(simulator, CREDENTIALS)).status).toBe(200);
  });

  it('accepts throttled clients again after the window', async () => {
    const simulator = await startGenesys({ tokens: { throttle: { limit: 1, windowMs: 200 } } });
    await login(simulator);
    expect((await requestToken(simulator, CREDENTIALS)).status).toBe(400);
    await sleep(210);
    expect((await requestToken(simulator, CREDENTIALS)).status).toBe(200);
  });

  it('fails the configured number of next requests, and no others', async () => {
    const simulator = await startGenesys({ tokens: { fail: 1 } });
    const statuses = async (count: number): Promise<number[]> => {
      const list: number[] = [];
      for (let turn = 0; turn < count; turn += 1) list.push((await requestToken(simulator, CREDENTIALS)).status);
      return list;
    };
    expect(await statuses(2)).toEqual([500, 200]);
    simulator.set({ tokens: { fail: 2 } });
    simulator.set({ tokens: { expiresInMs: 5000 } });
    expect(await statuses(3)).toEqual([500, 500, 200]);
  });
});
