import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counter } from './counter.js';
import { type Interval } from '../../../contract/counting.js';

const at = (from: number, to = from): Interval => ({ from, to });

/** Sends `n` permits at `sentAt` and answers them at `answeredAt`. */
function pass(counter: Counter, n: number, answeredAt: number): Counter {
  for (let i = 0; i < n; i++) {
    counter.take(1);
    counter.end(answeredAt, 1);
  }
  return counter;
}

/** Sends `n` more permits. */
function send(counter: Counter, n: number): Counter {
  counter.take(n);
  return counter;
}

const unknown = (limit = 3, windowMs = 100): Counter => new Counter(limit, windowMs);
/** Fixed windows of 100 ms with three permits each. The current one ends at `edge`. */
function fixed(edge: Interval, now = 0, limit = 3): Counter {
  const counter = new Counter(limit, 100);
  counter.setFixed(edge, now);
  return counter;
}
function bucket(limit = 4, windowMs = 400, burst?: number): Counter {
  const counter = new Counter(limit, windowMs, burst);
  counter.setCounting('bucket');
  return counter;
}

type Step =
  | ['take', weight: number]
  | ['end', at: number, weight: number]
  | ['undo', weight: number]
  | ['free', at: number, weight: number, expected: number]
  | ['passed' | 'used' | 'left', at: number, expected: number]
  | ['edge', at: number, expected: Interval | undefined]
  | ['oldest', at: number, expected: number | undefined]
  | ['do', fn: (counter: Counter) => void];

function play(counter: Counter, steps: Step[]): void {
  for (const [i, step] of steps.entries()) {
    const told = `step ${i + 1}: ${JSON.stringify(step)}`;
    if (step[0] === 'take') counter.take(step[1]);
    else if (step[0] === 'end') counter.end(step[1], step[2]);
    else if (step[0] === 'undo') counter.undo(step[1]);
    else if (step[0] === 'do') step[1](counter);
    else if (step[0] === 'free') expect(counter.freeAt(step[1], step[2]), told).toBeCloseTo(step[3], 6);
    else if (step[0] === 'edge') {
      counter.freeAt(step[1], 1);
      expect(counter.edge, told).toEqual(step[2]);
    } else if (step[0] === 'oldest') expect(counter.oldestAt(step[1]), told).toBe(step[2]);
    else if (step[0] === 'passed') expect(counter.answered(step[1]), told).toBe(step[2]);
    else if (step[0] === 'used') expect(counter.used(step[1]), told).toBe(step[2]);
    else expect(counter.inFlight, told).toBe(step[2]);
  }
}

describe('while the counting of the platform is unknown', () => {
  it.each<[string, Step[]]>([
    [
      'the limit holds in any window, from the answers on',
      [
        ['take', 3],
        ['free', 0, 1, Infinity],
        ['end', 30, 2],
        ['free', 40, 1, 130],
        ['end', 50, 1],
        ['free', 40, 3, 150],
        ['passed', 50, 3],
        ['used', 129, 3],
        ['used', 130, 1],
        ['free', 150, 3, 150],
      ],
    ],
    [
      'permits in flight are used, but not answered',
      [
        ['take', 2],
        ['used', 0, 2],
        ['passed', 0, 0],
        ['left', 0, 2],
        ['undo', 1],
        ['used', 0, 1],
        ['end', 10, 1],
        ['passed', 10, 1],
      ],
    ],
    [
      'the oldest answer is one that still counts',
      [
        ['oldest', 0, undefined],
        ['take', 2],
        ['oldest', 0, undefined],
        ['end', 30, 1],
        ['end', 40, 1],
        ['oldest', 129, 30],
        ['oldest', 130, 40],
        ['oldest', 140, undefined],
      ],
    ],
    ['there is no edge', [['edge', 0, undefined]]],
    ['what is heavier than the limit is never free', [['free', 0, 4, Infinity]]],
  ])('%s', (_, steps) => play(unknown(), steps));
});

describe('a sliding window', () => {
  it('is the counting where nothing is known', () => {
    const counter = unknown();
    counter.setCounting('sliding');
    expect(counter.counts).toBe('sliding');
    pass(counter, 3, 20);
    play(counter, [
      ['free', 20, 1, 120],
      ['free', 119, 3, 120],
      ['free', 120, 3, 120],
    ]);
  });
});

describe('fixed windows', () => {
  it.each<[string, edge: Interval, Step[]]>([
    [
      'grant a whole limit again once the edge has surely passed',
      at(40, 50),
      [
        ['take', 3],
        ['end', 10, 3],
        ['free', 10, 1, 50],
        ['free', 49.9, 1, 50],
        ['free', 50, 3, 50],
        ['passed', 50, 0],
      ],
    ],
    [
      'follow each other without end',
      at(50),
      [
        ['edge', 49, at(50)],
        ['edge', 50, at(150)],
        ['edge', 1_049, at(1_050)],
        ['edge', 1_050, at(1_150)],
      ],
    ],
    [
      'count permits in flight in the window of their answer',
      at(50),
      [
        ['take', 2],
        ['free', 60, 1, 60],
        ['free', 60, 2, 150],
        ['end', 70, 2],
        ['used', 70, 2],
        ['free', 80, 2, 150],
        ['free', 150, 3, 150],
      ],
    ],
    [
      'count an answer in both windows while the edge may be passing',
      at(40, 50),
      [
        ['take', 3],
        ['end', 39, 1],
        ['end', 45, 2],
        ['free', 49, 1, 50],
        ['passed', 50, 2],
        ['free', 50, 1, 50],
        ['free', 50, 2, 150],
      ],
    ],
    [
      'are used up after a refusal, whatever was counted',
      at(50),
      [
        ['take', 1],
        ['do', (counter) => counter.fillWindow()],
        ['free', 10, 1, 50],
        ['used', 10, 3],
        ['end', 20, 1],
        ['free', 50, 3, 50],
      ],
    ],
    [
      'never count less than the observed permits when filled',
      at(50),
      [
        ['take', 3],
        ['end', 10, 3],
        ['do', (counter) => counter.fillWindow()],
        ['passed', 10, 3],
      ],
    ],
    [
      'drop their edge with the counting',
      at(50),
      [
        ['take', 3],
        ['end', 10, 3],
        ['do', (counter) => counter.setCounting()],
        ['edge', 60, undefined],
        ['free', 60, 1, 110],
      ],
    ],
  ])('%s', (_, edge, steps) => play(fixed(edge), steps));

  it('begin with the answers since their earliest start', () => {
    const counter = new Counter(10, 100);
    pass(counter, 2, 5);
    pass(counter, 3, 30);
    counter.setFixed(at(120, 125), 40);
    expect(counter.answered(40)).toBe(3);
  });

  it.each<[string, moment: Interval, fits: boolean, edge: Interval]>([
    ['the same edge, narrowed on both sides', at(45, 48), true, at(45, 48)],
    ['narrowed on one side', at(45, 60), true, at(45, 50)],
    ['three windows on', at(342, 347), true, at(42, 47)],
    ['no new information', at(0, 99), true, at(40, 50)],
    ['touching the later bound', at(50, 60), true, at(50, 50)],
    ['touching the earlier bound', at(20, 40), true, at(40, 40)],
    ['another edge', at(55, 70), false, at(40, 50)],
    ['just before', at(20, 39), false, at(40, 50)],
  ])('a moment may be their edge: %s', (_, moment, fits, edge) => {
    const counter = fixed(at(40, 50));
    expect(counter.refineEdge(10, moment)).toBe(fits);
    expect(counter.edge).toEqual(edge);
  });

  it('no reset refines a missing edge', () => expect(unknown().refineEdge(0, at(0, 1_000))).toBe(false));

  it('let no window hold more than the limit, for every arrival time and every edge', () => {
    const steps = fc.array(
      fc.record({ gap: fc.nat(60), rtt: fc.nat(90), place: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(
        steps,
        fc.nat(99),
        fc.nat(30),
        fc.nat(30),
        fc.integer({ min: 1, max: 5 }),
        (all, phase, before, after, limit) => {
          const counter = fixed(at(phase - before, phase + after), -200, limit);
          const windows = new Map<number, number>();
          const out: { at: number }[] = [];
          let now = 0;
          const answer = (until: number): void => {
            for (const one of out.filter(({ at: end }) => end <= until).sort((a, b) => a.at - b.at)) {
              out.splice(out.indexOf(one), 1);
              counter.end(one.at, 1);
            }
          };
          for (const { gap, rtt, place } of all) {
            now += gap;
            answer(now);
            if (counter.freeAt(now, 1) > now) continue;
            counter.take(1);
            out.push({ at: now + rtt });
            const window = Math.floor((now + place * rtt - phase) / 100);
            windows.set(window, (windows.get(window) ?? 0) + 1);
          }
          expect(Math.max(0, ...windows.values())).toBeLessThanOrEqual(limit);
        },
      ),
      // An answer that arrives exactly when the edge may have passed.
      {
        examples: [
          [
            [
              { gap: 3, rtt: 0, place: 0 },
              { gap: 1, rtt: 0, place: 0 },
            ],
            3,
            0,
            1,
            1,
          ],
        ],
      },
    );
  });
});

describe('a bucket that was found empty', () => {
  it.each<[string, sentAt: number[], holds: number]>([
    ['has lost the tokens of attempts sent no later', [100, 90], 0],
    ['loses the tokens of attempts sent later too', [100, 101], -1],
  ])('%s', (_, sentAt, holds) => {
    const counter = new Counter(10, 1_000);
    counter.setCounting('bucket');
    counter.take(2);
    counter.emptyBucket(200, 100);
    for (const at of sentAt) counter.end(200, 1, at);
    expect(counter.bucketTokens(300)).toBe(holds + 1);
  });
});

describe('a bucket', () => {
  it.each<[string, Counter, Step[]]>([
    [
      'grants all its tokens at once, then one at a time',
      bucket(),
      [
        ['free', 0, 4, 0],
        ['take', 4],
        ['free', 0, 1, Infinity],
        ['end', 10, 4],
        ['free', 10, 1, 110],
        ['free', 10, 2, 210],
        ['free', 110, 1, 110],
        ['free', 410, 4, 410],
      ],
    ],
    [
      'holds more than the limit with a larger burst',
      bucket(4, 400, 6),
      [
        ['free', 0, 6, 0],
        ['take', 6],
        ['end', 0, 6],
        ['free', 0, 1, 100],
        ['free', 0, 6, 600],
      ],
    ],
    [
      'holds less than the limit with a smaller burst',
      bucket(4, 400, 2),
      [
        ['take', 2],
        ['end', 0, 2],
        ['free', 0, 1, 100],
        ['free', 1_000, 2, 1_000],
      ],
    ],
    [
      'waits until it is full for a weight above its capacity',
      bucket(),
      [
        ['take', 1],
        ['free', 0, 5, Infinity],
        ['end', 10, 1],
        ['free', 10, 5, 110],
      ],
    ],
    [
      'counts an attempt from its answer on, not from its sending',
      bucket(1, 100),
      [
        ['take', 1],
        ['end', 70, 1],
        ['free', 100, 1, 170],
      ],
    ],
    [
      'gets back uncounted tokens',
      bucket(),
      [
        ['take', 4],
        ['undo', 3],
        ['free', 0, 3, 0],
      ],
    ],
    [
      'that refused is empty, and has its next token after the refill time at most, where one was expected now',
      bucket(),
      [
        ['do', (counter) => counter.emptyBucket(1_000)],
        ['free', 1_000, 1, 1_100],
        ['free', 1_000, 4, 1_400],
      ],
    ],
    [
      'that refused has its next token at the expected time, where that is sooner',
      bucket(),
      [
        ['take', 4],
        ['end', 1_000, 4],
        ['do', (counter) => counter.emptyBucket(1_050)],
        ['free', 1_050, 1, 1_100],
      ],
    ],
    [
      'that refused as its next token was expected has the token now: the attempt arrived before',
      bucket(),
      [
        ['take', 4],
        ['end', 1_000, 4],
        ['do', (counter) => counter.emptyBucket(1_100)],
        ['free', 1_100, 1, 1_100],
        ['free', 1_100, 2, 1_200],
      ],
    ],
    [
      'that refused has its next token no later, where it was overdrawn by our count',
      bucket(),
      [
        ['take', 8],
        ['end', 1_000, 8],
        ['free', 1_000, 1, 1_500],
        ['do', (counter) => counter.emptyBucket(1_050)],
        ['free', 1_050, 1, 1_150],
      ],
    ],
  ])('%s', (_, counter, steps) => play(counter, steps));

  it.each<[string, limit: number, windowMs: number, full: number]>([
    ['the same', 4, 400, 4],
    ['a higher limit', 8, 400, 8],
    ['a slower refill', 4, 4_000, 4],
    ['a lower limit', 2, 400, 2],
  ])('that is given %s keeps what it holds and is full when the rest has flowed in', (_, limit, windowMs, full) => {
    const counter = bucket();
    pass(counter, 3, 1_000);
    counter.reconfigure(1_000, limit, windowMs);
    expect(counter.freeAt(1_000, 1)).toBe(1_000);
    expect(counter.freeAt(1_000, 2)).toBeCloseTo(1_000 + windowMs / limit, 6);
    expect(counter.freeAt(1_000, full)).toBeCloseTo(1_000 + ((full - 1) * windowMs) / limit, 6);
  });

  it('keeps its burst with a new limit, takes a new burst, and drops the burst on request', () => {
    const counter = bucket(4, 400, 6);
    counter.reconfigure(0, 5);
    expect(counter.capacity).toBe(6);
    counter.reconfigure(0, 5, 500);
    expect(counter.capacity).toBe(6);
    counter.reconfigure(0, 5, 500, 8);
    expect(counter.capacity).toBe(8);
    counter.reconfigure(0, 5, 500, undefined);
    expect(counter.capacity).toBe(5);
  });

  it.each([3, 6, 7, 11, 13])('of %d is full at the exact ms despite rounding', (limit) => {
    const counter = pass(bucket(limit, 100), limit, 0);
    expect(counter.freeAt(100, limit)).toBe(100);
  });

  it('holds at least one token for any limit', () => expect(bucket(0.4, 100).capacity).toBe(1));

  it('is not idle until it is full again; a window, until its last answer is gone', () => {
    const counter = pass(bucket(4, 400, 8), 8, 0);
    expect([counter.idle(799), counter.idle(800)]).toEqual([false, true]);
    const window = pass(unknown(), 1, 0);
    expect([window.idle(99), window.idle(100)]).toEqual([false, true]);
    const overfull = pass(unknown(), 9, 0);
    expect([overfull.idle(99), overfull.idle(100)]).toEqual([false, true]);
  });

  it('never refuses attempts that are paced like a bucket', () => {
    const steps = fc.array(
      fc.record({ gap: fc.nat(300), rtt: fc.nat(250), place: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        maxLength: 80,
      },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 }), (all, limit, burst) => {
        const counter = bucket(limit, 400, burst);
        const arrivals: number[] = [];
        const out: number[] = [];
        let now = 0;
        for (const { gap, rtt, place } of all) {
          now += gap;
          for (const end of out.splice(0).sort((a, b) => a - b)) {
            if (end > now) out.push(end);
            else counter.end(end, 1);
          }
          if (counter.freeAt(now, 1) > now) continue;
          counter.take(1);
          out.push(now + rtt);
          arrivals.push(now + place * rtt);
        }
        let level = burst;
        let last = 0;
        for (const arrival of arrivals.sort((a, b) => a - b)) {
          level = Math.min(burst, level + ((arrival - last) * limit) / 400);
          last = arrival;
          expect(level).toBeGreaterThan(1 - 1e-6);
          level--;
        }
      }),
    );
  });
});

describe('without a limit', () => {
  it('every permit is free at once, for each counting', () => {
    const counter = unknown(Infinity);
    pass(counter, 100, 0);
    expect([counter.freeAt(0, 9), counter.estimate(0, 500, 7), counter.perPermitMs]).toEqual([0, 7, 0]);
    expect(counter.answered(50)).toBe(100);
    expect(bucket(Infinity).estimate(0, 500, 7)).toBe(7);
    counter.reconfigure(50, 100, 1_000, 100);
    expect([counter.limit, counter.windowMs]).toEqual([100, 1_000]);
    counter.setCounting('bucket');
    expect(counter.freeAt(50, 1)).toBe(50);
  });

  it('attempts sent before are counted by a quota created later', () => {
    const young = new Counter(3, 1_000);
    young.adopt(pass(unknown(Infinity), 3, 10));
    expect(young.freeAt(20, 1)).toBe(1_010);
    const full = bucket();
    full.adopt(pass(bucket(), 4, 10));
    expect(full.freeAt(20, 1)).toBe(110);
  });
});

describe('an estimate', () => {
  it.each<[string, make: () => Counter, n: number, from: number, expected: number]>([
    ['of fixed windows: a free permit', () => fixed(at(50)), 3, 0, 0],
    ['of the first permit after the edge', () => fixed(at(50)), 4, 0, 50],
    ['of the last permit of that window', () => fixed(at(50)), 6, 0, 50],
    ['of the first permit of the window after', () => fixed(at(50)), 7, 0, 150],
    ['after a gate that ends in the next window', () => fixed(at(50)), 3, 60, 60],
    ['of one permit more than that window holds', () => fixed(at(50)), 4, 60, 150],
    ['after a gate that ends three windows on', () => fixed(at(50)), 3, 260, 260],
    ['and one more', () => fixed(at(50)), 4, 260, 350],
    ['after a gate that ends at the edge, one more than the next window holds', () => fixed(at(50)), 4, 50, 150],
    ['before an edge that may be more than a window away', () => fixed(at(50, 110)), 4, 0, 110],
    ['of a permit that fits beside those in flight', () => send(fixed(at(50)), 2), 1, 0, 0],
    ['of one permit more than fits', () => send(fixed(at(50)), 2), 2, 0, 50],
    ['a used-up window', () => pass(fixed(at(50)), 3, 0), 1, 10, 50],
    ['a used-up window, after a gate that ends at its edge', () => pass(fixed(at(50)), 3, 0), 4, 50, 150],
    ['of a bucket: a token at hand', () => bucket(), 4, 0, 0],
    ['of a refilled token', () => bucket(), 6, 0, 200],
    ['of an empty bucket', () => pass(bucket(), 4, 0), 2, 0, 200],
    ['after a gate with a partial refill', () => pass(bucket(), 4, 0), 3, 150, 300],
    ['after a gate with a full refill', () => pass(bucket(), 4, 0), 4, 5_000, 5_000],
    ['of one token more than the capacity', () => pass(bucket(), 4, 0), 6, 5_000, 5_200],
    ['of unknown counting: any window', () => pass(unknown(), 3, 0), 4, 10, 200],
  ])('%s', (_, make, n, from, expected) => {
    expect(make().estimate(from > 10 ? 10 : from, n, from)).toBeCloseTo(expected, 6);
  });

  it('is the actual time of each permit, with immediate answers', () => {
    const made: fc.Arbitrary<() => Counter> = fc.oneof(
      fc.constant(() => unknown()),
      fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 4 })).map(
        ([phase, limit]) =>
          () =>
            fixed(at(phase), 0, limit),
      ),
      fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 8 })).map(
        ([limit, burst]) =>
          () =>
            bucket(limit, 400, burst),
      ),
    );
    fc.assert(
      fc.property(
        made,
        fc.array(fc.nat(60), { maxLength: 15 }),
        fc.integer({ min: 1, max: 15 }),
        fc.nat(500),
        (make, gaps, n, wait) => {
          const counter = make();
          let now = 0;
          for (const gap of gaps) {
            now = counter.freeAt(now + gap, 1);
            pass(counter, 1, now);
          }
          const estimates = Array.from({ length: n }, (_, i) => counter.estimate(now, i + 1, now + wait));
          let time = now + wait;
          for (const estimate of estimates) {
            time = counter.freeAt(time, 1);
            expect(time).toBeCloseTo(estimate, 6);
            pass(counter, 1, time);
          }
        },
      ),
    );
  });
});
