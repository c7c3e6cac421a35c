import { describe, expect, it } from 'vitest';
import { parseOptions } from '../option-parsing/parse-options.js';
import { Limiter } from './limiter.js';
import { buildQuotaHeaders } from './quota-headers.js';

const WALL_MS = Date.UTC(2026, 10, 22, 12, 0, 0, 250);

const { limits } = parseOptions({
  platform: 'genesys',
  limits: [
    { name: 'per.token', per: 'token', limit: 10, windowMs: 60_000, enforcement: 'fixed', phaseMs: 0 },
    { name: 'per.org', per: 'org', limit: 4, windowMs: 1500, enforcement: 'sliding' },
  ],
}).settings;

const subject = {
  method: 'GET',
  segments: ['api'],
  route: 'GET /api',
  token: 't1',
  client: 'c1',
  user: 'u1',
  tenant: 'org',
  socket: '',
};

describe('quota headers', () => {
  const admit = () => new Limiter(limits).admit(subject, 500).applied;

  it.each([
    ['none', {}],
    ['inin', { 'inin-ratelimit-count': '1', 'inin-ratelimit-allowed': '4', 'inin-ratelimit-reset': '2' }],
    ['ratelimit', { 'RateLimit-Limit': '4', 'RateLimit-Remaining': '3', 'RateLimit-Reset': '2' }],
    [
      'ratelimit-policy',
      {
        'RateLimit-Policy': '"per.token";q=10;w=60, "per.org";q=4;w=2',
        RateLimit: '"per.token";r=9;t=60, "per.org";r=3;t=2',
      },
    ],
    [
      'x-ratelimit',
      {
        'X-RateLimit-Limit': '4',
        'X-RateLimit-Remaining': '3',
        'X-RateLimit-Reset': String(Math.ceil((WALL_MS + 1500) / 1000)),
      },
    ],
    ['x-rate-limit', { 'X-Rate-Limit-Limit': '4', 'X-Rate-Limit-Remaining': '3', 'X-Rate-Limit-Reset': '2' }],
  ] as const)('use the dialect %s', (dialect, expected) => {
    expect(buildQuotaHeaders(dialect, admit(), 500, WALL_MS)).toEqual(expected);
  });

  it('are absent when no limit applied', () => {
    expect(buildQuotaHeaders('inin', [], 0, 0)).toEqual({});
  });
});
