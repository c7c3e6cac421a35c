import { createHash } from 'node:crypto';
import { request, type IncomingHttpHeaders } from 'node:http';
import { VirtualClock } from '@holdline/core/testing';
import { monitor } from '@holdline/monitor';
import { describe, expect, it } from 'vitest';
import { lineWith, readState, serve } from '../dashboard.fixture.js';
import { MAX_WRONG } from './wrong-tokens.js';

const TOKEN = 'a-token-of-the-dashboard';
const line = (): ReturnType<typeof lineWith> => lineWith({}, () => ({ status: 200 }));

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Sends a request with any headers. `fetch` does not let a caller set `Host`. */
function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers, body } = options;
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('requests without a token', () => {
  it('get the page with a policy that names its style and script by their hashes', async () => {
    const { url } = await serve(line().line);
    const { status, headers, body } = await ask(url);
    expect(status).toBe(200);
    const policy = String(headers['content-security-policy']);
    for (const tag of ['script', 'style']) {
      const content = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(body)?.[1] ?? '';
      expect(content.length).toBeGreaterThan(1_000);
      expect(policy).toContain(`${tag}-src 'sha256-${createHash('sha256').update(content).digest('base64')}'`);
    }
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(body).toContain('Permission is hereby granted, free of charge');
  });

  it('with HEAD get the same headers and no body', async () => {
    const { url } = await serve(line().line);
    const [get, head] = [await ask(url), await ask(url, { method: 'HEAD' })];
    expect(head.body).toBe('');
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('are refused with %s', async (method) => {
    const { url } = await serve(line().line);
    for (const path of ['', 'api/state', 'login']) {
      const { status, headers } = await ask(url + path, { method });
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    }
  });

  it.each(['evil.test', 'evil.test:4653', 'localhost.evil.test', 'evil.test@127.0.0.1', '127.0.0.1.evil.test'])(
    'with the host name %j are refused',
    async (host) => {
      const { url } = await serve(line().line);
      const { status, body } = await ask(`${url}api/state`, { headers: { host } });
      expect([status, body.includes('lines')]).toEqual([421, false]);
    },
  );

  it.each(['localhost', 'LOCALHOST:1234', '127.0.0.1', '[::1]:4653', 'dash.corp.test'])(
    'with the host name %j are answered',
    async (host) => {
      const { url } = await serve(line().line, { hosts: ['dash.corp.test'] });
      expect((await ask(`${url}api/state`, { headers: { host } })).status).toBe(200);
    },
  );

  it('from a page of another origin get no data', async () => {
    const { url } = await serve(line().line);
    for (const site of ['cross-site', 'same-site'])
      for (const path of ['api/state', 'api/stream'])
        expect((await ask(url + path, { headers: { 'sec-fetch-site': site } })).status).toBe(403);
    expect((await ask(`${url}api/state`, { headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(200);
  });

  it('with wrong parameters get the reason without the value', async () => {
    const { url } = await serve(line().line);
    for (const [path, reason] of [
      ['api/calls?status=abc', 'status must be a number from 0 to 999'],
      ['api/calls?limit=1.5', 'limit must be an integer from 0'],
      ['api/calls?route=', 'route must not be empty'],
      ['api/scopes?offset=0.5', 'offset must be an integer from 0'],
      ['api/calls?outcome=secret', 'outcome must be ok or failed or active'],
      ['api/calls?token=secret', 'unknown parameter; allowed here: line, route'],
      ['api/history?range=year', 'range must be hour or day or week'],
      ['api/scopes?offset=-1', 'offset must be a number'],
    ] as const) {
      const { status, body } = await ask(url + path);
      expect(status).toBe(400);
      expect(body).toContain(reason);
      expect(body).not.toContain('secret');
    }
    for (const path of ['api/calls/99999999', 'api/calls?line=7', 'api/nothing', 'favicon.ico'])
      expect((await ask(url + path)).status).toBe(404);
  });

  it('give the page the state of the line', async () => {
    const { line: one, call } = lineWith({ governor: { quotas: [{ limit: 5, windowMs: 60_000 }] } }, () => ({
      status: 200,
    }));
    const { url, monitors } = await serve(one);
    for (let i = 0; i < 3; i++) await call('/api/v2/users/1', { tenant: 'acme' });
    const [state] = (await readState(url)).lines;
    expect(state).toMatchObject({
      name: 'line',
      glance: { requests: 3, calls: 3, successRate: 1, tightest: { used: 3, limit: 5, windowMs: 60_000 } },
      routes: [{ calls: 3, attempts: 3 }],
    });
    expect(state?.totals.calls).toBe(monitors[0]?.totals().calls);
    const { calls } = JSON.parse((await ask(`${url}api/calls?tenant=acme&limit=2`)).body) as {
      calls: { callId: number }[];
    };
    expect(calls).toHaveLength(2);
    const answer = JSON.parse((await ask(`${url}api/calls/${calls[0]?.callId}`)).body) as { sentences: string[] };
    expect(answer.sentences.join()).toMatch(/attempt 1 at .*answered 200/);
  });
});

it('the line of a given monitor is shown as closed, also if it closed before', async () => {
  const [{ line: one }, { line: two }] = [line(), line()];
  const [first, second] = [monitor(one), monitor(two)];
  await one.close();
  const { url } = await serve([first, second]);
  expect((await readState(url)).lines.map(({ closedAt }) => closedAt)).toEqual([first.closedAt, undefined]);
  await two.close();
  await expect.poll(async () => (await readState(url)).lines[1]?.closedAt).toBe(second.closedAt);
});

describe('a token', () => {
  it('is needed for everything, as a bearer token', async () => {
    const { url } = await serve(line().line, { token: TOKEN });
    for (const path of ['', 'api/state', 'api/stream', 'api/calls', 'api/none']) {
      for (const authorization of [undefined, 'Bearer wrong', `Basic ${btoa(`x:${TOKEN}`)}`, `Bearer ${TOKEN}x`]) {
        const { status, headers, body } = await ask(url + path, {
          headers: { ...(authorization && { authorization }) },
        });
        expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
        expect(body).not.toContain(TOKEN);
        expect(body).not.toContain('"lines"');
      }
    }
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await ask(`${url}api/state`, { headers })).status).toBe(200);
    expect((await ask(`${url}api/state?token=${TOKEN}`)).status).toBe(401);
  });

  it('in the login form gives a cookie that is not the token', async () => {
    const { url } = await serve(line().line, { token: TOKEN });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const wrong = await ask(`${url}login`, { method: 'POST', headers: form, body: 'token=wrong' });
    expect([wrong.status, wrong.headers['set-cookie'], wrong.body.includes('data-wrong="yes"')]).toEqual([
      401,
      undefined,
      true,
    ]);
    const foreign = { ...form, origin: 'https://evil.test' };
    expect((await ask(`${url}login`, { method: 'POST', headers: foreign, body: `token=${TOKEN}` })).status).toBe(403);
    const large = `token=${TOKEN}&x=${'x'.repeat(10_000)}`;
    expect((await ask(`${url}login`, { method: 'POST', headers: form, body: large })).status).toBe(401);

    const right = await ask(`${url}login`, { method: 'POST', headers: form, body: `token=${TOKEN}` });
    expect([right.status, right.headers.location]).toEqual([303, './']);
    const [cookie = ''] = right.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(cookie).not.toContain(TOKEN);
    const [pair = ''] = cookie.split(';');
    expect((await ask(url, { headers: { cookie: `other=1; ${pair}` } })).status).toBe(200);
    expect((await ask(`${url}api/state`, { headers: { cookie: `${pair}x` } })).status).toBe(401);
  });

  it('is taken from the form behind a proxy that sends its own host name', async () => {
    const { url } = await serve(line().line, { token: TOKEN, hosts: ['dash.corp.test'] });
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-proto': 'https, http' };
    const sign = (more: Record<string, string>): Promise<Answer> =>
      ask(`${url}login`, { method: 'POST', headers: { ...form, ...more }, body: `token=${TOKEN}` });
    const right = await sign({ origin: 'https://dash.corp.test' });
    expect([right.status, right.headers['set-cookie']?.[0]]).toEqual([303, expect.stringMatching(/; Secure$/)]);
    const browser = { origin: 'https://other.corp.test', 'sec-fetch-site': 'same-origin' };
    expect((await sign(browser)).status).toBe(303);
    expect((await sign({ ...browser, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await sign({ origin: 'null' })).status).toBe(403);
  });

  it('cannot be found by many tries, and those who signed in go on', async () => {
    const clock = new VirtualClock();
    const { url } = await serve(line().line, { token: TOKEN, clock });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const sign = (token: string): Promise<Answer> =>
      ask(`${url}login`, { method: 'POST', headers: form, body: `token=${token}` });
    const read = (headers: Record<string, string>): Promise<Answer> => ask(`${url}api/state`, { headers });
    const [cookie = ''] = ((await sign(TOKEN)).headers['set-cookie']?.[0] ?? '').split(';');
    for (let i = 0; i < MAX_WRONG; i++) {
      const wrong = i % 2 ? await sign(`wrong-${i}`) : await read({ authorization: `Bearer wrong-${i}` });
      expect(wrong.status).toBe(401);
    }
    const blocked = await sign(TOKEN);
    expect([blocked.status, blocked.headers['retry-after']]).toEqual([429, '60']);
    expect((await read({ authorization: `Bearer ${TOKEN}` })).status).toBe(429);
    expect((await read({ cookie })).status).toBe(200);
    await clock.advance(60_000);
    expect((await sign(TOKEN)).status).toBe(303);
  });

  it('of another dashboard of this machine is no token here', async () => {
    const [a, b] = [await serve(line().line, { token: TOKEN }), await serve(line().line, { token: `${TOKEN}-2` })];
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const right = await ask(`${a.url}login`, { method: 'POST', headers: form, body: `token=${TOKEN}` });
    const [pair = ''] = (right.headers['set-cookie']?.[0] ?? '').split(';');
    expect((await ask(`${b.url}api/state`, { headers: { cookie: pair } })).status).toBe(401);
  });
});
