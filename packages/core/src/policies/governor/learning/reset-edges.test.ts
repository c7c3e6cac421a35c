import { describe, expect, it } from 'vitest';
import { between, platformOf, saturate, type Kind } from '../platforms.fixture.js';
import { ResetEdges } from './reset-edges.js';

describe('resets named by answers', () => {
  const around = (at: number): { from: number; to: number } => ({ from: at - 1_000, to: at + 1_000 });

  it('show an edge where three agree over a tenth of a window', () => {
    const resets = new ResetEdges();
    resets.recordReset(0, around(8_000), 10_000);
    resets.recordReset(500, around(8_500), 10_000);
    expect(resets.findEdge(500, 10_000)).toBeUndefined();
    resets.recordReset(1_000, around(17_600), 10_000);
    expect(resets.findEdge(1_000, 10_000)).toEqual({ from: 7_500, to: 8_600 });
    expect(resets.findEdge(9_000, 10_000)).toEqual({ from: 17_500, to: 18_600 });
  });

  it('are consistent from the first on', () => {
    const resets = new ResetEdges();
    for (const at of [100_000, 100_400, 100_800]) resets.recordReset(at, around(108_000), 10_000);
    expect(resets.findEdge(100_999, 10_000)).toBeUndefined();
    expect(resets.findEdge(101_000, 10_000)).toEqual(around(108_000));
    expect([resets.isConsistent(119_999, 10_000), resets.isConsistent(120_000, 10_000)]).toEqual([true, false]);
  });

  it('agree on an exact moment', () => {
    const resets = new ResetEdges();
    for (const at of [0, 500, 1_000]) resets.recordReset(at, { from: 8_000, to: 8_000 }, 10_000);
    expect(resets.findEdge(1_000, 10_000)).toEqual({ from: 8_000, to: 8_000 });
  });

  it('show no edge where they move with the answers, and are consistent for two windows', () => {
    const resets = new ResetEdges();
    expect(resets.isConsistent(0, 10_000)).toBe(false);
    for (let at = 0; at <= 9_000; at += 3_000) resets.recordReset(at, around(at + 5_000), 10_000);
    expect(resets.findEdge(9_000, 10_000)).toBeUndefined();
    expect([resets.isConsistent(19_999, 10_000), resets.isConsistent(20_000, 10_000)]).toEqual([true, false]);
  });

  it('are ignored once they were wrong', () => {
    const resets = new ResetEdges();
    for (const at of [0, 1_000, 2_000]) resets.recordReset(at, around(8_000), 10_000);
    expect(resets.findEdge(2_000, 10_000)).toBeDefined();
    resets.refute();
    expect(resets.findEdge(2_000, 10_000)).toBeUndefined();
    expect(resets.isConsistent(2_000, 10_000)).toBe(false);
  });
});

describe('issue 3: a line whose answers carry a reset', () => {
  const play = async (kind: Kind, seed: number, resetMs: (at: number, phase: number) => number) => {
    const phase = (seed * 997) % 10_000;
    const platform = platformOf(kind, 50, 10_000, phase);
    const { accepted, refused, failed } = await saturate(
      { governor: { quotas: [{ limit: 50, windowMs: 10_000 }] } },
      platform,
      {
        untilMs: 90_000,
        seed,
        headers: (at) => ({
          'x-ratelimit-limit': '50',
          'x-ratelimit-remaining': '50',
          'x-ratelimit-reset': String(Math.ceil(resetMs(at, phase) / 1_000)),
        }),
      },
    );
    return { late: between(accepted, 40_000, 90_000) / 250, refused: refused.length, failed };
  };
  const toEdge = (at: number, phase: number): number => 10_000 - ((((at - phase) % 10_000) + 10_000) % 10_000);

  it.each([1, 2, 3, 4, 5, 6])('uses every fixed window without a refusal (seed %d)', async (seed) => {
    const { late, refused, failed } = await play('fixed', seed, toEdge);
    expect([refused, failed]).toEqual([0, 0]);
    expect(late).toBeGreaterThanOrEqual(0.99);
  });

  it.each<[Kind, string, (at: number, phase: number) => number, number]>([
    ['sliding', 'an edge that is none', toEdge, 2],
    ['sliding', 'the same all the time', () => 5_000, 2],
    ['bucket', 'an edge that is none', toEdge, 6],
    ['bucket', 'the same all the time', () => 5_000, 6],
  ])('is misled by a %s platform that tells %s a few times, once', async (kind, _, resetMs, most) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { late, refused, failed } = await play(kind, seed, resetMs);
      expect(refused).toBeLessThanOrEqual(most);
      expect(failed).toBe(0);
      expect(late).toBeGreaterThanOrEqual(0.97);
    }
  });
});
