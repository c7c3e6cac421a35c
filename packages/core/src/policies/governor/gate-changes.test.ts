import { describe, expect, it } from 'vitest';
import { type HoldlineConfig, memoryStore } from '../../index.js';
import { VirtualClock } from '../../testing.js';
import { Lender } from './lender.fixture.js';
import { Bench, expectIdle, ROOT, ROUTE, type Reply } from './platform.fixture.js';
import type { Quota } from './options.js';

// Issue 13, section 1: after every change of a gate the waiting calls are dispatched again (c02, c11, gates of other processes).

const refusal = (ms: number): Reply => ({ status: 429, headers: { 'retry-after': '2' }, ms });
const perMinute: Quota = { limit: 100, windowMs: 60_000, enforcement: 'sliding' };

/** A line that leases its permits from a ledger. */
function leased(config: HoldlineConfig): { bench: Bench; lender: Lender } {
  const clock = new VirtualClock();
  const lender = new Lender(clock);
  const bench = new Bench({ store: { ...memoryStore(), leases: lender }, ...config }, 1, clock);
  return { bench, lender };
}

const governor = (...quotas: Quota[]): HoldlineConfig => ({ governor: { quotas, gateJitterMs: 0 } });
const ofRoute: HoldlineConfig = {
  governor: { gateJitterMs: 0 },
  endpoints: { 'GET /x': { governor: { quotas: [perMinute] } } },
};
const places: [string, HoldlineConfig, scope: string][] = [
  ['the credential', governor(perMinute), ROOT],
  ['a route', ofRoute, ROUTE('/x')],
];

describe.each(places)('with permits lent for %s', (_, config, scope) => {
  it('waiting calls leave as soon as the probe has opened the gate', async () => {
    const { bench } = leased(config);
    void bench.call('refused', { reply: () => refusal(300) });
    await bench.clock.advance(400);
    void bench.call('probe', { reply: () => ({ ms: 300 }) });
    await bench.clock.advance(2_000);
    void bench.calls(2, 'c');
    await bench.clock.run();
    const [refused, probe, ...rest] = bench.sent;
    expect(probe?.at).toBeGreaterThanOrEqual((refused?.endedAt ?? NaN) + 2_000);
    for (const { at } of rest) expect(at - (probe?.endedAt ?? NaN)).toBeLessThanOrEqual(5);
    expect(bench.order).toBe('refused probe c1 c2');
    expectIdle(bench);
  });

  it.each<[string, Reply]>([
    ['is reset', { fails: 'unknown', ms: 300 }],
    ['was never sent', { fails: 'not-sent', ms: 300 }],
  ])('the next call leaves as soon as the line knows that the probe %s', async (_how, reply) => {
    const { bench } = leased(config);
    void bench.call('refused', { reply: () => refusal(300) });
    await bench.clock.advance(400);
    void bench.call('probe', { reply: () => reply });
    await bench.clock.advance(2_000);
    void bench.calls(2, 'c');
    await bench.clock.run();
    expect(bench.order).toBe('refused probe c1 c2');
    const [, probe, next] = bench.sent;
    expect((next?.at ?? NaN) - (probe?.endedAt ?? NaN)).toBeLessThanOrEqual(5);
    expectIdle(bench);
  });

  it('the next call leaves when the probe is aborted on the wire', async () => {
    const { bench } = leased(config);
    const abort = new AbortController();
    void bench.call('refused', { reply: () => refusal(300) });
    await bench.clock.advance(400);
    // The native client stops at the signal, and the attempt ends soon after.
    void bench.call('probe', { signal: abort.signal, reply: () => ({ fails: 'unknown', ms: 150 }) });
    await bench.clock.advance(2_000);
    void bench.calls(2, 'c');
    bench.clock.setTimer(50, () => abort.abort());
    await bench.clock.run();
    expect(bench.order).toBe('refused probe c1 c2');
    expect((bench.sent[2]?.at ?? NaN) - (bench.sent[1]?.endedAt ?? NaN)).toBeLessThanOrEqual(5);
  });

  it('the next call leaves after half a minute without an answer to the probe', async () => {
    const { bench } = leased(config);
    void bench.call('refused', { reply: () => refusal(300) });
    await bench.clock.advance(400);
    void bench.call('probe', { reply: () => ({ hangs: true }) });
    await bench.clock.advance(2_000);
    void bench.calls(2, 'c');
    await bench.clock.advance(60_000);
    expect(bench.order).toBe('refused probe c1 c2');
    expect((bench.sent[2]?.at ?? NaN) - (bench.sent[1]?.at ?? NaN)).toBeLessThanOrEqual(30_005);
  });

  it.each<[string, close: (made: { bench: Bench; lender: Lender }) => void]>([
    ['another process closes', ({ lender }) => lender.news?.onGate(scope, 2_000)],
    ['a 429 closes', () => undefined],
  ])('calls that wait for the store leave after a gate that %s meanwhile has opened', async (how, close) => {
    const made = leased(config);
    const { bench, lender } = made;
    void bench.call('first', { reply: () => (how === 'a 429 closes' ? refusal(30) : { ms: 30 }) });
    await bench.clock.advance(10);
    lender.lends = false;
    void bench.calls(3, 'c');
    await bench.clock.advance(30);
    close(made);
    await bench.clock.advance(1_000);
    lender.lends = true;
    expect(bench.order).toBe('first');
    await bench.clock.run();
    expect(bench.order).toBe('first c1 c2 c3');
    expect(bench.sent[1]?.at).toBeLessThanOrEqual(2_100);
    expectIdle(bench);
  });
});

it('calls that wait for the store leave after the time of a holdBack', async () => {
  const { bench, lender } = leased(ofRoute);
  lender.lends = false;
  void bench.calls(3, 'c');
  await bench.clock.advance(30);
  bench.line.holdBack({ method: 'GET', url: 'https://h/x' }, 2_000);
  await bench.clock.advance(1_000);
  lender.lends = true;
  await bench.clock.run();
  expect(bench.order).toBe('c1 c2 c3');
  expect(bench.sent[0]?.at).toBeLessThanOrEqual(2_100);
  expectIdle(bench);
});

it('calls behind the closed gate of their route do not ask the store for permits of another scope (c08)', async () => {
  const tenant: Quota = { ...perMinute, scope: 'tenant' };
  const { bench, lender } = leased(governor(tenant));
  void bench.call('refused', { tenant: 't', path: '/slow', reply: () => ({ ...refusal(30), status: 503 }) });
  await bench.clock.advance(100);
  lender.asked.length = 0;
  void bench.calls(40, 'c', { tenant: 't', path: '/slow' });
  await bench.clock.advance(1_500);
  expect(lender.asked).toEqual([]);
  await bench.clock.run();
  expect(bench.sent.length).toBe(41);
});

it('while a quota hint holds calls back, the store is not asked for permits; afterwards it is asked at once', async () => {
  const { bench, lender } = leased(governor(perMinute));
  const headers = { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2' };
  void bench.call('first', { reply: () => ({ headers, ms: 30 }) });
  await bench.clock.advance(100);
  lender.asked.length = 0;
  void bench.calls(3, 'c', { weight: 2 });
  await bench.clock.advance(1_500);
  expect(lender.asked).toEqual([]);
  await bench.clock.run();
  expect(bench.order).toBe('first c1 c2 c3');
  expect(bench.sent[3]?.at).toBeLessThanOrEqual(2_100);
  expectIdle(bench);
});
