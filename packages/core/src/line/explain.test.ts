import { describe, expect, it } from 'vitest';
import { ConfigError, type ExplainRequest, type HoldlineConfig } from '../index.js';
import { setup } from './transport.fixture.js';

describe('explain', () => {
  it('returns the policies of a request with their order and their options', () => {
    const { line } = setup({
      governor: { quotas: [{ limit: 7, windowMs: 1_000 }] },
      retry: { maxAttempts: 3 },
      token: { grant: () => Promise.resolve({ accessToken: 'x' }) },
      endpoints: { 'POST /reports/**': { readOnly: true, breaker: { openMs: 5 }, priority: 'low' } },
    });
    const explanation = line.explain({ method: 'post', url: 'https://api.test/reports/12/rows?x=1' });
    expect(explanation).toMatchObject({
      route: 'POST /reports/:id/rows',
      priority: 'low',
      repeatable: { safe: true, because: 'the route is declared read-only' },
      now: { circuit: 'closed', token: 'none' },
    });
    expect(explanation.policies.map(({ name, phase }) => `${phase}: ${name}`)).toEqual([
      'deadline: deadline',
      'identify: idempotency',
      'retry: retry',
      'authorize: authorize',
      'break: breaker',
      'govern: governor',
      'sign: sign',
    ]);
    const options = Object.fromEntries(explanation.policies.map(({ name, options: own }) => [name, own]));
    expect(options).toMatchObject({ retry: { maxAttempts: 3, baseDelayMs: 500 }, breaker: { openMs: 5, probes: 3 } });
  });

  it.each<[string, HoldlineConfig, boolean, string]>([
    ['GET', {}, true, 'GET is idempotent'],
    ['PUT', {}, true, 'PUT is idempotent'],
    ['POST', {}, false, 'POST may be executed twice'],
    ['PATCH', {}, false, 'PATCH may be executed twice'],
    [
      'POST',
      { retry: { verify: () => Promise.resolve(false) } },
      false,
      'retry.verify decides whether POST is sent again',
    ],
    ['POST', { endpoints: { 'POST /a': { keyed: true } } }, true, 'the route is declared to honour an idempotency key'],
    ['POST', { endpoints: { 'POST /a': { keyed: true } }, idempotency: false }, false, 'POST may be executed twice'],
  ])('returns whether repeating is safe, with the reason: %s %j', (method, config, safe, because) => {
    expect(setup(config).line.explain({ method, url: '/a' }).repeatable).toEqual({ safe, because });
  });

  it('returns the current state of circuit and token, and the priority of the context', async () => {
    const { line, clock, start } = setup({ governor: false, retry: false, breaker: { minAttempts: 1 } }, [500]);
    start();
    await clock.advance(0);
    expect(line.explain({ method: 'GET', url: 'https://api.test/a' }).now.circuit).toBe('open');
    expect(line.explain({ method: 'GET', url: 'https://api.test/b' }).now.circuit).toBe('closed');
    line.isolate('GET /b');
    expect(line.explain({ method: 'GET', url: 'https://api.test/b' }).now.circuit).toBe('isolated');
    expect(line.explain({ method: 'GET', url: '/a', context: { priority: 'high' } }).priority).toBe('high');
    expect(setup({ breaker: false }).line.explain({ method: 'GET', url: '/a' }).now).toMatchObject({
      circuit: 'no breaker',
      token: 'the client has its own',
    });
  });

  it('returns the scopes whose permits the request needs, with their current and learned limits', async () => {
    const { line, clock, start } = setup(
      {
        governor: {
          quotas: [
            { limit: 3, windowMs: 10_000, name: 'token.rate' },
            { limit: 'discover', windowMs: 60_000, scope: 'tenant' },
          ],
        },
        endpoints: { 'GET /a/:id': { governor: { quotas: [{ limit: 2, windowMs: 1_000, key: 'id' }] } } },
      },
      [200, 200, 200, { status: 429, headers: { 'retry-after': '7' } }],
    );
    const scopesOf = (url: string): unknown[] =>
      line.explain({ method: 'GET', url: `https://api.test${url}`, context: { tenant: 't' } }).scopes;
    const evidence = { refusals: 0, trials: 0, trialsPassed: 0 };
    const scope = { inFlight: 0, gate: 'open' };
    expect(scopesOf('/a/7')).toMatchObject([
      {
        ...scope,
        scope: 'credential:none@https://api.test',
        quotas: [{ name: 'token.rate', given: 3, limit: 3, windowMs: 10_000, used: 0, counts: undefined, evidence }],
      },
      { ...scope, scope: 'route:credential:none@https://api.test:GET /a/:id', quotas: [], learned: undefined },
      { ...scope, scope: 'tenant:t', quotas: [{ given: 'discover', limit: undefined, windowMs: 60_000, evidence }] },
      { ...scope, scope: '/a/:id/2per1000:7', quotas: [{ given: 2, limit: 2, used: 0 }] },
    ]);
    for (let i = 0; i < 4; i++) start({ url: '/b', context: { tenant: 't' } });
    await clock.advance(4_000);
    const [root] = scopesOf('/b');
    // The fourth attempt left when a bucket would have had a permit. The refusal named the end of the window.
    expect(root).toMatchObject({
      gate: 'closed',
      quotas: [{ limit: 3, counts: 'sliding', evidence: { refusals: 1, trials: 1, trialsPassed: 0 } }],
    });
    expect(line.snapshot().scopes.find((one) => one.scope === 'credential:none@https://api.test')).toEqual(root);
  });

  it('sends nothing, fetches no token, draws no random number, emits no event and changes no state', async () => {
    let draws = 0;
    let asked = 0;
    const it = setup({
      governor: { quotas: [{ limit: 5, windowMs: 1_000 }] },
      random: { next: () => (draws++, 0.5) },
      token: { grant: () => Promise.reject(new Error(String(asked++))), current: () => ({ accessToken: 'x' }) },
      state: { breakers: [{ scope: 'https://api.test GET /saved', state: 'open', retryAt: 1 }] },
    });
    const events = (['attempt', 'queued', 'refused', 'breaker', 'call', 'gateClosed'] as const).map((name) =>
      it.told(name),
    );
    // An empty scope has no state.
    const look = (): unknown => {
      const { scopes, queues, ...rest } = it.line.snapshot();
      const used = scopes.filter(
        ({ gate, inFlight, quotas }) => gate !== 'open' || inFlight > 0 || quotas.some((quota) => quota.used > 0),
      );
      return { ...rest, used, waiting: queues.flatMap(({ waiting }) => Object.values(waiting)).filter((n) => n > 0) };
    };
    const before = look();
    const saved = JSON.stringify(it.line.exportState());
    for (const url of ['https://api.test/a', 'https://api.test/saved']) it.line.explain({ method: 'GET', url });
    await it.clock.run();
    expect(look()).toEqual(before);
    expect(JSON.stringify(it.line.exportState())).toBe(saved);
    expect([it.wire.sent.length, draws, asked, events.flat().length, it.clock.pending]).toEqual([0, 0, 0, 0, 0]);
  });

  it.each<[unknown, string]>([
    [undefined, 'request'],
    [{}, 'request.method'],
    [{ method: 'GET' }, 'request.url'],
    [{ method: 'GET', url: '/a', body: 'x' }, 'request.body'],
    [{ method: 'GET', url: '/a', headers: { Authorization: 7 } }, "request.headers['Authorization']"],
    [{ method: 'GET', url: '/a', context: { priority: 'batch' } }, 'request.context.priority'],
  ])('%j is a ConfigError', (request, key) => {
    const { line } = setup();
    expect(() => line.explain(request as ExplainRequest)).toThrow(ConfigError);
    expect(() => line.explain(request as ExplainRequest)).toThrow(key);
  });
});
