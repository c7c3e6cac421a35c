import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { SimulatorOptionError, startSimulator } from './index.js';
import { requestToken, call, login, type Reply, sleep, startGenesys, waitUntil } from './testing/http-client.js';

const ME = 'GET /api/v2/users/me';
const POST = 'POST /api/v2/externalcontacts/contacts';
const EVALUATE = 'POST /api/v2/quality/conversations/c-1/evaluations';

async function statusesOf(replies: Promise<Reply>[]): Promise<number[]> {
  return (await Promise.all(replies)).map(({ status }) => status);
}

describe('limits over the wire', () => {
  it("refuse with the platform's 429, including its correlation id", async () => {
    const simulator = await startGenesys({
      limits: [{ name: 'l', per: 'token', limit: 2, windowMs: 60_000, enforcement: 'sliding' }],
    });
    const token = await login(simulator);
    expect(await statusesOf([1, 2, 3, 4, 5].map(() => call(simulator, ME, { token })))).toEqual(
      expect.arrayContaining([200, 200, 429, 429, 429]),
    );
    const refused = await call(simulator, ME, { token });
    const seconds = refused.headers['retry-after'];
    expect(seconds).toMatch(/^(59|60)$/);
    expect(refused.json).toEqual({
      message: `Rate limit exceeded the maximum. Retry the request in [${seconds}] seconds`,
      code: 'too.many.requests.retry.after',
      status: 429,
      contextId: refused.headers['inin-correlation-id'],
      details: [],
      errors: [],
    });
    expect((await call(simulator, ME, { token: await login(simulator) })).status).toBe(200);
    expect(simulator.stats()).toMatchObject({
      requests: 7,
      answered: 3,
      refused: 4,
      byStatus: { 200: 3, 429: 4 },
      byRoute: { [ME]: { requests: 7, refused: 4, executed: 3 } },
    });
  });

  it.each(['fixed', 'sliding', 'bucket'] as const)(
    'accept a client that waits exactly Retry-After: %s',
    async (enforcement) => {
      const simulator = await startGenesys({
        limits: [
          { name: 'l', per: 'token', limit: 3, windowMs: 1000, enforcement },
          { name: 'outer', per: 'org', limit: 100, windowMs: 60_000, enforcement: 'sliding' },
        ],
      });
      const token = await login(simulator);
      for (let turn = 0; turn < 2; turn += 1) {
        let reply = await call(simulator, ME, { token });
        while (reply.status === 200) reply = await call(simulator, ME, { token });
        expect(reply.headers['retry-after']).toBe('1');
        await sleep(Number(reply.headers['retry-after']) * 1000);
        expect((await call(simulator, ME, { token })).status).toBe(200);
      }
    },
  );

  it('never accept more than a sliding limit in any window of the wire log', async () => {
    const simulator = await startGenesys({
      limits: [{ name: 'l', per: 'org', limit: 10, windowMs: 200, enforcement: 'sliding' }],
    });
    const token = await login(simulator);
    const end = Date.now() + 900;
    const worker = async (): Promise<void> => {
      while (Date.now() < end) await call(simulator, ME, { token });
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    const accepted = simulator
      .wire()
      .filter(({ outcome }) => outcome === 'answered')
      .map(({ at }) => at);
    expect(accepted.length).toBeGreaterThan(20);
    accepted.slice(10).forEach((at, index) => expect(at - (accepted[index] ?? 0)).toBeGreaterThanOrEqual(200));
    expect(simulator.stats().peakInFlight).toBeGreaterThan(0);
  });

  it('take no permit from an unauthorised or refused request', async () => {
    const simulator = await startGenesys({
      limits: [
        { name: 'org', per: 'org', limit: 2, windowMs: 60_000, enforcement: 'sliding' },
        { name: 'route', per: 'route', match: POST, limit: 1, windowMs: 60_000, enforcement: 'sliding' },
      ],
    });
    const token = await login(simulator);
    await call(simulator, ME, { token: 'wrong' });
    expect((await call(simulator, POST, { token, body: {} })).status).toBe(200);
    for (let turn = 0; turn < 5; turn += 1) expect((await call(simulator, POST, { token, body: {} })).status).toBe(429);
    expect((await call(simulator, ME, { token })).status).toBe(200);
    expect((await call(simulator, ME, { token })).status).toBe(429);
  });

  it('can be raised and reduced at run time', async () => {
    const limit = { name: 'l', per: 'org', limit: 1, windowMs: 60_000, enforcement: 'sliding' } as const;
    const simulator = await startGenesys({ limits: [limit] });
    const token = await login(simulator);
    expect((await call(simulator, ME, { token })).status).toBe(200);
    expect((await call(simulator, ME, { token })).status).toBe(429);
    simulator.set({ limits: [{ ...limit, limit: 2 }], limitKeyInBody: true });
    expect((await call(simulator, ME, { token })).status).toBe(200);
    expect((await call(simulator, ME, { token })).json.limit).toEqual({
      key: 'l',
      namespace: 'platform.api',
      value: 2,
    });
    simulator.set({ limits: [] });
    expect((await call(simulator, ME, { token })).status).toBe(200);
  });

  it("send Retry-After in the configured form, by the server's clock", async () => {
    const simulator = await startGenesys({
      limits: [{ name: 'l', per: 'org', limit: 1, windowMs: 60_000, enforcement: 'sliding' }],
      retryAfter: 'date',
      clockSkewMs: 3_600_000,
      quotaHeaders: 'x-ratelimit',
    });
    const token = await login(simulator);
    const first = await call(simulator, ME, { token });
    expect(first.headers['x-ratelimit-remaining']).toBe('0');
    const refused = await call(simulator, ME, { token });
    const serverMs = Date.parse(refused.headers.date ?? '');
    expect(Math.abs(serverMs - Date.now() - 3_600_000)).toBeLessThan(5000);
    const waitMs = Date.parse(refused.headers['retry-after'] ?? '') - serverMs;
    expect(waitMs).toBeGreaterThan(55_000);
    expect(waitMs).toBeLessThanOrEqual(62_000);
    simulator.set({ retryAfter: 'none' });
    expect((await call(simulator, ME, { token })).headers['retry-after']).toBeUndefined();
    simulator.set({ retryAfter: 'next Tuesday' });
    expect((await call(simulator, ME, { token })).headers['retry-after']).toBe('next Tuesday');
    simulator.set({ retryAfter: 'float' });
    expect((await call(simulator, ME, { token })).headers['retry-after']).toMatch(/^5\d\.\d{3}$/);
  });
});

describe('the route with Idempotency-Key', () => {
  it('replays the stored answer and executes once', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const evaluate = (key: string, what = EVALUATE): Promise<Reply> =>
      call(simulator, what, { token, body: { formId: 'f' }, headers: { 'Idempotency-Key': key } });
    const first = await evaluate('k1');
    const second = await evaluate('k1');
    expect(second.json).toEqual(first.json);
    expect(simulator.stats()).toMatchObject({ answered: 2, executedWrites: 1, duplicateWrites: 0 });
    expect(simulator.wire().at(-1)).toMatchObject({ outcome: 'replayed', executed: false, idempotencyKey: 'k1' });
    expect((await evaluate('k2')).json.id).not.toBe(first.json.id);
    expect((await evaluate('k1', EVALUATE.replace('c-1', 'c-2'))).json.id).not.toBe(first.json.id);
    expect(simulator.stats()).toMatchObject({ executedWrites: 3, duplicateWrites: 1 });
  });

  it('replays also while the first answer is pending, and after it was lost', async () => {
    const simulator = await startGenesys({ serviceMs: 50, faults: [{ kind: 'drop-after', times: 1 }] });
    const token = await login(simulator);
    const evaluate = (): Promise<Reply> =>
      call(simulator, EVALUATE, { token, body: {}, headers: { 'Idempotency-Key': '"k"' } });
    const [lost, ...rest] = await Promise.allSettled([evaluate(), evaluate(), evaluate()]);
    expect([lost, ...rest].filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect((await evaluate()).status).toBe(200);
    expect(simulator.stats().executedWrites).toBe(1);
  });

  it('is the only one: on other routes the key has no effect', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const create = (): Promise<Reply> =>
      call(simulator, POST, { token, body: { a: 1 }, headers: { 'Idempotency-Key': 'k' } });
    expect((await create()).json.id).not.toBe((await create()).json.id);
    expect(simulator.stats()).toMatchObject({ executedWrites: 2, duplicateWrites: 1 });
  });
});

describe('duplicate writes', () => {
  it('have the same method, path with query, and body; reads never count', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const writes: [what: string, body: unknown][] = [
      [POST, { a: 1 }],
      [POST, { a: 2 }],
      [`${POST}?x=1`, { a: 1 }],
      ['PUT /api/v2/flows/f1', { a: 1 }],
      ['PATCH /api/v2/flows/f1', { a: 1 }],
      [POST, { a: 1 }],
      [POST, { a: 1 }],
    ];
    for (const [what, body] of writes) await call(simulator, what, { token, body });
    for (let turn = 0; turn < 2; turn += 1) {
      await call(simulator, 'POST /api/v2/analytics/users/details/query', { token, body: {} });
      await call(simulator, 'POST /api/v2/users/search', { token, body: {} });
      await call(simulator, ME, { token });
    }
    expect(simulator.stats()).toMatchObject({ requests: 13, executedWrites: 7, duplicateWrites: 2 });
    const hashes = simulator.wire().map(({ bodyHash }) => bodyHash);
    expect(hashes[1]).toMatch(/^[0-9a-f]{16}$/);
    expect(hashes[1]).toBe(hashes[3]);
    expect(hashes[1]).not.toBe(hashes[2]);
    expect(hashes.at(-1)).toBe('');
  });
});

describe('scripts', () => {
  it('answer the next matching requests in order, then requests are answered normally', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    simulator.script(ME, [
      { status: 429, headers: { 'retry-after': '1' } },
      'pass',
      { status: 401 },
      { status: 200, body: { id: 'scripted' } },
      { status: 503, body: '' },
    ]);
    const replies: Reply[] = [];
    for (let turn = 0; turn < 6; turn += 1) replies.push(await call(simulator, ME, { token }));
    expect(replies.map(({ status }) => status)).toEqual([429, 200, 401, 200, 503, 200]);
    expect(replies[0]?.headers['retry-after']).toBe('1');
    expect(replies[0]?.json.message).toContain('[1] seconds');
    expect(replies[2]?.json.code).toBe('bad.credentials');
    expect(replies[3]?.json).toEqual({ id: 'scripted' });
    expect(replies[4]?.text).toBe('');
    expect((await call(simulator, 'GET /api/v2/users', { token })).status).toBe(200);
    expect(simulator.stats()).toMatchObject({ refused: 1, unauthorized: 1, answered: 5 });
    const outcomes = simulator.wire().map(({ outcome }) => outcome);
    expect(outcomes).toEqual([
      'token',
      'scripted',
      'answered',
      'scripted',
      'scripted',
      'scripted',
      'answered',
      'answered',
    ]);
  });

  it('run before authentication and limits, one after the other', async () => {
    const simulator = await startGenesys({
      limits: [{ name: 'l', per: 'org', limit: 1, windowMs: 60_000, enforcement: 'sliding' }],
    });
    simulator.script('* /api/v2/**', [{ status: 500 }]);
    simulator.script(ME, [{ status: 502 }, 'pass']);
    expect((await call(simulator, ME)).status).toBe(500);
    expect((await call(simulator, ME)).status).toBe(502);
    expect((await call(simulator, ME)).status).toBe(401);
    const token = await login(simulator);
    expect((await call(simulator, ME, { token })).status).toBe(200);
  });

  it('drop before and after execution, and execute behind an error status', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    simulator.script(POST, [
      { status: 0, drop: 'before' },
      { status: 0, drop: 'after' },
      { status: 504, execute: true },
      { status: 504 },
      { status: 201, execute: true, delayMs: 30 },
    ]);
    const create = (n: number): Promise<Reply> => call(simulator, POST, { token, body: { n } });
    await expect(create(1)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(create(2)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await create(3)).json.code).toBe('gateway.timeout');
    expect((await create(4)).status).toBe(504);
    expect(await create(5)).toMatchObject({ status: 201, json: { n: 5 } });
    expect(
      simulator
        .wire()
        .slice(1)
        .map(({ executed }) => executed),
    ).toEqual([false, true, true, false, true]);
    expect(simulator.stats()).toMatchObject({ executedWrites: 3, dropped: 2 });
  });

  it('revoke the token of the request', async () => {
    const simulator = await startGenesys();
    const [token, other] = [await login(simulator), await login(simulator)];
    simulator.script(ME, [{ status: 401, revoke: true }]);
    await call(simulator, ME, { token });
    expect((await call(simulator, ME, { token })).json.code).toBe('bad.credentials');
    expect((await call(simulator, ME, { token: other })).status).toBe(200);
  });

  it('apply to the token endpoint, with OAuth errors', async () => {
    const simulator = await startGenesys();
    simulator.script('POST /oauth/token', [{ status: 503 }, { status: 0, drop: 'after' }, 'pass']);
    const form = { grant_type: 'client_credentials' };
    const first = await requestToken(simulator, form);
    expect([first.status, first.json.error]).toEqual([503, 'server_error']);
    await expect(requestToken(simulator, form)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await requestToken(simulator, form)).status).toBe(200);
    expect(simulator.stats()).toMatchObject({ tokenRequests: 3, tokensIssued: 2 });
  });

  it('are checked when they are added', async () => {
    const simulator = await startGenesys();
    expect(() => simulator.script('users/me', [])).toThrow(SimulatorOptionError);
    expect(() => simulator.script(ME, [{ status: 99 }])).toThrow('answers[0].status is 99');
  });
});

describe('set', () => {
  it('changes nothing when one option is invalid', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    expect(() => simulator.set({ limits: [], retryAfter: 'x\ny' })).toThrow('retryAfter is');
    expect(() => simulator.set({ seed: 2 } as never)).toThrow(
      'seed is 2; allowed: only the keys serviceMs, latency, limits',
    );
    expect((await call(simulator, ME, { token })).status).toBe(200);
  });

  it('switches faults on and off', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    simulator.set({ faults: [{ kind: 'status', status: 503 }] });
    expect((await call(simulator, ME, { token })).status).toBe(503);
    simulator.set({ faults: [] });
    expect((await call(simulator, ME, { token })).status).toBe(200);
  });
});

describe('a seed', () => {
  it('repeats tokens, ids, faults and phases; another seed gives others', async () => {
    const run = async (seed: number): Promise<unknown> => {
      const simulator = await startGenesys({
        seed,
        serviceMs: { min: 0, max: 2 },
        faults: [{ kind: 'status', status: 503, rate: 0.5 }],
      });
      const token = await login(simulator);
      const seen: unknown[] = [token];
      for (let n = 0; n < 20; n += 1) {
        const { status, text } = await call(simulator, POST, { token, body: { n } });
        seen.push([status, text]);
      }
      return seen;
    };
    const first = await run(5);
    expect(await run(5)).toEqual(first);
    expect(await run(6)).not.toEqual(first);
  });
});

describe('browsers', () => {
  it('get an answer to their preflight and may read the answer to their request', async () => {
    const simulator = await startGenesys();
    const preflight = await call(simulator, 'OPTIONS /api/v2/users/me', {
      headers: { Origin: 'http://127.0.0.1', 'Access-Control-Request-Headers': 'authorization,idempotency-key' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization,idempotency-key',
    });
    expect(preflight.headers['access-control-allow-methods']).toContain('PATCH');
    const token = await login(simulator);
    const reply = await call(simulator, ME, { token });
    expect(reply.headers['access-control-allow-origin']).toBe('*');
    expect(reply.headers['access-control-expose-headers']).toBeUndefined();
    simulator.script(ME, [{ status: 429, headers: { 'Access-Control-Expose-Headers': 'Retry-After' } }]);
    expect((await call(simulator, ME, { token })).headers['access-control-expose-headers']).toBe('Retry-After');
    expect(simulator.stats()).toMatchObject({ preflights: 1, requests: 2 });
  });
});

describe('counting', () => {
  it('is consistent, reports the peak in flight, and can be reset', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    simulator.set({ serviceMs: 200 });
    await Promise.all(Array.from({ length: 5 }, (_, n) => call(simulator, POST, { token, body: { n } })));
    const stats = simulator.stats();
    expect(stats.peakInFlight).toBe(5);
    expect(stats.requests).toBe(stats.answered + stats.refused + stats.unauthorized + stats.dropped);
    const late = call(simulator, ME, { token });
    await waitUntil(() => simulator.stats().requests === 6);
    simulator.resetStats();
    await late;
    expect(simulator.wire()).toEqual([]);
    expect(simulator.stats()).toMatchObject({
      requests: 0,
      answered: 0,
      executedWrites: 0,
      peakInFlight: 1,
      byStatus: {},
    });
    await call(simulator, POST, { token, body: { n: 0 } });
    expect(simulator.stats()).toMatchObject({ requests: 1, executedWrites: 1, duplicateWrites: 0 });
  });

  it('tells listeners of each request that has ended: the limit that refused it, and duplicate writes', async () => {
    const simulator = await startGenesys({
      limits: [{ name: 'three', per: 'token', limit: 3, windowMs: 60_000, enforcement: 'sliding' }],
    });
    const token = await login(simulator);
    const seen: string[] = [];
    const stop = simulator.onRequest(({ status, route, refusedBy = '-', duplicate = false, executed }) =>
      seen.push(`${status} ${route} ${refusedBy} ${executed} ${duplicate}`),
    );
    await call(simulator, POST, { token, body: { n: 1 } });
    await call(simulator, POST, { token, body: { n: 1 } });
    await call(simulator, POST, { token, body: { n: 2 } });
    await call(simulator, ME, { token });
    stop();
    await call(simulator, ME, { token });
    expect(seen).toEqual([
      `200 ${POST} - true false`,
      `200 ${POST} - true true`,
      `200 ${POST} - true false`,
      `429 ${ME} three false false`,
    ]);
    expect(simulator.wire().slice(-1)).toMatchObject([{ refusedBy: 'three', status: 429 }]);
  });

  it('returns copies that do not change under the reader', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const [stats, wire] = [simulator.stats(), simulator.wire()];
    await call(simulator, ME, { token });
    expect([stats.requests, wire.length]).toEqual([0, 1]);
  });

  it('logs arrival and finish on one monotonic clock', async () => {
    const simulator = await startGenesys({ serviceMs: { min: 5, max: 20 } });
    const token = await login(simulator);
    await call(simulator, `${ME}?expand=a`, { token });
    const entry = simulator.wire()[1];
    expect(entry).toMatchObject({ id: 2, method: 'GET', path: '/api/v2/users/me?expand=a', route: ME, token: 't1' });
    expect(entry?.finishedAt).toBeGreaterThan(entry?.at ?? Infinity);
  });
});

describe('connections', () => {
  it('are kept alive and reused', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (let turn = 0; turn < 5; turn += 1) {
      await new Promise<void>((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}` };
        const request = httpRequest(`${simulator.url}/api/v2/users/me`, { agent, headers }, (response) => {
          expect(response.headers['keep-alive']).toBe('timeout=65');
          ports.add(request.socket?.localPort);
          response.resume().on('end', resolve);
        });
        request.on('error', reject).end();
      });
      await sleep(5);
    }
    agent.destroy();
    expect(ports.size).toBe(1);
  });

  it('are all destroyed by stop, which frees the port and can be called again', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const port = Number(new URL(simulator.url).port);
    const idle = connect(port, '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    const closed = new Promise((resolve) => idle.once('close', resolve));
    idle.on('error', () => undefined);
    simulator.set({ serviceMs: 60_000 });
    const waiting = call(simulator, ME, { token });
    const lost = expect(waiting).rejects.toMatchObject({ code: 'ECONNRESET' });
    await waitUntil(() => simulator.stats().requests === 1);
    await Promise.all([simulator.stop(), simulator.stop()]);
    await simulator.stop();
    await Promise.all([closed, lost]);
    expect(simulator.wire().at(-1)?.outcome).toBe('dropped');
    await expect(call(simulator, ME)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const again = await startSimulator({ platform: 'genesys', port });
    expect(again.url).toBe(simulator.url);
    await again.stop();
  });

  it('name the port that is in use', async () => {
    const simulator = await startGenesys();
    const port = Number(new URL(simulator.url).port);
    await expect(startSimulator({ platform: 'genesys', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
