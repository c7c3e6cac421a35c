import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingWindow } from './sliding-window.js';

type Step =
  | ['take', at: number, weight?: number]
  | ['end', at: number, weight?: number]
  | ['undo', at: number, weight?: number]
  | ['free', at: number, weight: number, expected: number];

/** Plays steps on a window of 3 per 100 ms. */
function play(steps: Step[], window = new SlidingWindow(3, 100)): SlidingWindow {
  for (const step of steps) {
    const [what, at, weight = 1] = step;
    if (what === 'take') window.take(weight);
    else if (what === 'end') window.end(at, weight);
    else if (what === 'undo') window.undo(weight);
    else expect([...step.slice(0, 3), window.freeAt(at, weight)]).toEqual(step);
  }
  return window;
}

describe('a permit', () => {
  it.each<[string, Step[]]>([
    [
      'is free while fewer than the limit are in use',
      [
        ['take', 0],
        ['take', 0],
        ['free', 0, 1, 0],
        ['take', 0],
        ['free', 0, 1, Infinity],
      ],
    ],
    [
      'counts from its answer, not from its sending',
      [
        ['take', 0],
        ['take', 0],
        ['take', 0],
        ['end', 50],
        ['free', 60, 1, 150],
      ],
    ],
    [
      'is free again exactly windowMs after the answer, not before',
      [
        ['take', 0, 3],
        ['end', 10, 3],
        ['free', 109.9, 1, 110],
        ['free', 110, 1, 110],
        ['free', 110, 3, 110],
      ],
    ],
    [
      'costs its weight',
      [
        ['take', 0, 2],
        ['end', 0, 2],
        ['free', 5, 1, 5],
        ['free', 5, 2, 100],
        ['take', 5],
        ['end', 7],
        ['free', 8, 3, 107],
      ],
    ],
    [
      'has no known time while the missing permits are in flight',
      [
        ['take', 0],
        ['end', 0],
        ['take', 0, 2],
        ['free', 1, 1, 100],
        ['free', 1, 2, Infinity],
      ],
    ],
    [
      'that was not sent is free at once',
      [
        ['take', 0, 3],
        ['undo', 5, 1],
        ['free', 5, 1, 5],
        ['free', 5, 2, Infinity],
      ],
    ],
    ['heavier than the limit is never free', [['free', 0, 4, Infinity]]],
  ])('%s', (_, steps) => {
    expect(play(steps).limit).toBe(3);
  });

  it('is kept in order while the ring grows past sixteen runs, for every head position', () => {
    const window = new SlidingWindow(1000, 100);
    for (let i = 0; i < 10; i++)
      play(
        [
          ['take', i],
          ['end', i],
        ],
        window,
      );
    expect(window.used(105)).toBe(4);
    for (let i = 0; i < 500; i++)
      play(
        [
          ['take', 106],
          ['end', 106 + i / 10],
        ],
        window,
      );
    expect(window.used(156)).toBe(500);
    for (let i = 0; i < 500; i++) expect(window.used(206 + i / 10)).toBe(499 - i);
    expect(window.idle(256)).toBe(true);
  });
});

describe('new numbers', () => {
  it('apply to permits in use at once: a higher limit frees permits, a lower one holds permits back', () => {
    const window = play([
      ['take', 0, 3],
      ['end', 0, 3],
    ]);
    window.limit = 4;
    expect(window.freeAt(1, 1)).toBe(1);
    window.limit = 2;
    expect(window.freeAt(1, 1)).toBe(100);
    window.windowMs = 500;
    expect(window.freeAt(1, 1)).toBe(500);
  });

  it('a window that adopts another counts its permits for its own length', () => {
    const old = play([
      ['take', 0, 2],
      ['end', 0],
      ['end', 60],
      ['take', 61],
    ]);
    const young = new SlidingWindow(3, 30);
    young.adopt(old);
    expect([young.used(61), young.used(90)]).toEqual([2, 1]);
    young.end(90, 1);
    expect(young.used(119)).toBe(1);
    expect(young.used(120)).toBe(0);
  });
});

describe('estimate', () => {
  it.each<[string, Step[], now: number, n: number, from: number | undefined, expected: number]>([
    ['is now for free permits', [], 0, 3, undefined, 0],
    ['is one window later for the next round', [], 0, 4, undefined, 100],
    ['counts whole rounds', [], 0, 10, undefined, 300],
    [
      'follows the remembered answers',
      [
        ['take', 0, 3],
        ['end', 10],
        ['end', 20],
        ['end', 30],
      ],
      40,
      2,
      undefined,
      120,
    ],
    [
      'reaches the remembered answers again',
      [
        ['take', 0, 3],
        ['end', 10],
        ['end', 20],
        ['end', 30],
      ],
      40,
      5,
      undefined,
      220,
    ],
    ['takes attempts in flight as answered now', [['take', 0, 3]], 40, 1, undefined, 140],
    ['does so behind a gate too', [['take', 0, 3]], 40, 3, 60, 140],
    ['counts them no more where a gate ends after that', [['take', 0, 3]], 40, 3, 150, 150],
    [
      'combines answered, in-flight and free permits',
      [
        ['take', 0, 2],
        ['end', 10],
      ],
      40,
      3,
      undefined,
      140,
    ],
    [
      'starts at the end of a gate, when the window is empty',
      [
        ['take', 0, 3],
        ['end', 10, 3],
      ],
      40,
      3,
      1000,
      1000,
    ],
    [
      'continues one window after that',
      [
        ['take', 0, 3],
        ['end', 10, 3],
      ],
      40,
      4,
      1000,
      1100,
    ],
    [
      'includes permits that still count at the end of a gate',
      [
        ['take', 0, 3],
        ['end', 10],
        ['end', 20],
        ['end', 30],
      ],
      40,
      3,
      115,
      130,
    ],
  ])('%s', (_, steps, now, n, from, expected) => {
    expect(play(steps).estimate(now, n, from)).toBe(expected);
  });

  it('is correct where more permits are in use than a lowered limit allows', () => {
    const window = new SlidingWindow(10, 100);
    for (let i = 0; i < 10; i++)
      play(
        [
          ['take', i],
          ['end', i],
        ],
        window,
      );
    window.limit = 2;
    expect([1, 2, 3, 4, 5].map((n) => window.estimate(10, n))).toEqual([108, 109, 208, 209, 308]);
  });

  it('is the actual time of every permit, with immediate answers', () => {
    const past = fc.array(fc.nat(50), { maxLength: 20 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        past,
        fc.integer({ min: 1, max: 20 }),
        fc.nat(300),
        (limit, gaps, n, wait) => {
          const window = new SlidingWindow(limit, 100);
          let now = 0;
          for (const gap of gaps) {
            now = window.freeAt(now + gap, 1);
            window.take(1);
            window.end(now, 1);
          }
          const estimates = Array.from({ length: n }, (_, i) => window.estimate(now, i + 1, now + wait));
          const actual = [];
          let at = now + wait;
          for (let i = 0; i < n; i++) {
            at = window.freeAt(at, 1);
            window.take(1);
            window.end(at, 1);
            actual.push(at);
          }
          expect(estimates).toEqual(actual);
        },
      ),
    );
  });
});

describe('the remembered answers', () => {
  const answered = (window: SlidingWindow, times: number[]): SlidingWindow => {
    for (const at of times) {
      window.take(1);
      window.end(at, 1);
    }
    return window;
  };

  it('include the oldest answer and the number after a moment, until they are one window old', () => {
    const window = new SlidingWindow(3, 100);
    expect([window.oldestAt(0), window.countSince(0, -1), window.idle(0)]).toEqual([undefined, 0, true]);
    answered(window, [10, 20, 30]);
    expect(window.oldestAt(30)).toBe(10);
    expect([9, 10, 20, 30].map((time) => window.countSince(30, time))).toEqual([3, 2, 1, 0]);
    expect([window.oldestAt(110), window.countSince(110, 0), window.idle(110)]).toEqual([20, 2, false]);
    expect([window.oldestAt(130), window.idle(130)]).toEqual([undefined, true]);
  });

  it('are 4,096 without a limit, and all with a limit', () => {
    const times = Array.from({ length: 5_000 }, (_, i) => i / 100);
    const without = answered(new SlidingWindow(Infinity, 100), times);
    expect([without.used(50), without.oldestAt(50), without.countSince(50, 49)]).toEqual([4_096, 9.04, 99]);
    const within = answered(new SlidingWindow(6_000, 100), times);
    expect([within.used(50), within.oldestAt(50), within.countSince(50, 49)]).toEqual([5_000, 0, 99]);
  });

  it('ask another limit for the time of a permit only where the permit takes the place of a later one', () => {
    const window = answered(new SlidingWindow(3, 100), [10, 20]);
    const asked: number[] = [];
    const takenAt = (i: number): number => (asked.push(i), 1_000 * i);
    // The first permit is free, the next two replace those in use, the fourth replaces the first.
    expect([1, 2, 3, 4].map((n) => window.estimate(30, n, 30, takenAt))).toEqual([30, 110, 120, 1_100]);
    expect(asked).toEqual([1]);
  });

  it('do not delay attempts that leave long after the answers of those in flight', () => {
    const window = new SlidingWindow(2, 100);
    window.take(2);
    expect([window.estimate(0, 1, 99), window.estimate(0, 1, 100), window.estimate(0, 3, 100)]).toEqual([
      100, 100, 200,
    ]);
  });
});

describe('the cost of a call', () => {
  it('does not grow with its weight: ten million permits are one entry (issue 13)', () => {
    const heavy = new SlidingWindow(1e9, 1_000);
    for (let i = 0; i < 90; i++) {
      heavy.take(1e7);
      heavy.end(i, 1e7);
    }
    expect([heavy.used(100), heavy.freeAt(100, 1e8), heavy.freeAt(100, 1e8 + 1)]).toEqual([9e8, 100, 1_000]);
    expect(heavy.freeAt(100, 1e8 + 1e7 + 1)).toBe(1_001);
    expect(heavy.estimate(100, 1e8 + 1e7)).toBe(1_000);
    expect([heavy.countSince(100, 88), heavy.used(1_050), heavy.oldestAt(1_050)]).toEqual([1e7, 39 * 1e7, 51]);
  });

  it('combines permits of one moment, and those of another window', () => {
    const window = new SlidingWindow(10, 100);
    for (const [at, n] of [
      [0, 3],
      [0, 1],
      [10, 4],
    ] as const) {
      window.take(n);
      window.end(at, n);
    }
    const other = new SlidingWindow(5, 50);
    other.adopt(window);
    expect([
      window.used(20),
      window.freeAt(20, 2),
      window.freeAt(20, 3),
      window.freeAt(20, 6),
      window.freeAt(20, 7),
    ]).toEqual([8, 20, 100, 100, 110]);
    expect([other.used(20), other.freeAt(20, 1), other.freeAt(50, 1), other.used(60)]).toEqual([8, 50, 50, 0]);
  });

  it('includes a whole permit where a learned limit leaves a fraction', () => {
    const window = new SlidingWindow(2.5, 100);
    for (const at of [0, 10]) {
      window.take(1);
      window.end(at, 1);
    }
    expect([window.freeAt(20, 1), window.freeAt(20, 2)]).toEqual([100, 110]);
  });
});
