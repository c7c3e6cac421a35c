import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../simulator.js';
import { call, type Json, type Reply, sleep, startCxone } from '../testing/http-client.js';

const ACCESS_KEY = 'POST /authentication/v1/token/access-key';
const AGENTS = 'GET /incontactapi/services/v23.0/agents/1';
const key = { accessKeyId: 'key@acme', accessKeySecret: 'secret' };

function form(simulator: Simulator, path: string, fields: Record<string, string>, basic?: string): Promise<Reply> {
  return call(simulator, `POST ${path}`, {
    body: new URLSearchParams(fields).toString(),
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(basic !== undefined && { Authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
    },
  });
}

function claimsOf(token: string): Json {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

describe('access keys', () => {
  it('give a token that names its user and that the API accepts', async () => {
    const simulator = await startCxone({ tokens: { expiresInMs: 1_800_000 } });
    const { status, json } = await call(simulator, ACCESS_KEY, { body: key });
    expect(status).toBe(200);
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 1800, refresh_token: expect.any(String) });
    expect(claimsOf(json.access_token)).toMatchObject({ tenantId: 'acme', sub: 'user:key@acme' });
    expect((await call(simulator, AGENTS, { token: json.access_token })).status).toBe(200);
    expect(simulator.wire().map(({ token, outcome }) => [token, outcome])).toEqual([
      ['t1', 'token'],
      ['t1', 'answered'],
    ]);
    expect(JSON.stringify(simulator.wire())).not.toContain(json.access_token);
  });

  it('are checked against the known ones, and belong to the configured tenant', async () => {
    const simulator = await startCxone({
      tokens: { clients: { 'key@acme': 'secret' }, tenants: { 'key@acme': 'acme-eu' } },
    });
    expect((await call(simulator, ACCESS_KEY, { body: { ...key, accessKeySecret: 'wrong' } })).status).toBe(401);
    expect((await call(simulator, ACCESS_KEY, { body: { accessKeyId: 'key@acme' } })).status).toBe(400);
    const { json } = await call(simulator, ACCESS_KEY, { body: key });
    expect(claimsOf(json.access_token).tenantId).toBe('acme-eu');
  });
});

describe('OAuth', () => {
  it.each(['/auth/token', '/incontactauthorizationserver/token'])('grants tokens by password at %s', async (path) => {
    const simulator = await startCxone();
    const fields = { grant_type: 'password', username: 'ada@acme', password: 'p' };
    expect((await form(simulator, path, fields)).status).toBe(401);
    const { json } = await form(simulator, path, fields, 'app:secret');
    expect(claimsOf(json.access_token)).toMatchObject({ tenantId: 'acme', aud: 'app', name: 'ada@acme' });
    expect((await form(simulator, path, { grant_type: 'password' }, 'app:secret')).status).toBe(400);
    if (path !== '/auth/token') expect(json.resource_server_base_uri).toBe(`${simulator.url}/incontactapi/`);
  });

  it('signs in with a code and PKCE, once, and the ID token verifies', async () => {
    const simulator = await startCxone();
    const verifier = 'a-verifier-of-enough-characters-to-be-one-000';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const query = new URLSearchParams({
      client_id: 'page',
      redirect_uri: 'http://127.0.0.1:1/back?x=1',
      state: 's',
      code_challenge: challenge,
      tenantId: 'acme',
    });
    const sent = await call(simulator, `GET /auth/authorize?${query.toString()}`);
    expect(sent.status).toBe(302);
    const back = new URL(sent.headers.location ?? '');
    expect(back.searchParams.get('x')).toBe('1');
    expect(back.searchParams.get('state')).toBe('s');
    const code = back.searchParams.get('code') ?? '';
    const redeem = (more: Record<string, string>): Promise<Reply> =>
      form(simulator, '/auth/token', { grant_type: 'authorization_code', client_id: 'page', code, ...more });
    expect((await redeem({ code: 'other' })).status).toBe(400);
    const { json } = await redeem({ code_verifier: verifier });
    expect(claimsOf(json.id_token)).toMatchObject({ tenantId: 'acme', aud: 'page' });
    expect((await redeem({ code_verifier: verifier })).json.error).toBe('invalid_grant');

    const { keys } = (await call(simulator, 'GET /auth/jwks')).json;
    const [head, body, signature] = String(json.id_token).split('.');
    expect(JSON.parse(Buffer.from(head ?? '', 'base64url').toString())).toMatchObject({ kid: keys[0].kid });
    const publicKey = createPublicKey({ key: keys[0] as JsonWebKey, format: 'jwk' });
    const signed = Buffer.from(`${head}.${body}`);
    expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature ?? '', 'base64url'))).toBe(true);
  });

  it('refuses a code whose verifier is wrong', async () => {
    const simulator = await startCxone();
    const where = 'client_id=page&redirect_uri=http://127.0.0.1:1/&code_challenge=nothing-hashes-to-this';
    const sent = await call(simulator, `GET /auth/authorize?${where}`);
    const code = new URL(sent.headers.location ?? '').searchParams.get('code') ?? '';
    const fields = { grant_type: 'authorization_code', client_id: 'page', code, code_verifier: 'v' };
    expect((await form(simulator, '/auth/token', fields)).json.error).toBe('invalid_grant');
  });

  it('exchanges a token for another one of the same user', async () => {
    const simulator = await startCxone();
    const first = (await call(simulator, ACCESS_KEY, { body: key })).json;
    const fields = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: 'page',
      subject_token: String(first.access_token),
    };
    const { json } = await form(simulator, '/auth/token', fields);
    expect(json.issued_token_type).toContain('access_token');
    expect(claimsOf(json.access_token).tenantId).toBe('acme');
    expect((await form(simulator, '/auth/token', { ...fields, subject_token: 'x' })).status).toBe(400);
  });
});

describe('refresh', () => {
  /** The form of the SDK: the content type says JSON, the body is a form, and the client is missing. */
  const sdkForm = (simulator: Simulator, refreshToken: string): Promise<Reply> =>
    call(simulator, 'POST /auth/token', {
      body: `grant_type=refresh_token&scope=openid&refresh_token=${refreshToken}`,
    });
  const json = (path: string) => (simulator: Simulator, token: string) =>
    call(simulator, `POST ${path}`, { body: { token } });

  it.each([
    ['/auth/token', sdkForm, 'access_token', 'refresh_token', 'expires_in'],
    ['/public/user/refresh', json('/public/user/refresh'), 'token', 'refreshToken', 'tokenExpirationTimeSec'],
    [
      '/public/authentication/v1/refresh',
      json('/public/authentication/v1/refresh'),
      'accessToken',
      'refreshToken',
      'accessTokenExpiry',
    ],
  ])('at %s rotates the refresh token, in its own format', async (_, ask, access, refresh, expiry) => {
    const simulator = await startCxone({ tokens: { expiresInMs: 3_600_000 } });
    const first = (await call(simulator, ACCESS_KEY, { body: key })).json;
    const second = (await ask(simulator, first.refresh_token)).json;
    expect(second[expiry]).toBe(3600);
    expect(second[access]).not.toBe(first.access_token);
    expect((await call(simulator, AGENTS, { token: second[access] })).status).toBe(200);
    expect((await ask(simulator, first.refresh_token)).status).toBeGreaterThanOrEqual(400);
    expect((await ask(simulator, second[refresh])).status).toBe(200);
    expect(simulator.stats()).toMatchObject({ tokenRequests: 4, tokensIssued: 3 });
  });

  it('fails by option, and is throttled with 429', async () => {
    const simulator = await startCxone({ tokens: { fail: 1, throttle: { limit: 1, windowMs: 60_000 } } });
    expect((await call(simulator, ACCESS_KEY, { body: key })).status).toBe(500);
    expect((await call(simulator, ACCESS_KEY, { body: key })).status).toBe(200);
    const refused = await call(simulator, ACCESS_KEY, { body: key });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
  });
});

describe('tokens', () => {
  it('expire and can be revoked: 401 with a description in the header', async () => {
    const simulator = await startCxone({ tokens: { expiresInMs: 300 } });
    const token = String((await call(simulator, ACCESS_KEY, { body: key })).json.access_token);
    await sleep(320);
    const late = await call(simulator, AGENTS, { token });
    expect(late.status).toBe(401);
    expect(late.headers.icstatusdescription).toBe('The token is invalid or has expired');
    expect(late.headers['www-authenticate']).toContain('invalid_token');
    expect((await call(simulator, AGENTS)).headers.icstatusdescription).toBe('No bearer token');
  });

  it('are revoked after too many refusals with revokeOnFlood', async () => {
    const simulator = await startCxone({
      limits: [{ name: 'l', per: 'token', limit: 1, windowMs: 60_000, enforcement: 'sliding' }],
      tokens: { revokeOnFlood: { limit: 2, windowMs: 60_000 } },
    });
    const token = String((await call(simulator, ACCESS_KEY, { body: key })).json.access_token);
    const statuses: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) statuses.push((await call(simulator, AGENTS, { token })).status);
    expect(statuses).toEqual([200, 429, 429, 429, 401, 401]);
    const other = String((await call(simulator, ACCESS_KEY, { body: key })).json.access_token);
    expect((await call(simulator, AGENTS, { token: other })).status).toBe(200);
  });
});

describe('discovery', () => {
  it('returns all addresses without a token', async () => {
    const simulator = await startCxone();
    const { json } = await call(simulator, 'GET /.well-known/openid-configuration');
    expect(json.token_endpoint).toBe(`${simulator.url}/auth/token`);
    expect(json.code_challenge_methods_supported).toContain('S256');
    const config = (await call(simulator, 'GET /.well-known/cxone-configuration?tenantId=acme')).json;
    expect(config).toMatchObject({ api_endpoint: simulator.url, tenantId: 'acme', area: 'na1' });
  });

  it('returns the user of a token', async () => {
    const simulator = await startCxone();
    const { access_token: token } = (await call(simulator, ACCESS_KEY, { body: key })).json;
    const path = 'POST /incontactauthorizationserver/token/whoami';
    const { json } = await call(simulator, path, { body: { token } });
    expect(json).toMatchObject({ resource_server_base_uri: `${simulator.url}/incontactapi/`, team_id: 1 });
    expect((await call(simulator, path, { body: { token: 'x' } })).status).toBe(401);
  });
});
