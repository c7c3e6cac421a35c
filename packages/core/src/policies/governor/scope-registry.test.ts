import { describe, expect, it } from 'vitest';
import type { HoldlineConfig, LineState } from '../../index.js';
import { Bench, ROOT } from './platform.fixture.js';
import { between, platformOf, saturate, type Kind } from './platforms.fixture.js';
import type { Quota } from './options.js';

const config = (quota: Partial<Quota> = {}): HoldlineConfig => ({
  governor: { quotas: [{ limit: 50, windowMs: 10_000, ...quota }] },
});
/** Serializes the state, as for a file between two starts. */
const onDisk = (state: LineState): LineState => JSON.parse(JSON.stringify(state)) as LineState;

describe('the state handed to the next start', () => {
  it.each<[Kind, trials: number, refusals: number]>([
    ['sliding', 0, 0],
    ['bucket', 0, 0],
    // The start of the windows has to be found again.
    ['fixed', 1, 1],
  ])('contains how a given limit is counted: %s', async (kind, trials, refusals) => {
    const load = { untilMs: 60_000, seed: 1 };
    const first = await saturate(config(), platformOf(kind, 50, 10_000, 3_000), load);
    const state = onDisk(first.line.exportState());
    expect(state.quotas).toEqual([
      { scope: 'credential:*@https://h', quotas: [{ given: 50, limit: 50, windowMs: 10_000, counts: kind }] },
    ]);
    const second = await saturate({ ...config(), state }, platformOf(kind, 50, 10_000, 3_000), load);
    const [quota] = second.line.snapshot().scopes[0]?.quotas ?? [];
    expect([quota?.evidence.trials, second.refused.length, quota?.counts]).toEqual([trials, refusals, kind]);
    expect(onDisk(second.line.exportState()).quotas).toEqual(state.quotas);
  });

  it.each<[string, Kind, HoldlineConfig, scope: string]>([
    ['of the line', 'sliding', config({ limit: 'discover' }), 'credential:*@https://h'],
    ['of the line', 'bucket', config({ limit: 'discover' }), 'credential:*@https://h'],
    ['of the line', 'fixed', config({ limit: 'discover' }), 'credential:*@https://h'],
    ['of a route without one', 'sliding', {}, 'route:credential:*@https://h:GET /x'],
  ])('contains a discovered limit, %s, which bounds the first burst: %s', async (_, kind, discover, scope) => {
    const load = { untilMs: 60_000, seed: 2, workers: 100 };
    const first = await saturate(discover, platformOf(kind, 50, 10_000, 3_000), load);
    const state = onDisk(first.line.exportState());
    expect(state.quotas).toMatchObject([{ scope, quotas: [{ given: 'discover' }] }]);
    const { limit = 0, windowMs = 0 } = state.quotas?.[0]?.quotas[0] ?? {};
    // A bucket has the same rate with any window length.
    expect(limit / windowMs).toBeGreaterThanOrEqual(0.98 * 0.005);
    expect(limit / windowMs).toBeLessThanOrEqual(1.04 * 0.005);
    const second = await saturate({ ...discover, state }, platformOf(kind, 50, 10_000, 3_000), load);
    expect(between(first.refused, 0, 1_000)).toBeGreaterThan(10);
    expect(between(second.refused, 0, 1_000)).toBeLessThanOrEqual(2);
  });

  it('contains a limit discovered for a tenant', async () => {
    const quotas: Quota[] = [{ limit: 'discover', windowMs: 10_000, scope: 'tenant', name: 'org' }];
    const state: LineState = {
      quotas: [
        {
          scope: 'tenant:t',
          quotas: [{ name: 'org', given: 'discover', limit: 3, windowMs: 10_000, counts: 'sliding' }],
        },
      ],
    };
    const bench = new Bench({ governor: { quotas }, state });
    void bench.calls(9, 'c', { tenant: 't' });
    await bench.clock.advance(0);
    expect(bench.sent.length).toBe(3);
  });

  it('applies only to a quota with the same name and the same limit', async () => {
    const learned = { given: 50, limit: 50, windowMs: 10_000, counts: 'bucket' as const, name: undefined };
    const countsOf = async (quota: Partial<Quota>): Promise<unknown> => {
      const bench = new Bench({
        ...config(quota),
        state: { quotas: [{ scope: 'credential:*@https://h', quotas: [learned] }] },
      });
      await Promise.all([bench.call('a'), bench.clock.advance(0)]);
      return bench.scope(ROOT)?.quotas[0]?.counts;
    };
    expect(await countsOf({})).toBe('bucket');
    for (const quota of [{ name: 'other' }, { limit: 51 }, { windowMs: 20_000 }] as Partial<Quota>[])
      expect(await countsOf(quota)).toBeUndefined();
  });

  it('contains no credential, and the lowest limit of several credentials of one origin', async () => {
    const bench = new Bench({ ...config({ limit: 'discover' }), retry: {} });
    for (const [credential, n] of [
      ['Bearer a', 7],
      ['Bearer b', 4],
    ] as const) {
      void bench.calls(n, 'c', { credential });
      await bench.clock.advance(0);
      void bench.call('refused', { credential, reply: () => ({ status: 429, headers: { 'retry-after': '9' } }) });
      await bench.clock.advance(0);
    }
    const state = onDisk(bench.line.exportState());
    expect(JSON.stringify(state)).not.toContain('Bearer');
    const limits = bench.line.snapshot().scopes.flatMap(({ quotas }) => quotas.map(({ limit }) => limit));
    expect(limits.sort()).toEqual([4, 7]);
    expect(state.quotas?.map(({ quotas }) => quotas[0]?.limit).sort()).toContain(4);
  });

  it('is empty if nothing was learned', async () => {
    const bench = new Bench(config());
    await Promise.all([bench.call('a'), bench.clock.advance(0)]);
    expect(bench.line.exportState().quotas).toEqual([]);
  });
});
