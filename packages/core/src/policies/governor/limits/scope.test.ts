import { describe, expect, it } from 'vitest';
import { AdaptiveQuota } from '../learning/adaptive-quota.js';
import { type AttemptResult } from '../learning/types.js';
import type { Quota } from '../options.js';
import { Scope } from './scope.js';
import type { Attempt } from '../../../contract/counting.js';
import { Pacer } from './pacer.js';

const SECOND = 1_000;
const perSecond = (limit: number, more: Partial<Quota> = {}): Quota => ({
  limit,
  windowMs: SECOND,
  enforcement: 'sliding',
  ...more,
});
const newScope = (name = 's'): Scope => new Scope(name, '', name, false);

/** A scope with quotas and attempts. */
class Bench {
  readonly scope = newScope();
  #order = 0;

  constructor(...quotas: Quota[]) {
    this.scope.setQuotas(quotas, 0);
  }

  freeAt(now: number, weight = 1): number {
    return this.scope.freeAt(now, weight, 0);
  }

  take(now: number, weight = 1): Attempt {
    const attempt = { weight, order: ++this.#order, sentAt: now };
    this.scope.take(now, weight, attempt.order);
    return attempt;
  }

  /** Sends `n` attempts that are answered at once. */
  pass(now: number, n: number, ended: AttemptResult = 'accepted'): void {
    for (let i = 0; i < n; i++) this.scope.end(now, this.take(now), ended);
  }

  /** Returns how many attempts may leave at once. */
  atOnce(now: number): number {
    let n = 0;
    while (this.freeAt(now) <= now && n < 1_000) {
      this.take(now);
      n++;
    }
    return n;
  }

  get used(): (number | undefined)[] {
    return this.scope.snapshot(0).quotas.map(({ used }) => used);
  }
}

describe('a scope lets an attempt pass', () => {
  it('when all its quotas do', () => {
    const it = new Bench(perSecond(3), { ...perSecond(5), windowMs: 10 * SECOND });
    it.pass(0, 3);
    expect([it.freeAt(0), it.freeAt(SECOND)]).toEqual([SECOND, SECOND]);
    it.pass(SECOND, 2);
    expect(it.freeAt(SECOND)).toBe(10 * SECOND);
    expect(it.freeAt(SECOND, 3)).toBe(10 * SECOND);
    expect(it.freeAt(SECOND, 4)).toBe(Infinity);
  });

  it('and starts without a last use', () => {
    const { scope } = new Bench();
    expect([scope.usedAt < 0, scope.isRestored]).toEqual([true, false]);
    scope.take(5, 1, 1);
    expect(scope.usedAt).toBe(5);
  });

  it('at once without quotas', () => {
    expect(new Bench().freeAt(7)).toBe(7);
  });

  it('when its gate is open, and after a closing first one probe', () => {
    const { scope } = new Bench(perSecond(9));
    scope.gate.close(400, 0);
    expect([scope.freeAt(0, 1, 0), scope.take(400, 1, 1), scope.take(400, 1, 2)]).toEqual([400, true, true]);
    scope.gate.open();
    expect(scope.take(400, 1, 3)).toBe(false);
  });

  it('when fewer attempts are on the wire than `maxConcurrent`', () => {
    const it = new Bench();
    it.scope.maxConcurrent = 2;
    const first = it.take(0);
    it.take(0);
    expect(it.freeAt(0)).toBe(Infinity);
    it.scope.end(5, first, 'unknown');
    expect(it.freeAt(5)).toBe(5);
    const third = it.take(5);
    expect(it.freeAt(5)).toBe(Infinity);
    it.scope.undo(third);
    expect(it.freeAt(5)).toBe(5);
  });

  it('when its learned limit does', () => {
    const it = new Bench();
    it.scope.learned = new AdaptiveQuota({ limit: 2, windowMs: SECOND, enforcement: 'sliding' });
    it.pass(0, 1);
    const attempt = it.take(0);
    expect(it.freeAt(0)).toBe(SECOND);
    it.scope.undo(attempt);
    expect(it.freeAt(0)).toBe(0);
  });

  it('at the rate of its pacer', () => {
    const it = new Bench();
    it.scope.pacer = new Pacer(10, 0, true);
    it.pass(0, 1);
    expect(it.freeAt(0)).toBe(100);
  });
});

describe('a quota that is smoothed', () => {
  const bucket = (more: Partial<Quota>): Quota => perSecond(10, { shape: 'smooth', ...more });
  it.each<[string, Quota, atOnce: number, nextAt: number]>([
    ['bursts by the configured burst, and refills at its rate', bucket({ burst: 3, ratePerSec: 5 }), 3, 200],
    ['bursts by the whole limit without a configured burst', bucket({ ratePerSec: 5 }), 10, Infinity],
    ['refills at the average of its limit without a configured rate', bucket({ burst: 4 }), 4, 100],
    ['bursts no more than its limit', bucket({ burst: 40 }), 10, Infinity],
    ['is not smoothed by a burst of the platform', perSecond(10, { burst: 3, enforcement: 'bucket' }), 3, Infinity],
  ])('%s', (_, quota, atOnce, nextAt) => {
    const it = new Bench(quota);
    expect([it.atOnce(0), it.freeAt(0)]).toEqual([atOnce, nextAt]);
  });

  it('gets back permits of unsent attempts', () => {
    const it = new Bench(bucket({ burst: 1, ratePerSec: 1 }));
    const attempt = it.take(0);
    expect(it.freeAt(0)).toBe(SECOND);
    it.scope.undo(attempt);
    expect(it.freeAt(0)).toBe(0);
  });

  it('keeps its tokens with new numbers, and stops smoothing where configured', () => {
    const quota = bucket({ burst: 2, ratePerSec: 1 });
    const it = new Bench(quota);
    it.pass(0, 2);
    it.scope.setQuotas([{ ...quota, ratePerSec: 10 }], 0);
    expect(it.freeAt(0)).toBe(100);
    it.scope.setQuotas([perSecond(10)], 0);
    expect(it.freeAt(0)).toBe(0);
  });
});

describe('new quotas', () => {
  it('keep the count of the quota with the same name', () => {
    const it = new Bench(perSecond(5, { name: 'a' }), perSecond(6, { name: 'b' }));
    it.pass(0, 2);
    const [a, b] = it.scope.quotas;
    it.scope.setQuotas([{ ...perSecond(7, { name: 'b' }), windowMs: 500 }, perSecond(9, { name: 'a' })], 0);
    expect([it.scope.quotas[0] === b, it.scope.quotas[1] === a]).toEqual([true, true]);
    expect(it.scope.quotas.map(({ quota: { limit }, adaptive }) => [limit, adaptive.limit, adaptive.used(0)])).toEqual([
      [7, 7, 2],
      [9, 9, 2],
    ]);
  });

  it('without a name keep the count of the same window, once', () => {
    const it = new Bench(perSecond(5), { ...perSecond(6), windowMs: 5 * SECOND });
    const [short, long] = it.scope.quotas;
    it.scope.setQuotas([{ ...perSecond(8), windowMs: 5 * SECOND }, perSecond(9), perSecond(10)], 0);
    const [first, second, third] = it.scope.quotas;
    expect([first === long, second === short, third === short || third === long]).toEqual([true, true, false]);
  });

  it('that are identical change nothing', () => {
    const quotas = [perSecond(5), { ...perSecond(6), windowMs: 5 * SECOND }];
    const it = new Bench(...quotas);
    const before = it.scope.quotas;
    it.scope.setQuotas([...quotas], 0);
    expect(it.scope.quotas).toBe(before);
    it.scope.setQuotas(quotas.slice(0, 1), 0);
    expect(it.scope.quotas.length).toBe(1);
    it.scope.setQuotas(quotas, 0);
    it.scope.setQuotas([quotas[0] as Quota, { ...perSecond(1), windowMs: 5 * SECOND }], 0);
    expect(it.scope.quotas.map(({ adaptive }) => adaptive.limit)).toEqual([5, 1]);
    it.scope.setQuotas([], 0);
    expect(it.freeAt(0)).toBe(0);
  });

  it.each([
    ['last', 1],
    ['first', -1],
  ])('count earlier attempts: those of the quota with the longest window, the %s, and those in flight', (_, by) => {
    const others = [perSecond(50, { name: 'a' }), perSecond(50, { name: 'b', windowMs: 9 * SECOND })];
    const it = new Bench(...others.sort((a, b) => by * (a.windowMs - b.windowMs)));
    it.pass(0, 2);
    it.pass(2 * SECOND, 1);
    const out = it.take(2 * SECOND);
    it.scope.setQuotas([perSecond(50, { name: 'c', windowMs: 20 * SECOND })], 2 * SECOND);
    expect(it.scope.quotas[0]?.adaptive.used(2 * SECOND)).toBe(4);
    it.scope.end(2 * SECOND, out, 'accepted');
    expect(it.scope.quotas[0]?.adaptive.used(30 * SECOND)).toBe(0);
  });

  it('differ from the replaced ones', () => {
    const it = new Bench(perSecond(50, { windowMs: 9 * SECOND }), perSecond(50));
    it.pass(0, 5);
    it.scope.setQuotas([perSecond(50, { name: 'new', windowMs: 20 * SECOND })], 5 * SECOND);
    expect(it.scope.quotas[0]?.adaptive.used(5 * SECOND)).toBe(5);
  });

  it('to be discovered are not smoothed', () => {
    const it = new Bench({ limit: 'discover', windowMs: SECOND, shape: 'smooth' });
    expect([it.scope.quotas[0]?.bucket, it.atOnce(0)]).toEqual([undefined, 1_000]);
  });

  it('in a scope without quotas count the attempts in flight', () => {
    const it = new Bench();
    const heavy = it.take(0, 3);
    it.take(0);
    it.scope.setQuotas([perSecond(5)], 0);
    expect(it.used).toEqual([4]);
    it.scope.undo(heavy);
    expect(it.used).toEqual([1]);
  });
});

describe('an attempt that ended', () => {
  it('counts for one window from its answer on, in all quotas', () => {
    const it = new Bench(perSecond(5), perSecond(9, { name: 'b' }));
    it.scope.end(300, it.take(0, 2), 'unknown');
    expect([it.used, it.scope.inFlight, it.scope.permits, it.scope.usedAt]).toEqual([[2, 2], 0, 0, 0]);
    expect(it.freeAt(300, 4)).toBe(SECOND + 300);
  });

  it('teaches the quota that refused, and counts in the others', () => {
    const it = new Bench(perSecond(5), perSecond(9, { name: 'b' }));
    const [a, b] = it.scope.quotas;
    it.scope.end(10, it.take(0), { until: 500, roundedMs: 0 }, b?.adaptive);
    expect([a?.adaptive.evidence.refusals, b?.adaptive.evidence.refusals]).toEqual([0, 1]);
    expect(a?.adaptive.used(10)).toBe(1);
  });

  it('teaches the limit of a route without a quota', () => {
    const it = new Bench(perSecond(5));
    const learned = new AdaptiveQuota({ limit: Infinity, windowMs: SECOND, enforcement: 'auto' });
    it.scope.learned = learned;
    it.pass(0, 4);
    it.scope.end(10, it.take(0), { until: 500, roundedMs: 0 }, learned);
    expect(learned.limit).toBe(4);
    expect(it.scope.quotas[0]?.adaptive.evidence.refusals).toBe(0);
    const { quotas, learned: shown } = it.scope.snapshot(10);
    expect([quotas[0]?.used, shown?.limit, shown?.given, shown?.name]).toEqual([5, 4, 'discover', undefined]);
  });
});

describe('a report of remaining permits', () => {
  it('holds until its reset, including permits in flight', () => {
    const it = new Bench(perSecond(100));
    it.take(0, 2);
    it.scope.recordRemaining(5, 700, 1);
    expect([it.freeAt(0, 3), it.freeAt(0, 4)]).toEqual([0, 700]);
    it.take(0, 3);
    expect([it.freeAt(0), it.freeAt(700)]).toEqual([700, 700]);
    expect(it.freeAt(699)).toBe(699);
  });

  it('is used by new attempts, and gets back unsent permits', () => {
    const it = new Bench();
    it.scope.recordRemaining(1, 700, 0);
    const attempt = it.take(0);
    expect(it.freeAt(0)).toBe(700);
    it.scope.undo(attempt);
    expect([it.freeAt(0), it.scope.permits, it.scope.inFlight]).toEqual([0, 0, 0]);
  });

  it('is replaced by the report of a later attempt, not of an earlier one', () => {
    const it = new Bench();
    it.scope.recordRemaining(0, 700, 5);
    it.scope.recordRemaining(9, 900, 4);
    expect(it.freeAt(0)).toBe(700);
    it.scope.recordRemaining(0, 800, 5);
    expect(it.freeAt(0)).toBe(800);
    it.scope.recordRemaining(3, 900, 6);
    expect(it.freeAt(0)).toBe(0);
  });

  it('shortens no wait', () => {
    const it = new Bench(perSecond(1));
    it.pass(0, 1);
    it.scope.recordRemaining(50, 500, 1);
    expect(it.freeAt(0)).toBe(SECOND);
    it.scope.recordRemaining(0, 500, 2);
    expect(it.freeAt(0)).toBe(SECOND);
  });
});

describe('an estimate', () => {
  it('is the earliest time without limits', () => {
    expect(new Bench().scope.estimate(0, 50, 300)).toBe(300);
  });

  it('is that of a single limit', () => {
    const scope = new Bench(perSecond(10)).scope;
    expect([scope.estimate(0, 10, 0), scope.estimate(0, 11, 0), scope.estimate(0, 11, 300)]).toEqual([0, 1_000, 1_300]);
  });

  it('waits for the reset of a report where too few permits remain', () => {
    const { scope } = new Bench();
    scope.recordRemaining(5, 700, 0);
    expect([scope.estimate(0, 5, 0), scope.estimate(0, 6, 0), scope.estimate(0, 6, 900)]).toEqual([0, 700, 900]);
  });

  it('combines several limits', () => {
    const it = new Bench(perSecond(2), perSecond(5, { windowMs: 10 * SECOND }));
    const at = (n: number): number => it.scope.estimate(0, n, 0);
    expect([2, 3, 5, 6, 8, 10.5].map(at)).toEqual([0, 1_000, 2_000, 10_000, 11_000, 20_000]);
  });

  it('includes buckets, pacing and learned limits', () => {
    const smooth = new Bench(perSecond(100, { shape: 'smooth', burst: 1, ratePerSec: 10 }));
    expect(smooth.scope.estimate(0, 11, 0)).toBeCloseTo(1_000, 6);
    const spaced = new Bench(perSecond(100));
    spaced.scope.pacer = new Pacer(10, 0, true);
    expect(spaced.scope.estimate(0, 11, 0)).toBeCloseTo(1_000, -2);
    const learned = new Bench();
    learned.scope.learned = new AdaptiveQuota({ limit: Infinity, windowMs: SECOND, enforcement: 'auto' });
    expect(learned.scope.estimate(0, 11, 0)).toBe(0);
    learned.scope.learned = new AdaptiveQuota({ limit: 2, windowMs: SECOND, enforcement: 'sliding' });
    expect(learned.scope.estimate(0, 3, 0)).toBe(1_000);
  });
});

describe('learned limits', () => {
  const learned = { limit: 3, windowMs: SECOND, counts: 'sliding' as const };

  it('are listed per quota, and for the route', () => {
    const it = new Bench(perSecond(5, { enforcement: 'auto', name: 'a' }), perSecond(9, { name: 'b' }));
    expect(it.scope.learnedLimits()).toEqual([]);
    it.scope.restore([{ name: 'a', given: 5, limit: 5, windowMs: SECOND, counts: 'bucket' }], 0);
    it.scope.learned = new AdaptiveQuota({ limit: Infinity, windowMs: SECOND, enforcement: 'auto' });
    it.scope.learned.adoptEstimate(learned, 0);
    expect(it.scope.learnedLimits()).toEqual([
      { name: 'a', given: 5, limit: 5, windowMs: SECOND, counts: 'bucket' },
      { name: undefined, given: 'discover', ...learned },
    ]);
  });

  it.each<[string, Quota, given: number | 'discover', name: string | undefined, windowMs: number, isRecalled: boolean]>(
    [
      ['the same quota', perSecond(5, { enforcement: 'auto' }), 5, undefined, SECOND, true],
      ['one of another limit', perSecond(5, { enforcement: 'auto' }), 6, undefined, SECOND, false],
      ['one of another window', perSecond(5, { enforcement: 'auto' }), 5, undefined, 2 * SECOND, false],
      ['one of another name', perSecond(5, { enforcement: 'auto', name: 'a' }), 5, 'b', SECOND, false],
      ['a discovered one with any window', { limit: 'discover', windowMs: SECOND }, 'discover', undefined, 7, true],
    ],
  )('is recalled by %s: %#', (_, quota, given, name, windowMs, isRecalled) => {
    const it = new Bench(quota);
    it.scope.restore([{ name, given, limit: 5, windowMs, counts: 'sliding' }], 0);
    expect(it.scope.quotas[0]?.adaptive.counts).toBe(isRecalled ? 'sliding' : undefined);
  });

  it('of two quotas with one limit are restored by window', () => {
    const it = new Bench(perSecond(5, { enforcement: 'auto' }), {
      ...perSecond(5, { enforcement: 'auto' }),
      windowMs: 2 * SECOND,
    });
    it.scope.restore([{ name: undefined, given: 5, limit: 5, windowMs: 2 * SECOND, counts: 'sliding' }], 0);
    expect(it.scope.quotas.map(({ counts }) => counts)).toEqual([undefined, 'sliding']);
  });

  it('of a route without a quota are restored there, except that of a given limit', () => {
    const it = new Bench();
    it.scope.learned = new AdaptiveQuota({ limit: Infinity, windowMs: SECOND, enforcement: 'auto' });
    it.scope.restore([{ name: undefined, given: 9, ...learned }], 0);
    expect(it.scope.learned.limit).toBe(Infinity);
    it.scope.restore([{ name: undefined, given: 'discover', ...learned }], 0);
    expect(it.scope.learned.limit).toBe(3);
  });
});

describe('a scope is idle', () => {
  it.each<[string, make: (it: Bench) => void, quotas: Quota[], now: number, idle: boolean]>([
    ['without attempts', () => undefined, [perSecond(1)], 0, true],
    ['not while an attempt is in flight', (it) => it.take(0), [], 0, false],
    ['not while an answer counts', (it) => it.pass(0, 1), [perSecond(1)], 999, false],
    ['when no answer counts', (it) => it.pass(0, 1), [perSecond(1)], 1_000, true],
    ['not while its gate is closed', (it) => it.scope.gate.close(500, 0), [], 400, false],
    ['not while a report holds', (it) => it.scope.recordRemaining(5, 500, 0), [], 499, false],
    ['after the reset of the report', (it) => it.scope.recordRemaining(5, 500, 0), [], 500, true],
    [
      'not while its bucket refills',
      (it) => it.pass(0, 1),
      [perSecond(10, { shape: 'smooth', ratePerSec: 0.5 })],
      1_900,
      false,
    ],
    [
      'when its bucket is full',
      (it) => it.pass(0, 1),
      [perSecond(10, { shape: 'smooth', ratePerSec: 0.5 })],
      2_000,
      true,
    ],
    [
      'not while one of its quotas counts',
      (it) => it.pass(0, 1),
      [perSecond(1), perSecond(5, { windowMs: 5_000 })],
      2_000,
      false,
    ],
  ])('%s', (_, make, quotas, now, idle) => {
    const bench = new Bench(...quotas);
    make(bench);
    expect(bench.scope.idle(now)).toBe(idle);
  });

  it('not while it has a learned limit', () => {
    const { scope } = new Bench();
    expect(scope.idle(0)).toBe(true);
    scope.learned = new AdaptiveQuota({ limit: 1, windowMs: SECOND, enforcement: 'sliding' });
    expect(scope.idle(0)).toBe(true);
    scope.take(0, 1, 1);
    scope.end(0, { weight: 1, order: 1, sentAt: 0 }, 'accepted');
    expect([scope.idle(0), scope.idle(SECOND)]).toEqual([false, true]);
  });
});

describe('waiting calls of a scope', () => {
  it('request as many permits as may leave: none while none may', () => {
    const { scope } = new Bench();
    scope.neededHere = 7;
    expect(scope.demand(0)).toBe(7);
    scope.gate.close(500, 0);
    expect([scope.demand(499), scope.demand(500)]).toEqual([0, 7]);
    scope.gate.pass(500);
    expect(scope.demand(501)).toBe(0);
  });

  it.each<[Quota, most: number]>([
    [perSecond(5), 5],
    [perSecond(5, { burst: 9, enforcement: 'bucket' }), 9],
    [perSecond(5, { burst: 2, shape: 'smooth' }), 5],
    [perSecond(5, { burst: 2, enforcement: 'bucket' }), 5],
    [perSecond(5, { burst: 9, shape: 'smooth' }), 5],
    [{ limit: 'discover', windowMs: SECOND }, Infinity],
  ])('it can never let go what is heavier than it ever grants: %j', (quota, most) => {
    const { scope } = new Bench(quota, perSecond(1_000_000, { name: 'other' }));
    expect(scope.findTooSmall(Math.min(most, 1_000))).toBeUndefined();
    expect(scope.findTooSmall(Math.min(most + 1, 2_000))).toBe(most < Infinity ? scope.quotas[0] : undefined);
  });

  it('detect a used-up quota by its count or its bucket', () => {
    const [window, bucket] = [perSecond(2), perSecond(9, { shape: 'smooth', burst: 2, name: 'b' })].map(
      (quota) => new Bench(quota),
    ) as [Bench, Bench];
    for (const it of [window, bucket]) {
      it.pass(0, 1);
      expect(it.scope.quotas[0]?.isSpent(0)).toBe(false);
      it.pass(0, 1);
      expect(it.scope.quotas[0]?.isSpent(0)).toBe(true);
      expect(it.scope.quotas[0]?.isSpent(SECOND)).toBe(false);
    }
  });
});

describe('a snapshot', () => {
  it('shows the scope as plain data', () => {
    const it = new Bench(perSecond(5, { name: 'a' }), { limit: 'discover', windowMs: SECOND });
    it.pass(0, 1);
    it.take(0);
    it.scope.gate.close(900, 1_234);
    const evidence = { refusals: 0, trials: 0, trialsPassed: 0 };
    expect(it.scope.snapshot(500)).toEqual({
      scope: 's',
      kind: 'credential',
      key: 's',
      inFlight: 1,
      waiting: 0,
      gate: 'closed',
      retryAt: 1_234,
      quotas: [
        { name: 'a', given: 5, limit: 5, windowMs: SECOND, used: 2, counts: 'sliding', evidence },
        {
          name: undefined,
          given: 'discover',
          limit: undefined,
          windowMs: SECOND,
          used: 2,
          counts: undefined,
          evidence,
        },
      ],
      learned: undefined,
    });
  });
});
