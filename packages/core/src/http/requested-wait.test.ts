import { describe, expect, it } from 'vitest';
import { headers } from '../line/transport.fixture.js';
import { readRequestedWait } from './requested-wait.js';
import type { QuotaHeaders } from './quota-headers.js';

const NOW = Date.UTC(2026, 0, 1, 12);
const clock = { wall: () => NOW };
const http = (ms: number): string => new Date(ms).toUTCString();
const seconds = (ms: number): string => String(ms / 1000);

interface More {
  status?: number;
  body?: number;
  names?: QuotaHeaders | false;
}
type Row = [string, values: Record<string, string>, ms: number | undefined, roundedMs?: number, more?: More];

describe('the wait that a refusal requests (issue 13, a04)', () => {
  it.each<Row>([
    ['Retry-After in seconds', { 'retry-after': '60' }, 60_000, 1_000],
    ['Retry-After in fractions', { 'retry-after': '60.5' }, 60_500, 0],
    ['Retry-After as a date', { 'retry-after': http(NOW + 60_000) }, 60_000, 2_000],
    ['Retry-After has precedence', { 'retry-after': '3', ratelimit: '"d";r=0;t=60' }, 3_000, 1_000],
    ['a Retry-After of zero names no wait', { 'retry-after': '0' }, undefined],
    ['a Retry-After of zero and a reset', { 'retry-after': '0', ratelimit: '"d";r=0;t=60' }, 60_000, 1_000],
    ['a Retry-After of zero and a body', { 'retry-after': '0' }, 42_000, 1_000, { body: 42_000 }],
    ['the body has precedence over the reset', { ratelimit: '"d";r=0;t=60' }, 42_000, 1_000, { body: 42_000 }],
    ['a body of zero names no wait', {}, undefined, 0, { body: 0 }],
    ['RateLimit', { ratelimit: '"d";r=0;t=60' }, 60_000, 1_000],
    [
      'RateLimit: the longest reset of the exhausted quotas',
      { ratelimit: '"a";r=0;t=9, "b";r=0;t=60, "c";r=5;t=99' },
      60_000,
      1_000,
    ],
    ['RateLimit of draft 03', { ratelimit: 'limit=10, remaining=0, reset=60' }, 60_000, 1_000],
    ['RateLimit without a time', { ratelimit: '"d";r=0' }, undefined],
    ['RateLimit with attempts left', { ratelimit: '"d";r=1;t=60' }, undefined],
    ['RateLimit-Reset', { 'ratelimit-reset': '60', 'ratelimit-remaining': '0' }, 60_000, 1_000],
    ['a reset alone', { 'ratelimit-reset': '60' }, 60_000, 1_000],
    ['a reset of a quota with attempts left', { 'ratelimit-reset': '60', 'ratelimit-remaining': '7' }, undefined],
    ['a duration in fractions', { 'x-ratelimit-reset': '1.25' }, 1_250, 0],
    ['epoch seconds', { 'x-ratelimit-reset': seconds(NOW + 60_000) }, 60_000, 2_000],
    ['epoch seconds in fractions', { 'x-ratelimit-reset': seconds(NOW + 60_500) }, 60_500, 1_000],
    ['epoch ms', { 'x-rate-limit-reset': String(NOW + 60_000) }, 60_000, 1_000],
    ['an HTTP date', { 'x-rate-limit-reset': http(NOW + 60_000) }, 60_000, 2_000],
    [
      'an epoch of a server whose clock is an hour ahead',
      { 'x-ratelimit-reset': seconds(NOW + 3_660_000), date: http(NOW + 3_600_000) },
      60_000,
      2_000,
    ],
    [
      'a date of a server whose clock is an hour behind',
      { 'x-ratelimit-reset': http(NOW - 3_540_000), date: http(NOW - 3_600_000) },
      60_000,
      2_000,
    ],
    ['X-RateLimit-Reset-After', { 'x-ratelimit-reset-after': '60.25' }, 60_250, 0],
    [
      'Reset-After has precedence over an epoch',
      { 'x-ratelimit-reset': seconds(NOW + 3_600_000), 'x-ratelimit-reset-after': '60' },
      60_000,
      1_000,
    ],
    ['RateLimit-Reset-After', { 'ratelimit-reset-after': '60' }, 60_000, 1_000],
    ['X-Rate-Limit-Reset-After', { 'x-rate-limit-reset-after': '60' }, 60_000, 1_000],
    [
      'inin-ratelimit-*',
      { 'inin-ratelimit-count': '301', 'inin-ratelimit-allowed': '300', 'inin-ratelimit-reset': '42' },
      42_000,
      1_000,
    ],
    [
      'the reset of one dialect and attempts left of another',
      { 'x-ratelimit-remaining': '5', 'ratelimit-reset': '9' },
      9_000,
    ],
    ['a reset in the past', { 'x-ratelimit-reset': seconds(NOW - 5_000) }, undefined],
    ['a reset of now', { 'x-ratelimit-reset': '0' }, undefined],
    ['a reset after a year', { 'x-ratelimit-reset': seconds(NOW + 31_536_000_000) }, undefined],
    ['a reset of a day', { 'x-ratelimit-reset': '86400' }, 86_400_000],
    ['garbage', { 'x-ratelimit-reset': 'soon', 'ratelimit-reset': '-5', ratelimit: '?' }, undefined],
    ['nothing', {}, undefined],
    [
      'a 503, whose quota headers are not about the refusal',
      { 'x-ratelimit-reset': '60' },
      undefined,
      0,
      { status: 503 },
    ],
    ['configured header names', { 'x-quota-reset': '60' }, 60_000, 1_000, { names: { reset: 'X-Quota-Reset' } }],
    [
      'configured header names have precedence',
      { 'x-quota-reset': '60', 'x-ratelimit-reset': '9' },
      60_000,
      1_000,
      { names: { reset: 'X-Quota-Reset' } },
    ],
    [
      'configured header names with attempts left',
      { 'x-quota-reset': '60', 'x-quota-left': '3' },
      undefined,
      0,
      { names: { reset: 'x-quota-reset', remaining: 'x-quota-left' } },
    ],
    ['quota headers that are switched off', { 'x-ratelimit-reset': '60' }, undefined, 0, { names: false }],
  ])('%s', (_, values, ms, roundedMs, more = {}) => {
    const refused = { status: more.status ?? 429, header: headers(values), bodyRetryAfterMs: more.body };
    const wait = readRequestedWait(refused, clock, more.names);
    expect(wait?.ms).toBe(ms);
    if (ms !== undefined && roundedMs !== undefined) expect(wait?.roundedMs).toBe(roundedMs);
  });
});
