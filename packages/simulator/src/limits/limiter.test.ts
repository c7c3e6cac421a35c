import { describe, expect, it } from 'vitest';
import { parseOptions } from '../option-parsing/parse-options.js';
import type { Limit } from '../options/limit-options.js';
import { splitPath } from '../paths/request-path.js';
import { Limiter, type LimitSubject } from './limiter.js';

function limits(...list: Limit[]) {
  return parseOptions({ platform: 'genesys', limits: list }).settings.limits;
}

function subject(what: string, more: Partial<LimitSubject> = {}): LimitSubject {
  const [method = '', path = ''] = what.split(' ');
  return {
    method,
    segments: splitPath(path),
    route: what,
    token: 't1',
    client: 'c1',
    user: 'u1',
    tenant: 'org',
    socket: '',
    ...more,
  };
}

const get = subject('GET /api/v2/users/me');

describe('Limiter', () => {
  it('takes permits from all limits or from none, and reports the longest wait', () => {
    const limiter = new Limiter(
      limits(
        { name: 'wide', per: 'org', limit: 5, windowMs: 60_000, enforcement: 'sliding' },
        { name: 'narrow', per: 'token', limit: 1, windowMs: 1000, enforcement: 'sliding' },
      ),
    );
    expect(limiter.admit(get, 0).refusal).toBeUndefined();
    for (let at = 1; at < 100; at += 1) {
      expect(limiter.admit(get, at).refusal).toMatchObject({ limit: { name: 'narrow' }, waitMs: 1000 - at });
    }
    // After 99 refusals the wide limit has still given only one permit.
    for (let at = 1000; at <= 4000; at += 1000) expect(limiter.admit(get, at).refusal).toBeUndefined();
    expect(limiter.admit(get, 4500).refusal).toMatchObject({ limit: { name: 'wide' }, waitMs: 55_500 });
    expect(limiter.admit(subject('GET /api/v2/users/me', { token: 't2' }), 5000).refusal).toMatchObject({
      limit: { name: 'wide' },
      waitMs: 55_000,
    });
  });

  it.each([
    ['token', { token: 't2' }, { client: 'c2', route: 'GET /b' }],
    ['client', { client: 'c2' }, { token: 't2', route: 'GET /b' }],
    ['route', { route: 'GET /b' }, { token: 't2', client: 'c2' }],
  ] as const)('counts per %s and by nothing else', (per, other, same) => {
    const limiter = new Limiter(limits({ name: 'l', per, limit: 1, windowMs: 1000, enforcement: 'sliding' }));
    expect(limiter.admit(get, 0).refusal).toBeUndefined();
    expect(limiter.admit({ ...get, ...same }, 0).refusal).toBeDefined();
    expect(limiter.admit({ ...get, ...other }, 0).refusal).toBeUndefined();
  });

  it('counts all requests together per org', () => {
    const limiter = new Limiter(limits({ name: 'l', per: 'org', limit: 1, windowMs: 1000, enforcement: 'sliding' }));
    limiter.admit(get, 0);
    expect(limiter.admit(subject('POST /api/v2/x', { token: 't9', client: 'c9' }), 0).refusal).toBeDefined();
  });

  it('counts only matching requests, and a pattern without wildcards as one route', () => {
    const match = 'PUT /api/v2/architect/ivrs/:id';
    const limiter = new Limiter(
      limits({ name: 'ivrs', per: 'route', match, limit: 1, windowMs: 1000, enforcement: 'sliding' }),
    );
    expect(limiter.admit(subject('PUT /api/v2/architect/ivrs/main'), 0).refusal).toBeUndefined();
    expect(limiter.admit(subject('PUT /api/v2/architect/ivrs/other'), 0).refusal).toBeDefined();
    expect(limiter.admit(subject('GET /api/v2/architect/ivrs/main'), 0).applied).toEqual([]);
  });

  it('keeps its counters when only the number changes, and resets them when the way of counting changes', () => {
    const base: Limit = { name: 'l', per: 'org', limit: 2, windowMs: 1000, enforcement: 'sliding' };
    const limiter = new Limiter(limits(base));
    limiter.admit(get, 0);
    limiter.admit(get, 0);
    limiter.update(limits({ ...base, limit: 3 }));
    expect(limiter.admit(get, 1).refusal).toBeUndefined();
    expect(limiter.admit(get, 1).refusal).toBeDefined();
    limiter.update(limits({ ...base, limit: 1 }));
    expect(limiter.admit(get, 500).refusal?.waitMs).toBe(501);
    limiter.update(limits({ ...base, windowMs: 2000 }));
    expect(limiter.admit(get, 501).refusal).toBeUndefined();
  });

  it('derives the phase of fixed windows from the seed and the name', () => {
    const limit: Limit = { name: 'l', per: 'org', limit: 2, windowMs: 60_000, enforcement: 'fixed' };
    const phase = (seed: number, name: string): number | undefined =>
      parseOptions({ platform: 'genesys', seed, limits: [{ ...limit, name }] }).settings.limits[0]?.phaseMs;
    expect(phase(1, 'a')).toBe(phase(1, 'a'));
    expect(new Set([phase(1, 'a'), phase(1, 'b'), phase(2, 'a'), phase(2, 'b')]).size).toBe(4);
  });
});
