import { describe, expect, it } from 'vitest';
import { resolvePolicies, type EndpointMatch } from './resolve.js';
import { parseConfig } from './parse.js';
import { type EndpointPolicies } from './types.js';
import { parseEndpoint } from './endpoint.js';
import { ConfigError, createHoldline, mergeConfig, type HoldlineConfig } from '../index.js';
import { setup } from '../line/transport.fixture.js';

const match = (policies: EndpointPolicies): EndpointMatch => ({
  endpoint: parseEndpoint('GET /x', 'endpoints'),
  policies,
});

describe('for each policy the most specific endpoint counts, then the line, then the defaults', () => {
  const config = parseConfig({
    retry: { maxAttempts: 7, baseDelayMs: 10 },
    breaker: { openMs: 1_000 },
    deadline: { totalTimeoutMs: 9_000 },
  });
  const specific: EndpointPolicies = { retry: { maxAttempts: 2 }, priority: 'high' };
  const general: EndpointPolicies = { retry: { baseDelayMs: 99 }, breaker: false, weight: 3, priority: 'low' };
  const resolved = resolvePolicies(config, [match(specific), match(general)]);

  it.each<[string, unknown, unknown]>([
    ['an option of the most specific pattern', (resolved.retry as { maxAttempts: number }).maxAttempts, 2],
    ['an option of a policy that another pattern defines', (resolved.retry as { baseDelayMs: number }).baseDelayMs, 10],
    ['an option that no pattern and no line has', (resolved.retry as { maxDelayMs: number }).maxDelayMs, 30_000],
    ['a policy of the general pattern only', resolved.breaker, false],
    ['a value of both patterns', resolved.priority, 0],
    ['a value of the general pattern only', resolved.weight, 3],
    ['a policy of no pattern', resolved.deadline, { totalTimeoutMs: 9_000, attemptTimeoutMs: Infinity }],
  ])('%s', (_, got, wanted) => expect(got).toEqual(wanted));

  it('an endpoint can switch on a policy that the line has switched off', () => {
    const off = parseConfig({ retry: false, breaker: false });
    const { retry, breaker } = resolvePolicies(off, [match({ retry: { maxAttempts: 2 } })]);
    expect(retry).toMatchObject({ maxAttempts: 2, baseDelayMs: 500 });
    expect(breaker).toBe(false);
  });

  it('two patterns that differ only in the names of parameters both count, the later first', () => {
    const { line } = setup({
      governor: false,
      endpoints: {
        'GET /users/:userId': { retry: { maxAttempts: 2 }, priority: 'low' },
        'GET /users/:id': { retry: { maxAttempts: 3 } },
      },
    });
    const { priority, policies } = line.explain({ method: 'GET', url: '/users/7' });
    expect(priority).toBe('low');
    expect(policies.find(({ name }) => name === 'retry')?.options).toMatchObject({ maxAttempts: 3 });
  });

  it('routes that match different patterns never share policies, for any order of calls', () => {
    const endpoints: HoldlineConfig['endpoints'] = {
      'GET /orgs/12345/**': { priority: 'low' },
      'GET /a/b/**': { priority: 'high' },
      'GET /a/:x/:y': { priority: 'background' },
      'GET /c/d/:z': { priority: 'high' },
      'GET /c/:x/e': { priority: 'background' },
    };
    const urls: [string, string, string][] = [
      ['/orgs/12345/users', 'GET /orgs/12345/users', 'low'],
      ['/orgs/99999/users', 'GET /orgs/:id/users', 'normal'],
      ['/a/b/c', 'GET /a/b/:y', 'high'],
      ['/a/z/c', 'GET /a/:x/:y', 'background'],
      ['/c/d/e', 'GET /c/d/e', 'high'],
      ['/c/d/f', 'GET /c/d/:z', 'high'],
      ['/c/f/e', 'GET /c/:x/e', 'background'],
    ];
    for (const order of [urls, [...urls].reverse()]) {
      const line = createHoldline({ governor: false, endpoints });
      for (const [url, route, priority] of order) {
        expect(line.explain({ method: 'GET', url })).toMatchObject({ route, priority });
      }
    }
  });
});

describe('mergeConfig merges a change into a configuration', () => {
  it.each<[string, HoldlineConfig, HoldlineConfig, unknown]>([
    [
      'options one by one',
      { breaker: { openMs: 1, probes: 2 } },
      { breaker: { openMs: 3 } },
      { breaker: { openMs: 3, probes: 2 } },
    ],
    [
      'an undefined option counts as absent',
      { breaker: { openMs: 1 } },
      { breaker: { openMs: undefined } as never },
      { breaker: { openMs: 1 } },
    ],
    [
      'an undefined policy counts as absent',
      { breaker: { openMs: 1 } },
      { breaker: undefined } as never,
      { breaker: { openMs: 1 } },
    ],
    ['false replaces', { retry: { maxAttempts: 2 } }, { retry: false }, { retry: false }],
    ['options replace false', { retry: false }, { retry: { maxAttempts: 2 } }, { retry: { maxAttempts: 2 } }],
    [
      'a profile of the configuration counts as its options',
      { retry: 'batch' },
      { retry: { maxAttempts: 2 } },
      { retry: { maxAttempts: 2, maxElapsedMs: 43_200_000, maxRetryAfterMs: Infinity, maxDelayMs: 300_000 } },
    ],
    [
      'a profile of the change counts as its options',
      { retry: { baseDelayMs: 7, maxAttempts: 2 } },
      { retry: 'interactive' },
      { retry: { baseDelayMs: 7, maxAttempts: 5, maxElapsedMs: 30_000, maxRetryAfterMs: 30_000, maxDelayMs: 5_000 } },
    ],
    [
      'endpoints pattern by pattern, there policy by policy',
      { endpoints: { 'GET /a': { weight: 1, keyed: true }, 'GET /b': { weight: 2 } } },
      { endpoints: { 'GET /a': { weight: 5 }, 'GET /c': { weight: 3 } } },
      { endpoints: { 'GET /a': { weight: 5, keyed: true }, 'GET /b': { weight: 2 }, 'GET /c': { weight: 3 } } },
    ],
    [
      'both forms of a parameter as one pattern',
      { endpoints: { 'GET /a/{id}': { weight: 1, keyed: true } } },
      { endpoints: { 'GET /a/:id': { weight: 5 }, 'GET /b/{id}': { weight: 3 } } },
      { endpoints: { 'GET /a/:id': { weight: 5, keyed: true }, 'GET /b/:id': { weight: 3 } } },
    ],
    ['a wrong value reaches the check unchanged', {}, { endpoints: 'x' as never }, { endpoints: 'x' }],
  ])('%s', (_, config, change, merged) => expect(mergeConfig(config, change)).toEqual(merged));
});

describe('update', () => {
  it('changes all or nothing', () => {
    const line = createHoldline({ governor: false, retry: { maxAttempts: 7 } });
    const before = JSON.stringify(line.explain({ method: 'GET', url: '/a' }));
    expect(() => line.update({ retry: { maxAttempts: 9 }, breaker: { openMs: -1 } })).toThrow(ConfigError);
    expect(() => line.update({ retry: { maxAttempts: 9 }, random: { next: () => 0 } })).toThrow(
      /random cannot be changed/,
    );
    expect(() => line.update(null as never)).toThrow(ConfigError);
    expect(JSON.stringify(line.explain({ method: 'GET', url: '/a' }))).toBe(before);
  });

  it('applies to existing routes, budgets and circuits', async () => {
    const { line, wire, run } = setup({ governor: false, retry: { jitter: 'none', baseDelayMs: 0 } }, [503]);
    await run();
    expect(wire.sent).toHaveLength(5);
    line.update({ retry: { budget: { capacity: 0 } } });
    await run();
    expect(wire.sent).toHaveLength(6);
    line.update({ retry: { budget: false, maxAttempts: 3 } });
    await run();
    expect(wire.sent).toHaveLength(9);
    line.update({ breaker: { minAttempts: 1 } });
    await run();
    expect(line.snapshot().breakers[0]?.state).toBe('open');
  });

  it('applies new path options to existing routes', () => {
    const line = createHoldline({ governor: false, endpoints: { 'GET /users': { priority: 'low' } } });
    expect(line.explain({ method: 'GET', url: '/gw/users' }).priority).toBe('normal');
    line.update({ paths: { stripPrefixes: ['/gw'] } });
    expect(line.explain({ method: 'GET', url: '/gw/users' }).priority).toBe('low');
  });
});
