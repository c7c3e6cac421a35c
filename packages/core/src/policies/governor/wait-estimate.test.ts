import { describe, expect, it } from 'vitest';
import { settle } from '../../testing.js';
import type { GovernorOptions } from './options.js';
import { Bench, ROOT, ROUTE, type CallSpec } from './platform.fixture.js';

const waiting = (n: number, spec: CallSpec = {}): CallSpec[] => Array.from({ length: n }, () => spec);
const each = (n: number, ...specs: CallSpec[]): CallSpec[] => Array.from({ length: n }, () => specs).flat();
const a: CallSpec = { tenant: 'a' };
const b: CallSpec = { tenant: 'b' };
const c: CallSpec = { tenant: 'c' };
const tenPerSecond = { limit: 10, windowMs: 1_000 };
const smooth = { limit: 600, windowMs: 60_000, shape: 'smooth', burst: 10, ratePerSec: 10 } as const;

// Issue 3: the estimate is right within 10 %.
describe('the estimated wait of a queued call', () => {
  it.each<[string, options: GovernorOptions, before: CallSpec[], mine: CallSpec]>([
    ['in a short queue', { quotas: [tenPerSecond] }, waiting(95), {}],
    ['in a long queue', { quotas: [tenPerSecond] }, waiting(2_000), {}],
    ['with a bucket', { quotas: [smooth] }, waiting(150), {}],
    ['with a bucket of the platform', { quotas: [{ ...tenPerSecond, enforcement: 'bucket' }] }, waiting(150), {}],
    ['with two quotas', { quotas: [tenPerSecond, { limit: 30, windowMs: 10_000 }] }, waiting(115), {}],
    ['behind heavy calls', { quotas: [tenPerSecond] }, waiting(40, { weight: 5 }), {}],
    ['of a heavy call', { quotas: [tenPerSecond] }, waiting(100), { weight: 5 }],
    ['beside two other tenants', { quotas: [smooth] }, each(80, a, b, c), a],
    [
      'with the larger share',
      { quotas: [smooth], shares: { a: 3, b: 1 } },
      [...waiting(150, a), ...waiting(150, b)],
      a,
    ],
    [
      'with the smaller share',
      { quotas: [smooth], shares: { a: 3, b: 1 } },
      [...waiting(150, a), ...waiting(40, b)],
      b,
    ],
    [
      'behind calls of higher priority',
      { quotas: [smooth], agingMs: 600_000 },
      [...waiting(80, { priority: 'high' }), ...waiting(80, { priority: 'normal' })],
      {},
    ],
    [
      'before calls of lower priority',
      { quotas: [smooth], agingMs: 600_000 },
      [...waiting(80, { priority: 'high' }), ...waiting(80, { priority: 'low' })],
      { priority: 'high' },
    ],
    [
      'brought forward by aging, behind other such calls',
      { quotas: [smooth], agingMs: 2_000 },
      [...waiting(400, { priority: 'high' }), ...waiting(2, { priority: 'background' })],
      { priority: 'background' },
    ],
    ['that ages faster than the queue moves', { quotas: [smooth], agingMs: 50 }, waiting(150), {}],
    [
      'of a route with its own quota',
      {
        quotas: [
          { ...tenPerSecond, limit: 50 },
          { ...tenPerSecond, scope: 'route' },
        ],
      },
      [...waiting(60, { path: '/mine' }), ...waiting(60, { path: '/other' })],
      { path: '/mine' },
    ],
    [
      'of a tenant with its own quota',
      {
        quotas: [
          { ...tenPerSecond, limit: 50 },
          { ...tenPerSecond, scope: 'tenant' },
        ],
      },
      each(60, a, b),
      a,
    ],
    ['at a constant rate', { quotas: [], ratePerSec: 20 }, waiting(200), {}],
    ['while the rate grows', { quotas: [tenPerSecond], rampUpMs: 30_000 }, waiting(200), {}],
  ])('%s is right within 10 %%', async (_, options, before, mine) => {
    const bench = new Bench({ governor: { maxQueued: Infinity, ...options } });
    const queued = bench.events('queued');
    before.forEach((spec, i) => void bench.call(`w${i}`, spec));
    await bench.clock.advance(0);
    const told = queued.length;
    void bench.call('mine', mine);
    await bench.clock.advance(0);
    expect(queued.length).toBe(told + 1);
    const { estimatedMs } = queued[told] as { estimatedMs: number };
    await bench.clock.run(1_000_000);
    const { at } = bench.sent.find(({ id }) => id === 'mine') as { at: number };
    expect(at).toBeGreaterThan(0);
    expect(Math.abs(estimatedMs / at - 1)).toBeLessThanOrEqual(0.1);
  });
});

describe('the estimated wait behind a closed gate', () => {
  const refused = async (governor: GovernorOptions): Promise<Bench> => {
    const bench = new Bench({ governor: { gateJitterMs: 0, ...governor } });
    await bench.clock.advance(1_000);
    void bench.call('refused', { reply: () => ({ status: 503, headers: { 'retry-after': '4' } }) });
    await settle();
    return bench;
  };
  const now = ({ line }: Bench, path: string): unknown => line.explain({ method: 'GET', url: `https://h${path}` }).now;

  it('is the time until the gate opens, and zero for calls of other scopes', async () => {
    const bench = await refused({ quotas: [tenPerSecond] });
    expect(now(bench, '/x')).toMatchObject({ waitMs: 4_000, waitsFor: ROUTE('/x') });
    expect(now(bench, '/y')).toMatchObject({ waitMs: 0, waitsFor: undefined });
    await bench.clock.advance(4_000);
    expect(now(bench, '/x')).toMatchObject({ waitMs: 0, waitsFor: undefined });
  });

  it.each<[string, seconds: Record<string, number>, waitsFor: string]>([
    ['the credential’s', { all: 9, org: 5, own: 3 }, ROOT],
    ['the tenant’s', { all: 3, org: 9, own: 5 }, 'tenant:t'],
    ['the route’s', { all: 5, org: 3, own: 9 }, ROUTE('/x')],
  ])('names the gate that stays closed for longest: %s', async (_, seconds, waitsFor) => {
    const quotas = [
      { ...tenPerSecond, name: 'all' },
      { ...tenPerSecond, name: 'org', scope: 'tenant' as const },
      { ...tenPerSecond, name: 'own', scope: 'route' as const },
    ];
    const bench = new Bench({ governor: { gateJitterMs: 0, quotas } });
    for (const [limitKey, after] of Object.entries(seconds)) {
      const reply = { status: 429, headers: { 'retry-after': String(after) }, limitKey };
      void bench.call(limitKey, { tenant: 't', reply: () => reply });
    }
    await settle();
    const call = { method: 'GET', url: 'https://h/x', context: { tenant: 't' } };
    expect(bench.line.explain(call).now).toMatchObject({ waitMs: 9_000, waitsFor });
  });

  it('includes the calls of its parked lane', async () => {
    const bench = await refused({ quotas: [smooth] });
    void bench.calls(200, 'w');
    await settle();
    const { waitMs } = now(bench, '/x') as { waitMs: number };
    expect(now(bench, '/y')).toMatchObject({ waitMs: 0 });
    void bench.call('mine');
    await bench.clock.run();
    const { at } = bench.sent.find(({ id }) => id === 'mine') as { at: number };
    expect(Math.abs((1_000 + waitMs) / at - 1)).toBeLessThanOrEqual(0.1);
  });
});
