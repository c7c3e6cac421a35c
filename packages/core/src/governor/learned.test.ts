import { describe, expect, it } from 'vitest';
import { LearnedQuota } from './learned.js';

/** Attempts that are sent and answered at once. */
function pass(quota: LearnedQuota, now: number, n: number): void {
  for (let i = 0; i < n; i++) {
    quota.take(now, 1);
    quota.end(now, 1, true);
  }
}

function refuse(quota: LearnedQuota, now: number, until: number): void {
  quota.take(now, 1);
  quota.end(now, 1, false);
  quota.refused(now, until);
}

function probe(quota: LearnedQuota, now: number): boolean {
  pass(quota, now, 1);
  return quota.opened(now, 1);
}

const limitOf = ({ window }: LearnedQuota): [number, number] | undefined => window && [window.limit, window.windowMs];

/** 5 per 1,000 ms, learned at 1,000. */
function learned(): LearnedQuota {
  const quota = new LearnedQuota();
  pass(quota, 0, 5);
  refuse(quota, 0, 1000);
  probe(quota, 1000);
  return quota;
}

/** The same, confirmed by a second refusal: learned at 2,000. */
function confirmed(): LearnedQuota {
  const quota = learned();
  pass(quota, 1000, 4);
  refuse(quota, 1000, 2000);
  probe(quota, 2000);
  return quota;
}

/** What it lets through in each of `n` windows from `from` on. */
function saturate(quota: LearnedQuota, from: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => {
    const now = from + i * 1000;
    let sent = 0;
    for (; quota.freeAt(now, 1) <= now; sent++) pass(quota, now, 1);
    return sent;
  });
}

describe('a learned quota', () => {
  it('is none until a refusal', () => {
    const quota = new LearnedQuota();
    pass(quota, 0, 1000);
    expect([limitOf(quota), quota.freeAt(0, 1)]).toEqual([undefined, 0]);
  });

  it('is what got through between two openings, over the time between them', () => {
    const quota = new LearnedQuota();
    pass(quota, 0, 3);
    pass(quota, 400, 2);
    refuse(quota, 500, 1000);
    expect(probe(quota, 1000)).toBe(true);
    expect(limitOf(quota)).toEqual([5, 1000]);
    expect(quota.window?.used(1000)).toBe(1);
  });

  it('counts attempts whose answers the refusal overtook', () => {
    const quota = new LearnedQuota();
    for (let i = 0; i < 6; i++) quota.take(0, 1);
    quota.end(10, 1, false);
    quota.refused(10, 1000);
    for (let i = 0; i < 5; i++) quota.end(20, 1, true);
    probe(quota, 1000);
    expect(limitOf(quota)).toEqual([5, 1000]);
  });

  it('holds its limit from the probe on, with what is still in flight', () => {
    const quota = new LearnedQuota();
    pass(quota, 0, 5);
    refuse(quota, 0, 1000);
    quota.take(0, 2);
    probe(quota, 1000);
    expect(quota.window?.used(1000)).toBe(3);
    quota.end(1500, 2, true);
    expect([quota.window?.inFlight, quota.window?.used(2499), quota.window?.used(2500)]).toEqual([0, 2, 0]);
  });

  it.each<[string, (quota: LearnedQuota) => void]>([
    ['from a gate that was opened too early', (quota) => (refuse(quota, 0, 1000), probe(quota, 1000))],
    [
      'of a quota per hour or day, of which a part only was seen',
      (quota) => (pass(quota, 0, 5), refuse(quota, 1, 3_600_000), probe(quota, 3_600_000)),
    ],
    [
      'from a refusal that was about something else',
      (quota) => (pass(quota, 0, 5), refuse(quota, 1, 1000), quota.acquit(), probe(quota, 1000)),
    ],
    ['from a gate that no 429 closed', (quota) => (pass(quota, 0, 5), probe(quota, 1000))],
  ])('is not learned %s', (_, play) => {
    const quota = new LearnedQuota();
    play(quota);
    expect(limitOf(quota)).toBeUndefined();
  });

  it('counts anew after a minute without a refusal', () => {
    const quota = new LearnedQuota();
    pass(quota, 0, 100);
    pass(quota, 60_001, 5);
    refuse(quota, 60_001, 61_001);
    probe(quota, 61_001);
    expect(limitOf(quota)).toEqual([5, 1000]);
  });

  it('lets a call heavier than itself pass alone', () => {
    const quota = learned();
    expect(quota.freeAt(2000, 50)).toBe(2000);
  });

  it('grows by half each window after a single refusal, which may have seen a part only', () => {
    const limits = saturate(learned(), 2001, 10);
    expect([...new Set(limits)]).toEqual([8, 12, 18, 27, 41]);
  });

  it('is under trial until the larger limit has held or was refused', () => {
    const quota = confirmed();
    expect(quota.trying).toBe(false);
    saturate(quota, 13_000, 1);
    expect(quota.trying).toBe(true);
    refuse(quota, 13_000, 14_000);
    expect(quota.trying).toBe(false);
  });

  it('grows only where it is reached, after ten windows without a refusal, and faster each time', () => {
    const limits = saturate(confirmed(), 3000, 45);
    expect([...new Set(limits)]).toEqual([5, 6, 8, 12, 20]);
    expect(limits.indexOf(6)).toBeGreaterThanOrEqual(9);
    const idle = confirmed();
    expect([idle.freeAt(1e6, 1), limitOf(idle)]).toEqual([1e6, [5, 1000]]);
  });

  it('goes back to what was proven when growth is refused, and does not learn less from that', () => {
    const quota = confirmed();
    pass(quota, 13_000, 5);
    expect([quota.freeAt(13_000, 1), limitOf(quota)]).toEqual([13_000, [6, 1000]]);
    refuse(quota, 13_000, 14_000);
    refuse(quota, 13_000, 14_000);
    expect(limitOf(quota)).toEqual([5, 1000]);
    expect([probe(quota, 14_000), limitOf(quota)]).toEqual([true, [5, 1000]]);
    expect(saturate(quota, 15_000, 9)).toEqual([5, 5, 5, 5, 5, 5, 5, 5, 5]);
  });

  it('follows a limit that was lowered', () => {
    const quota = confirmed();
    pass(quota, 3000, 2);
    refuse(quota, 3000, 4000);
    probe(quota, 4000);
    expect(limitOf(quota)).toEqual([3, 2000]);
  });

  it('is forgotten when its window is empty and its knowledge old, not before', () => {
    const quota = learned();
    expect([quota.idle(1500), quota.idle(5000), quota.idle(11_001)]).toEqual([false, false, true]);
    quota.take(11_001, 1);
    expect(quota.idle(50_000)).toBe(false);
  });
});
