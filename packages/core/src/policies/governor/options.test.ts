import { describe, expect, it } from 'vitest';
import type { HoldlineConfig } from '../../index.js';
import { ConfigError } from '../../contract/errors.js';
import {
  checkBulkhead,
  checkGovernor,
  checkQuota,
  checkTogether,
  GOVERNOR_DEFAULTS,
  resolveQuota,
  type GovernorOptions,
  type Quota,
} from './options.js';
import { Bench, maxInWindow, ROOT } from './platform.fixture.js';

const resolve = (quota: Partial<Quota>, options: GovernorOptions = {}): Quota =>
  resolveQuota({ limit: 100, windowMs: 10_000, ...quota }, { ...GOVERNOR_DEFAULTS, ...options });

describe('a quota merged with the options of the governor', () => {
  it.each<[string, Partial<Quota>, GovernorOptions, Partial<Quota>]>([
    ['finds out how it is counted', {}, {}, { enforcement: 'auto' }],
    ['takes the enforcement of the governor', {}, { enforcement: 'fixed' }, { enforcement: 'fixed' }],
    ['prefers its own enforcement', { enforcement: 'bucket' }, { enforcement: 'fixed' }, { enforcement: 'bucket' }],
    ['with a bucket makes no trials', { shape: 'smooth' }, {}, { enforcement: 'sliding' }],
    [
      'with a bucket does not take the enforcement of the governor',
      { shape: 'smooth' },
      { enforcement: 'auto' },
      { enforcement: 'sliding' },
    ],
    ['with a bucket keeps its own enforcement', { shape: 'smooth', enforcement: 'auto' }, {}, { enforcement: 'auto' }],
    [
      'with headroom becomes a bucket without trials',
      {},
      { headroom: { capacity: 0.8, refill: 0.9 } },
      { shape: 'smooth', burst: 80, ratePerSec: 9, enforcement: 'sliding' },
    ],
    [
      'with headroom in its capacity keeps its full refill',
      {},
      { headroom: { capacity: 0.5 } },
      { shape: 'smooth', burst: 50, ratePerSec: 10 },
    ],
    [
      'with headroom in its refill keeps its full burst',
      {},
      { headroom: { refill: 0.5 } },
      { shape: 'smooth', burst: 100, ratePerSec: 5 },
    ],
    ['keeps a burst of at least one permit', { limit: 1 }, { headroom: { capacity: 0.1 } }, { burst: 1 }],
    [
      'with its own bucket takes no headroom',
      { shape: 'smooth', burst: 7 },
      { headroom: { capacity: 0.5 } },
      { burst: 7 },
    ],
    ['to discover takes no headroom', { limit: 'discover' }, { headroom: { capacity: 0.5 } }, { enforcement: 'auto' }],
    ['takes a headroom of 1 as none', {}, { headroom: { capacity: 1, refill: 1 } }, { enforcement: 'auto' }],
    ['keeps its name', { name: 'q' }, {}, { name: 'q' }],
  ])('%s', (_, quota, options, resolved) => {
    const result = resolve(quota, options);
    expect(result).toMatchObject(resolved);
    if (resolved.enforcement === 'auto' && !quota.shape) expect(result.shape).toBeUndefined();
  });

  it('is the same object for the same options, and the user’s object is unchanged', () => {
    const quota: Quota = { limit: 10, windowMs: 1_000 };
    const options = { ...GOVERNOR_DEFAULTS, headroom: { capacity: 0.5 } };
    expect(resolveQuota(quota, options)).toBe(resolveQuota(quota, { ...options }));
    const engine = { name: 'e', acquire: () => Promise.resolve(() => undefined) };
    for (const other of [{ enforcement: 'fixed' as const }, { headroom: { capacity: 0.7 } }, { engine }]) {
      const before = resolveQuota(quota, options);
      expect(resolveQuota(quota, { ...options, ...other })).not.toBe(before);
    }
    expect(resolveQuota({ ...quota, enforcement: 'fixed' }, { ...options, engine }).enforcement).toBe('sliding');
    expect(quota).toEqual({ limit: 10, windowMs: 1_000 });
  });
});

describe('headroom', () => {
  const run = async (headroom: GovernorOptions['headroom']): Promise<Bench> => {
    const options: GovernorOptions = { quotas: [{ limit: 100, windowMs: 10_000, enforcement: 'sliding' }] };
    const bench = new Bench({ governor: headroom ? { ...options, headroom } : options });
    void bench.calls(4_000, 'c');
    await bench.clock.advance(250_000);
    return bench;
  };

  it('bounds the burst by its capacity and the rate by its refill; the limit still holds in any window', async () => {
    const { sent } = await run({ capacity: 0.8, refill: 0.9 });
    expect(sent.filter(({ at }) => at === 0).length).toBe(80);
    // A burst of 80 and a refill of 90 would be 170 in the first window; the limit bounds that.
    expect(maxInWindow(sent, 10_000, ({ at }) => at)).toBe(100);
  });

  it('costs a tenth of the throughput', async () => {
    const lately = ({ sent }: Bench): number => sent.filter(({ at }) => at >= 150_000 && at < 200_000).length;
    expect(lately(await run(undefined))).toBe(500);
    const left = lately(await run({ capacity: 0.8, refill: 0.9 }));
    expect(left).toBeGreaterThanOrEqual(448);
    expect(left).toBeLessThanOrEqual(452);
  });

  it('appears in explain() as the resulting quota', () => {
    const { line } = new Bench({
      governor: { quotas: [{ limit: 100, windowMs: 10_000 }], headroom: { capacity: 0.8 } },
    });
    const { policies } = line.explain({ method: 'GET', url: 'https://h/x' });
    const { options } = policies.find(({ name }) => name === 'governor') ?? {};
    expect(options).toMatchObject({ quotas: [{ limit: 100, shape: 'smooth', burst: 80, enforcement: 'sliding' }] });
  });
});

describe('constant throughput', () => {
  it('spaces the attempts of each credential evenly, over all its routes', async () => {
    const bench = new Bench({ governor: { ratePerSec: 10 } });
    for (const path of ['/a', '/b', '/a']) void bench.call(path.slice(1), { path });
    void bench.call('other', { credential: 'b' });
    await bench.clock.run();
    expect(bench.wire).toBe('a@0 other@0 b@100 a@200');
  });

  it('ramps up evenly to its rate, or to the average rate of the quota', async () => {
    for (const governor of [
      { ratePerSec: 10, rampUpMs: 10_000 },
      { quotas: [{ limit: 100, windowMs: 10_000 }], rampUpMs: 10_000 },
    ]) {
      const bench = new Bench({ governor });
      void bench.calls(1_000, 'c');
      await bench.clock.advance(9_999);
      expect(bench.sent.length).toBe(50);
      expect(bench.sent.filter(({ at }) => at <= 5_000).length).toBe(13);
    }
  });

  it('is part of the estimated wait of a new call', async () => {
    const bench = new Bench({ governor: { ratePerSec: 2 } });
    void bench.calls(5, 'c');
    await bench.clock.advance(100);
    expect(bench.line.explain({ method: 'GET', url: 'https://h/x' }).now).toMatchObject({
      waitMs: 2_400,
      waitsFor: ROOT,
    });
    void bench.call('late', { totalTimeoutMs: 2_399 });
    await bench.clock.advance(0);
    expect(bench.errorOf('late')?.code).toBe('HOLDLINE_DEADLINE');
  });

  it.each<[string, GovernorOptions, wire: string]>([
    ['faster', { ratePerSec: 10 }, 'c1@0 c2@1000 c3@1100 c4@1200'],
    ['slower', { ratePerSec: 0.5 }, 'c1@0 c2@1000 c3@3000 c4@5000'],
    ['none', { ratePerSec: Infinity }, 'c1@0 c2@0 c3@0 c4@0'],
  ])('follows an update of the rate: %s', async (_, governor, wire) => {
    const bench = new Bench({ governor: { ratePerSec: 1 } });
    void bench.calls(4, 'c');
    bench.line.update({ governor });
    await bench.clock.run();
    expect(bench.wire).toBe(wire);
  });
});

describe('a quota counted by a parameter of the path', () => {
  const contacts = (quota: Partial<Quota> = {}): HoldlineConfig => ({
    endpoints: {
      '* /contacts/:contactId/**': {
        governor: { quotas: [{ limit: 2, windowMs: 1_000, key: 'contactId', enforcement: 'sliding', ...quota }] },
      },
    },
  });

  it('counts each value separately, over all routes and methods of the pattern and all credentials', async () => {
    const bench = new Bench(contacts());
    void bench.call('a1', { path: '/contacts/1/notes' });
    void bench.call('a2', { path: '/contacts/1/calls/7', method: 'POST', credential: 'b' });
    void bench.call('a3', { path: '/contacts/1/notes' });
    void bench.call('a4', { path: '/contacts/1' });
    void bench.calls(2, 'b', { path: '/contacts/2/notes?x=/contacts/1/' });
    void bench.calls(3, 'c', { path: '/other/1/notes' });
    await bench.clock.run();
    expect(bench.wire).toBe('a1@0 a2@0 b1@0 b2@0 c1@0 c2@0 c3@0 a3@1000 a4@1000');
  });

  it('normalizes the path as the line does', async () => {
    const bench = new Bench({ ...contacts(), paths: { stripPrefixes: ['/gw/:v'], caseInsensitive: true } });
    for (const path of ['/gw/v1/contacts/ABC/x', '/gw/v2/Contacts/abc/y', '/contacts/Abc/z'])
      void bench.call(path, { path });
    await bench.clock.advance(999);
    expect(bench.sent.length).toBe(2);
  });

  it('keeps its count when update brings a new limit', async () => {
    const bench = new Bench(contacts());
    void bench.calls(5, 'c', { path: '/contacts/1/x' });
    bench.line.update(contacts({ limit: 3 }));
    await bench.clock.advance(999);
    expect(bench.sent.length).toBe(3);
  });

  it('with a bucket of the platform has a burst: 250 at once, then 17 per minute', async () => {
    const bench = new Bench(contacts({ limit: 17, windowMs: 60_000, burst: 250, enforcement: 'bucket' }));
    void bench.calls(300, 'c', { path: '/contacts/1/x' });
    await bench.clock.advance(0);
    expect(bench.sent.length).toBe(250);
    await bench.clock.advance(60_001);
    expect(bench.sent.length).toBe(267);
  });

  it('of one pattern is counted separately from the same quota of another pattern', async () => {
    const governor = { quotas: [{ limit: 1, windowMs: 1_000, key: 'id', enforcement: 'sliding' as const }] };
    const bench = new Bench({ endpoints: { '* /contacts/:id/**': { governor }, '* /users/:id/**': { governor } } });
    void bench.call('contact', { path: '/contacts/5/x' });
    void bench.call('user', { path: '/users/5/x' });
    await bench.clock.run();
    expect(bench.wire).toBe('contact@0 user@0');
  });
});

describe('an invalid quota', () => {
  const valid = { limit: 5, windowMs: 1_000 };
  it.each<[quota: object, message: RegExp]>([
    [{ windowMs: 1 }, /^q\.limit must be an integer of at least 1, or 'discover', got undefined/],
    [{ limit: 5 }, /^q\.windowMs must be a number of at least 1, got undefined/],
    [{ ...valid, limit: 0 }, /^q\.limit /],
    [{ ...valid, limit: 1.5 }, /^q\.limit /],
    [{ ...valid, limit: 'all' }, /^q\.limit /],
    [{ ...valid, windowMs: 0 }, /^q\.windowMs /],
    [{ ...valid, scope: 'team' }, /^q\.scope /],
    [{ ...valid, scope: 5 }, /^q\.scope /],
    [{ ...valid, shape: 'smooth', burst: 0.5 }, /^q\.burst /],
    [{ ...valid, shape: 'smooth', ratePerSec: 0 }, /^q\.ratePerSec /],
    [{ ...valid, ratePerSec: 5 }, /^q\.ratePerSec needs q\.shape 'smooth', got none/],
    [{ ...valid, shape: 'window', ratePerSec: 5 }, /^q\.ratePerSec needs q\.shape 'smooth', got window/],
    [{ ...valid, burst: 5 }, /^q\.burst needs /],
    [{ ...valid, burst: 5, enforcement: 'fixed' }, /^q\.burst needs /],
    [{ ...valid, limit: 'discover', burst: 2, enforcement: 'bucket' }, /^q\.limit must be a number.*'discover'/],
    [{ ...valid, limit: 'discover', shape: 'smooth' }, /^q\.limit must be a number.*'discover'/],
    [{ ...valid, key: 'id', scope: 'tenant' }, /^q\.key replaces q\.scope, got both/],
  ])('%j throws an error with its keys', (quota, message) => {
    expect(() => checkQuota(quota, 'q')).toThrow(ConfigError);
    expect(() => checkQuota(quota, 'q')).toThrow(message);
  });

  it.each<[quota: object]>([
    [{ limit: 1, windowMs: 1 }],
    [{ limit: 'discover', windowMs: 1_000 }],
    [{ ...valid, scope: 'tenant' }],
    [{ ...valid, scope: () => 'key' }],
    [{ ...valid, key: 'id' }],
    [{ ...valid, burst: 9, enforcement: 'bucket' }],
    [{ ...valid, shape: 'smooth', burst: 1, ratePerSec: 0.1 }],
  ])('does not include %j', (quota) => {
    expect(checkQuota(quota, 'q')).toEqual(quota);
  });
});

describe('invalid options of the governor', () => {
  it.each<[options: object, message: RegExp]>([
    [{ quotas: [{ limit: 1, windowMs: 1, key: 'id' }] }, /^g\.quotas\[0\]\.key needs an endpoint/],
    [{ headroom: { capacity: 0 } }, /^g\.headroom\.capacity /],
    [{ headroom: { refill: 1.1 } }, /^g\.headroom\.refill /],
    [{ ratePerSec: 0 }, /^g\.ratePerSec /],
    [{ rampUpMs: -1 }, /^g\.rampUpMs /],
    [{ maxQueued: -1 }, /^g\.maxQueued /],
    [{ maxQueued: 1.5 }, /^g\.maxQueued /],
    [{ agingMs: 0 }, /^g\.agingMs /],
    [{ defaultRetryAfterMs: -1 }, /^g\.defaultRetryAfterMs /],
    [{ defaultRetryAfterMs: 86_400_001 }, /^g\.defaultRetryAfterMs /],
    [{ gateJitterMs: -1 }, /^g\.gateJitterMs /],
    [{ gateJitterMs: 60_001 }, /^g\.gateJitterMs /],
    [{ shares: null }, /^g\.shares must be an object of weights by tenant/],
    [{ shares: [1] }, /^g\.shares must be an object/],
    [{ shares: 3 }, /^g\.shares must be an object/],
    [{ shares: { a: 0 } }, /^g\.shares\['a'\] /],
  ])('%j throw an error with their keys', (options, message) => {
    expect(() => checkGovernor(options, 'g')).toThrow(ConfigError);
    expect(() => checkGovernor(options, 'g')).toThrow(message);
  });

  it.each<[options: object]>([
    [{}],
    [{ maxQueued: Infinity, agingMs: Infinity, ratePerSec: Infinity }],
    [{ maxQueued: 0, rampUpMs: 0, gateJitterMs: 0, defaultRetryAfterMs: 0 }],
    [{ shares: { a: 0.5, b: 3 }, headroom: { capacity: 1, refill: 0.1 } }],
  ])('do not include %j', (options) => {
    expect(checkGovernor(options, 'g')).toEqual(options);
  });

  it.each<[options: object, message: RegExp]>([
    [{}, /^b\.maxConcurrent must be an integer of at least 1, got undefined/],
    [{ maxConcurrent: 0 }, /^b\.maxConcurrent /],
    [{ maxConcurrent: 1.5 }, /^b\.maxConcurrent /],
    [{ maxConcurrent: 1, scope: 'team' }, /^b\.scope /],
    [{ maxConcurrent: 1, limit: 1 }, /^b\.limit /],
  ])('of the bulkhead, %j, throw an error with their keys', (options, message) => {
    expect(() => checkBulkhead(options, 'b')).toThrow(message);
    expect(checkBulkhead({ maxConcurrent: 1, scope: 'host' }, 'b')).toEqual({ maxConcurrent: 1, scope: 'host' });
  });

  it.each<[options: GovernorOptions, isWrong: boolean]>([
    [{}, false],
    [{ rampUpMs: 1_000 }, true],
    [{ rampUpMs: 1_000, ratePerSec: Infinity }, true],
    [{ rampUpMs: 1_000, ratePerSec: 5 }, false],
    [{ rampUpMs: 1_000, quotas: [{ limit: 5, windowMs: 1_000 }] }, false],
    [{ rampUpMs: 1_000, quotas: [{ limit: 5, windowMs: 1_000, scope: 'tenant' }] }, true],
    [{ rampUpMs: 1_000, quotas: [{ limit: 'discover', windowMs: 1_000 }] }, true],
    [
      {
        rampUpMs: 1_000,
        quotas: [
          { limit: 5, windowMs: 1_000, scope: 'tenant' },
          { limit: 5, windowMs: 1_000 },
        ],
      },
      false,
    ],
  ])('rampUpMs needs a known rate: %j', (options, isWrong) => {
    const check = (): void => checkTogether(options, 'g');
    if (isWrong) expect(check).toThrow(/^g\.rampUpMs needs g\.ratePerSec or a quota/);
    else expect(check).not.toThrow();
  });
});
