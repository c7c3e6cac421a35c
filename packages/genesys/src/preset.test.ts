import { answered, ConfigError, createHoldline, type HoldlineConfig } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { describe, expect, test } from 'vitest';
import { guardGenesys } from './index.js';
import { genesysCloud } from './preset.js';
import { READ_ONLY_POSTS } from './read-only-routes.js';

const EVALUATIONS = 'POST /api/v2/quality/conversations/:conversationId/evaluations';
const url = 'https://api.mypurecloud.com';

describe('genesysCloud', () => {
  test('is a valid configuration with the documented numbers', () => {
    const config = genesysCloud();
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
    expect(config.governor).toEqual({ quotas: [{ name: 'token.rate.per.minute', limit: 300, windowMs: 60_000 }] });
    expect(config.endpoints?.['PUT /api/v2/architect/ivrs/:ivrId']).toEqual({
      governor: { quotas: [{ limit: 100, windowMs: 60_000 }] },
    });
    expect(() => createHoldline(config)).not.toThrow();
  });

  test('declares one keyed route, and each reviewed POST read-only once', () => {
    const endpoints = Object.entries(genesysCloud().endpoints ?? {});
    expect(endpoints.filter(([, { keyed }]) => keyed).map(([pattern]) => pattern)).toEqual([EVALUATIONS]);
    const readOnly = endpoints.filter(([, policies]) => policies.readOnly).map(([pattern]) => pattern);
    expect(readOnly).toEqual(READ_ONLY_POSTS.map((path) => `POST ${path}`));
    expect(READ_ONLY_POSTS).toHaveLength(135);
    expect(new Set(READ_ONLY_POSTS).size).toBe(135);
    expect(READ_ONLY_POSTS.every((path) => path.startsWith('/api/v2/'))).toBe(true);
  });

  test.each([
    ['POST', '/api/v2/analytics/conversations/details/query', true],
    ['POST', '/api/v2/search', true],
    ['POST', '/api/v2/quality/conversations/c-1/evaluations', true],
    ['POST', '/api/v2/analytics/conversations/details/jobs', false],
    ['POST', '/api/v2/externalcontacts/contacts', false],
    ['POST', '/api/v2/conversations/calls', false],
    ['PATCH', '/api/v2/users/u-1', false],
    ['GET', '/api/v2/users/u-1', true],
  ])('%s %s: repeating it is safe: %s', (method, path, safe) => {
    const line = createHoldline(genesysCloud());
    expect(line.explain({ method, url: url + path }).repeatable.safe).toBe(safe);
    // A gateway adds a prefix to the path.
    expect(line.explain({ method, url: `https://gateway.example/tenant/genesys${path}` }).repeatable.safe).toBe(safe);
  });

  test('overrides replace a list of quotas as a whole, and endpoints pattern by pattern', () => {
    const overrides: HoldlineConfig = {
      governor: { quotas: [{ limit: 600, windowMs: 60_000 }], maxQueued: 5 },
      retry: 'batch',
      endpoints: {
        [EVALUATIONS]: { priority: 'background' },
        'GET /api/v2/flows': { governor: { quotas: [{ limit: 25, windowMs: 60_000 }] } },
      },
    };
    const config = genesysCloud(overrides);
    expect(config.governor).toEqual({ quotas: [{ limit: 600, windowMs: 60_000 }], maxQueued: 5 });
    expect(config.retry).toBe('batch');
    expect(config.endpoints?.[EVALUATIONS]).toEqual({ keyed: true, priority: 'background' });
    expect(config.endpoints?.['GET /api/v2/flows']).toBeDefined();
    expect(config.endpoints?.['POST /api/v2/search']).toEqual({ readOnly: true });
    expect(config.paths).toEqual({ anchor: '/api/v2/' });
  });

  test('an override does not change later presets', () => {
    genesysCloud({ endpoints: { [EVALUATIONS]: { keyed: false } } });
    expect(genesysCloud().endpoints?.[EVALUATIONS]).toEqual({ keyed: true });
  });

  test('false removes a policy', () => {
    expect(genesysCloud({ governor: false }).governor).toBe(false);
  });
});

test('a token in place of the token options is a ConfigError that does not show the token', () => {
  const guard = (): unknown => guardGenesys({}, { token: 'hunter2' as never });
  expect(guard).toThrow(ConfigError);
  expect(guard).toThrow(/^token must be an object .* got a string of 7 characters$/);
});

test.each<[string, HoldlineConfig]>([
  ['by default', {}],
  ["with retry: 'interactive'", { retry: 'interactive' }],
  ['with a deadline of 30 s', { deadline: { totalTimeoutMs: 30_000 } }],
])('issue 13, c15: one stray 429 that names the limit does not lower it permanently, %s', async (_, more) => {
  const clock = new VirtualClock();
  const line = createHoldline({ ...genesysCloud(), ...more, clock, random: seededRandom(1) });
  let sent = 0;
  let ok = 0;
  const request = {
    method: 'GET',
    url: `${url}/api/v2/users/me`,
    replayable: true,
    headers: { get: () => undefined, set: () => undefined },
    send: () => {
      const isStray = ++sent === 3;
      const header = (name: string): string | undefined => (isStray && name === 'retry-after' ? '30' : undefined);
      const limitKey = isStray ? 'token.rate.per.minute' : undefined;
      return Promise.resolve(answered('data', { status: isStray ? 429 : 200, header, limitKey, threw: isStray }));
    },
  };
  for (let i = 0; i < 4_800; i++) {
    if (i === 2_400) ok = 0;
    void line.run(request).then(
      () => ok++,
      () => undefined,
    );
    await clock.advance(250);
  }
  expect(ok).toBeGreaterThanOrEqual(2_380);
});
