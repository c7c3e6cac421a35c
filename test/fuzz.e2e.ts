import { callInfo } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import {
  countOutcomes,
  expectQuiet,
  createGuarded,
  seeded,
  simulate,
  times,
  UNLIMITED,
  type Guarded,
} from './support.js';

const sendMixed = ({ users, contacts }: Guarded, n: number): Promise<PromiseSettledResult<unknown>[]> =>
  Promise.allSettled(
    times(n, (i) => (i % 3 === 0 ? contacts.postExternalcontactsContacts({ lastName: `${i}` }) : users.getUsersMe())),
  );

/** Waits are short, because the tests check that nothing breaks, not how long a call waits. */
const impatient = {
  ...UNLIMITED,
  retry: { maxAttempts: 2, backoff: [1], maxRetryAfterMs: 50 },
  breaker: false,
} as const;

describe('malformed headers', () => {
  test('on successful responses make no call fail', async () => {
    const simulator = await simulate({ faults: [{ kind: 'malformed-headers' }] });
    const client = await createGuarded(simulator, { governor: { quotas: [{ limit: 10_000, windowMs: 60_000 }] } });
    expect(countOutcomes(await sendMixed(client, 300))).toEqual({ ok: 300 });
    expect(simulator.stats().executedWrites).toBe(100);
    expectQuiet(client.line);
  });

  test.each([429, 503, 500, 400])(
    'on a %i: each call ends with this status, and the next call succeeds',
    async (status) => {
      const simulator = await simulate({ faults: [{ kind: 'malformed-headers', status, times: 40 }] });
      const client = await createGuarded(simulator, {
        ...impatient,
        governor: { quotas: [{ limit: 10_000, windowMs: 60_000 }], defaultRetryAfterMs: 20, gateJitterMs: 0 },
        retry: { maxAttempts: 60, backoff: [1] },
      });
      const results = countOutcomes(await sendMixed(client, 60));
      const others = Object.keys(results).filter((name) => !['ok', `status ${status}`].includes(name));
      expect(others).toEqual([]);
      expect((results['ok'] ?? 0) + (results[`status ${status}`] ?? 0)).toBe(60);
      await client.users.getUsersMe();
      expectQuiet(client.line);
    },
  );

  const names = [
    'Retry-After',
    'Date',
    'RateLimit',
    'RateLimit-Policy',
    'RateLimit-Limit',
    'RateLimit-Remaining',
    'RateLimit-Reset',
    'X-RateLimit-Limit',
    'X-RateLimit-Remaining',
    'X-RateLimit-Reset',
    'X-Rate-Limit-Remaining',
    'inin-ratelimit-count',
    'inin-ratelimit-allowed',
    'inin-ratelimit-reset',
    'ININ-Correlation-Id',
  ];
  const snippets = [
    '',
    '0',
    '-0',
    '-1',
    '1e400',
    'NaN',
    'Infinity',
    '0x10',
    '1,2,3',
    '"a";r=1;t=',
    '"a";r=-9;t=1e9, "b"',
    ';;;',
    '9'.repeat(40),
    'Sun, 99 Nov 9999 99:99:99 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    '2026-11-22T06:00:00Z',
    '__proto__',
    'constructor',
    '\u00ff\u00fe',
    '%00%0d%0a',
    ' ',
  ];

  test.each([1, 2, 3])('with random values (seed %i) never break the line or block it for long', async (seed) => {
    const random = seeded(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const made = (): string => (random() < 0.7 ? pick(snippets) : `${pick(snippets)}${pick(snippets)}`);
    const answers = times(200, () => ({
      status: pick([200, 200, 429, 429, 503, 502, 404]),
      headers: Object.fromEntries(times(1 + Math.floor(random() * 6), () => [pick(names), made()])),
      body: pick<unknown>([
        '',
        '{',
        'null',
        '[]',
        {},
        { message: made(), limit: { key: made() } },
        'Retry in [] seconds',
      ]),
    }));
    const simulator = await simulate();
    const client = await createGuarded(simulator, {
      ...impatient,
      governor: { quotas: [{ limit: 500, windowMs: 300 }], defaultRetryAfterMs: 10, gateJitterMs: 1 },
    });
    simulator.script('GET /api/v2/users/me', answers);
    const results = await Promise.allSettled(times(200, () => client.users.getUsersMe()));
    for (const { reason } of results.filter((result) => result.status === 'rejected')) {
      if (typeof reason === 'object' && reason !== null) expect(callInfo(reason)).toBeDefined();
    }
    const allowed = ['ok', 'ThrottledError', 'status 200', 'status 429', 'status 503', 'status 502', 'status 404'];
    // The SDK may reject with a plain string. A string has no callInfo.
    const texts = answers.map(({ body }) => body).filter((body) => typeof body === 'string');
    for (const name of Object.keys(countOutcomes(results)))
      expect([...allowed, ...texts, 'undefined', 'null']).toContain(name);
    expectQuiet(client.line);
  });
});
