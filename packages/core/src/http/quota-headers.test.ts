import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuotaHeaders } from '../index.js';
import { headers } from '../line/transport.fixture.js';

const NOW = Date.UTC(2026, 0, 1, 12);

describe('quota headers of every dialect', () => {
  it.each<[string, Record<string, string>, unknown]>([
    ['IETF draft', { ratelimit: '"default";r=50;t=30' }, { remaining: 50, resetMs: 30_000, limit: undefined }],
    [
      'several quotas: the one with the fewest attempts left',
      { ratelimit: '"burst";r=50;t=30, "day";r=9' },
      { remaining: 9, resetMs: undefined, limit: undefined },
    ],
    [
      'draft 03',
      { ratelimit: 'limit=100, remaining=50, reset=30' },
      { remaining: 50, resetMs: 30_000, limit: undefined },
    ],
    [
      'older IETF drafts',
      { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '7', 'ratelimit-reset': '5' },
      { remaining: 7, resetMs: 5_000, limit: 100 },
    ],
    [
      'X-RateLimit, reset in epoch seconds',
      { 'x-ratelimit-limit': '300', 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': String(NOW / 1000 + 20) },
      { remaining: 12, resetMs: 20_000, limit: 300 },
    ],
    [
      'X-Rate-Limit, reset in epoch ms',
      { 'x-rate-limit-remaining': '3', 'x-rate-limit-reset': String(NOW + 1_500) },
      { remaining: 3, resetMs: 1_500, limit: undefined },
    ],
    [
      'an epoch against the server, whose clock is an hour ahead',
      {
        'x-ratelimit-remaining': '3',
        'x-ratelimit-reset': String(NOW / 1000 + 3_620),
        date: new Date(NOW + 3_600_000).toUTCString(),
      },
      { remaining: 3, resetMs: 20_000, limit: undefined },
    ],
    [
      'inin, which counts used attempts',
      { 'inin-ratelimit-count': '280', 'inin-ratelimit-allowed': '300', 'inin-ratelimit-reset': '40' },
      { remaining: 20, resetMs: 40_000, limit: 300 },
    ],
    [
      'inin, overdrawn',
      { 'inin-ratelimit-count': '301', 'inin-ratelimit-allowed': '300' },
      { remaining: 0, resetMs: undefined, limit: 300 },
    ],
    [
      'a malformed draft header does not hide other headers',
      { ratelimit: '?', 'x-ratelimit-remaining': '3' },
      { remaining: 3, resetMs: undefined, limit: undefined },
    ],
    [
      'a reset in the past',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1600000000' },
      { remaining: 0, resetMs: 0, limit: undefined },
    ],
    ['negative', { 'x-ratelimit-remaining': '-1' }, undefined],
    ['fractions', { 'x-ratelimit-remaining': '1.5' }, undefined],
    ['an exponent', { 'x-ratelimit-remaining': '1e3' }, undefined],
    ['words', { 'x-ratelimit-remaining': 'many' }, undefined],
    ['a limit alone', { 'x-ratelimit-limit': '300' }, undefined],
    ['none', {}, undefined],
  ])('%s', (_, values, hint) => expect(parseQuotaHeaders(headers(values), NOW)).toEqual(hint));

  it('give no error, no negative and no infinite number for any values', () => {
    const names = [
      'ratelimit',
      'date',
      ...['x-ratelimit-', 'x-rate-limit-', 'ratelimit-'].flatMap((p) => [`${p}limit`, `${p}remaining`, `${p}reset`]),
      'inin-ratelimit-count',
      'inin-ratelimit-allowed',
      'inin-ratelimit-reset',
    ];
    const value = fc.oneof(
      fc.string(),
      fc.bigInt().map(String),
      fc.double().map(String),
      fc.stringMatching(/^[0-9 ,;=.rtw"-]{0,40}$/),
      fc.stringMatching(/^(limit=|remaining=|reset=|[0-9]|, ){0,20}$/),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (values) => {
        const hint = parseQuotaHeaders(headers(values), NOW);
        for (const n of [hint?.remaining, hint?.resetMs, hint?.limit])
          if (n !== undefined) expect(n >= 0 && Number.isFinite(n)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('take little time for hostile values', () => {
    for (const value of ['remaining=1'.repeat(1e5), ' '.repeat(1e6), '1'.repeat(1e6), '"a";r=1;t=1,'.repeat(1e5)]) {
      parseQuotaHeaders(headers({ ratelimit: value, 'x-ratelimit-remaining': value, 'x-ratelimit-reset': value }), NOW);
    }
  }, 20_000);
});
