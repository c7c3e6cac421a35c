import { describe, expect, it } from 'vitest';
import { QuotaHint } from './quota-hint.js';
import { between, headersOf, platformOf, saturate, type Kind } from '../platforms.fixture.js';
import { Bench, type Reply } from '../platform.fixture.js';

const KINDS: Kind[] = ['fixed', 'sliding', 'bucket'];

/** Attempts 1 to `n` are in flight. */
function out(n: number): QuotaHint {
  const hint = new QuotaHint();
  for (let order = 1; order <= n; order++) hint.take(0, 1, order);
  return hint;
}

describe('remaining permits reported by answers', () => {
  it('are the report minus the permits in flight', () => {
    const hint = out(3);
    hint.record(5, 3, 900, 1);
    expect([2, 3].map((weight) => hint.freeAt(0, weight, true))).toEqual([0, 900]);
    expect([2, 3].map((n) => hint.estimate(n, 100))).toEqual([100, 900]);
  });

  it('are the lowest report of concurrent attempts, in any order', () => {
    const hint = out(3);
    hint.record(7, 2, 900, 3);
    hint.record(9, 1, 900, 1);
    hint.record(8, 0, 900, 2);
    expect([7, 8].map((weight) => hint.freeAt(0, weight, true))).toEqual([0, 900]);
  });

  it('rise with an attempt that left after the report', () => {
    const hint = out(2);
    hint.record(1, 0, 900, 1);
    hint.take(10, 1, 3);
    hint.record(6, 0, 900, 2);
    expect(hint.freeAt(20, 2, true)).toBe(900);
    hint.record(6, 0, 900, 3);
    expect(hint.freeAt(20, 6, true)).toBe(20);
  });

  it.each([
    [2_899, 900],
    [2_900, 20],
  ])('is that of another window where its reset is 2 s later (reset at %d)', (until, freeAt) => {
    const hint = out(2);
    hint.record(0, 1, 900, 1);
    hint.record(50, 0, until, 2);
    expect(hint.freeAt(20, 1, true)).toBe(freeAt);
  });

  it('end with the reset, where a limit is known', () => {
    const hint = out(1);
    hint.record(0, 0, 900, 1);
    expect([hint.idle(899), hint.idle(900)]).toEqual([false, true]);
    expect(hint.freeAt(900, 5, true)).toBe(900);
    expect(hint.isActive).toBe(false);
  });
});

describe('issue 13: where no limit is known', () => {
  /** No permits remained until 900. */
  function spent(): QuotaHint {
    const hint = out(1);
    hint.record(0, 0, 900, 1);
    return hint;
  }

  it('one attempt leaves alone after the reset', () => {
    const hint = spent();
    expect([hint.freeAt(899, 1, false), hint.freeAt(900, 1, false)]).toEqual([900, 900]);
    hint.take(900, 1, 2);
    expect(hint.freeAt(901, 1, false)).toBe(5_900);
    hint.recordEnd(2, false, true);
    hint.record(9, 0, 2_000, 2);
    expect([9, 10].map((weight) => hint.freeAt(940, weight, false))).toEqual([940, 2_000]);
  });

  it.each<[string, (hint: QuotaHint) => void]>([
    ['was answered without a report', (hint) => hint.recordEnd(2, false, true)],
    ['ended without an answer', (hint) => hint.recordEnd(2, false, false)],
    ['was refused, because its gate is closed', (hint) => hint.recordEnd(2, true, false)],
  ])('all attempts may leave after a probe that %s', (_, end) => {
    const hint = spent();
    hint.take(900, 1, 2);
    end(hint);
    expect([hint.freeAt(910, 100, false), hint.isActive]).toEqual([910, false]);
  });

  it('all attempts may leave when the probe has no answer for 5 s', () => {
    const hint = spent();
    hint.take(900, 1, 2);
    expect([hint.freeAt(5_899, 1, false), hint.freeAt(5_900, 100, false)]).toEqual([5_900, 5_900]);
  });

  it('another probe leaves where the first was never sent', () => {
    const hint = spent();
    hint.take(900, 1, 2);
    hint.undo(1, 2);
    expect(hint.freeAt(910, 1, false)).toBe(910);
    hint.take(910, 1, 3);
    expect(hint.freeAt(911, 1, false)).toBe(5_910);
  });

  it('no probe is needed where permits remained', () => {
    const hint = out(1);
    hint.record(2, 0, 900, 1);
    hint.take(10, 1, 2);
    expect([hint.freeAt(900, 100, false), hint.isActive]).toEqual([900, false]);
  });

  it('a hint is dropped after three silent answers in a row', () => {
    const hint = out(1);
    hint.record(0, 0, 900, 1);
    for (const expected of [900, 900, 10]) {
      hint.recordSilence(false);
      expect(hint.freeAt(10, 1, false)).toBe(expected);
    }
    expect([7, 8].map((order) => hint.reads(order, false))).toEqual([false, true]);
    expect(hint.reads(7, true)).toBe(true);
  });

  it.each<[string, refused: boolean, reads: boolean]>([
    ['is false where the probe is accepted: reports are ignored from then on', false, false],
    ['is true where the probe is refused', true, true],
  ])('a platform that says nothing is left after its reset is tried once: it %s', (_, refused, reads) => {
    const hint = spent();
    hint.take(900, 1, 2);
    hint.recordEnd(2, false, true);
    hint.record(0, 0, 1_800, 2);
    expect(hint.freeAt(950, 1, false)).toBe(950);
    hint.take(950, 1, 3);
    expect(hint.freeAt(951, 1, false)).toBe(5_950);
    hint.recordEnd(3, refused, !refused);
    expect(hint.reads(4, false)).toBe(reads);
    hint.take(1_000, 1, 4);
    hint.record(0, 0, 1_800, 4);
    // A confirmed report is not doubted again.
    expect(hint.freeAt(1_001, 1, false)).toBe(1_800);
  });
});

describe('issue 13: a limit known from headers only', () => {
  it.each(KINDS.flatMap((kind) => [20, 45].map((workers) => [kind, workers] as const)))(
    '%s, %d workers: at most 2 refusals in the first window, and nearly the whole limit afterwards',
    async (kind, workers) => {
      for (const quotas of [[], [{ limit: 'discover' as const, windowMs: 10_000 }]]) {
        for (let seed = 1; seed <= 5; seed++) {
          const platform = platformOf(kind, 50, 10_000, (seed * 997) % 10_000);
          const load = { untilMs: 140_000, seed, workers, headers: headersOf(platform) };
          const { accepted, refused, failed } = await saturate({ governor: { quotas } }, platform, load);
          expect(between(refused, 0, 10_000)).toBeLessThanOrEqual(2);
          expect(between(refused, 10_000, 140_000)).toBeLessThanOrEqual(13);
          expect(between(accepted, 20_000, 140_000) / (12 * 50)).toBeGreaterThanOrEqual(0.97);
          expect(failed).toBe(0);
        }
      }
    },
  );

  const says = (remaining: number, seconds: number) => (): Reply => ({
    ms: 10,
    headers: { 'x-ratelimit-remaining': String(remaining), 'x-ratelimit-reset': String(seconds) },
  });

  it('holds back its route only', async () => {
    const bench = new Bench({ governor: { gateJitterMs: 0 } });
    void bench.call('told', { path: '/a', reply: says(0, 5) });
    await bench.clock.advance(10);
    void bench.call('same', { path: '/a', reply: says(9, 5) });
    void bench.call('other', { path: '/b' });
    await bench.clock.run();
    expect(bench.wire).toBe('told@0 other@10 same@5010');
  });

  it('with a reset in a year holds a route for a minute, and not again where the report was false', async () => {
    const bench = new Bench({ governor: { gateJitterMs: 0 } });
    bench.reply = says(0, 31_536_000);
    void bench.calls(5, 'c');
    await bench.clock.run();
    void bench.calls(5, 'd');
    await bench.clock.run();
    const later = bench.sent.slice(5).map(({ at }) => at);
    expect(later).toEqual([60_010, 60_020, 60_030, 60_030, 60_030]);
  });

  it('holds nothing back once answers report no remaining permits', async () => {
    const bench = new Bench({ governor: { gateJitterMs: 0 } });
    void bench.call('told', { reply: says(4, 50) });
    await bench.clock.advance(10);
    bench.reply = () => ({ ms: 10 });
    void bench.calls(20, 'c');
    await bench.clock.advance(10);
    expect(bench.settled).toHaveLength(5);
    await bench.clock.advance(10);
    expect(bench.settled).toHaveLength(21);
  });
});
