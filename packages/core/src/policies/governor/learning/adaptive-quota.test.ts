import { describe, expect, it } from 'vitest';
import { AdaptiveQuota } from './adaptive-quota.js';
import { type AttemptResult } from './types.js';
import type { Enforcement } from '../../../contract/counting.js';
import type { SharedCounting, QuotaTerms } from './types.js';
import type { Quota } from '../options.js';
import {
  between,
  Bucket,
  FixedWindows,
  platformOf,
  saturate,
  SlidingWindow,
  type Kind,
  type Load,
} from '../platforms.fixture.js';

const KINDS: Kind[] = ['fixed', 'sliding', 'bucket'];
const discover = (windowMs: number): { governor: { quotas: Quota[] } } => ({
  governor: { quotas: [{ limit: 'discover', windowMs }] },
});
const phase = (seed: number, windowMs: number): number => ((seed * 3_571) % 97) * (windowMs / 97);

describe('a discovered limit', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it.each(KINDS)(
      `of a %s platform is nearly used up from the third window on, at few refusals (seed ${seed})`,
      async (kind) => {
        const platform = platformOf(kind, 50, 10_000, phase(seed, 10_000));
        const { accepted, refused, failed } = await saturate(discover(10_000), platform, { untilMs: 300_000, seed });
        expect(between(accepted, 20_000, 300_000) / (50 * 28)).toBeGreaterThanOrEqual(0.95);
        // Discovery takes until the third window.
        expect(between(refused, 20_000, 300_000) / 2.8).toBeLessThanOrEqual(4);
        expect(failed).toBe(0);
      },
    );
  }

  it.each([1_000, 10_000, 60_000].flatMap((windowMs) => KINDS.map((kind) => [kind, windowMs] as const)))(
    'of a %s platform with windows of %d ms is found although a window of one minute was assumed',
    async (kind, windowMs) => {
      const platform = platformOf(kind, 20, windowMs, phase(5, windowMs));
      const { accepted, refused } = await saturate(discover(60_000), platform, { untilMs: 900_000, seed: 1 });
      const granted = (20 * 600_000) / windowMs;
      // Retry-After comes in whole seconds: in windows of one second much of the time is waited away.
      expect(between(accepted, 300_000, 900_000) / granted).toBeGreaterThanOrEqual(windowMs === 1_000 ? 0.45 : 0.9);
      expect(between(refused, 300_000, 900_000)).toBeLessThanOrEqual(0.05 * granted + 20);
    },
  );

  it.each(KINDS)('of a %s platform is followed when it is cut to half', async (kind) => {
    const load = { untilMs: 120_000, seed: 3, changes: [[60_000, 25]] as [number, number][] };
    const { accepted, refused } = await saturate(discover(10_000), platformOf(kind, 50, 10_000, 3_000), load);
    expect(between(accepted, 80_000, 120_000) / 100).toBeGreaterThanOrEqual(0.9);
    expect(between(refused, 80_000, 120_000)).toBeLessThanOrEqual(6);
  });

  it.each(KINDS)('of a %s platform is followed when it is doubled', async (kind) => {
    const load = { untilMs: 420_000, seed: 3, changes: [[60_000, 50]] as [number, number][] };
    const { accepted } = await saturate(discover(10_000), platformOf(kind, 25, 10_000, 3_000), load);
    expect(between(accepted, 300_000, 420_000) / 600).toBeGreaterThanOrEqual(0.9);
  });

  it.each<[string, kind: Kind, limit: number, windowMs: number, phaseMs: number, load: Partial<Load>]>([
    ['with edges named exactly', 'fixed', 100, 20_000, 5_000, { workers: 16, jitterMs: 0, exact: true }],
    [
      'where the first refusal overtakes answers of accepted attempts',
      'sliding',
      5,
      10_000,
      0,
      { workers: 10, jitterMs: 1, seed: 2 },
    ],
  ])(
    'is used to 90 %% with at most two refusals in ten windows, %s: %s, %d per %d ms',
    async (_, kind, limit, windowMs, phaseMs, load) => {
      const untilMs = 23 * windowMs;
      const platform = platformOf(kind, limit, windowMs, phaseMs);
      const { accepted, refused } = await saturate(discover(windowMs), platform, { seed: 1, untilMs, ...load });
      expect(between(accepted, 3 * windowMs, untilMs) / (20 * limit)).toBeGreaterThanOrEqual(0.9);
      expect(between(refused, 3 * windowMs, untilMs) / 2).toBeLessThanOrEqual(2);
    },
  );

  // Issue 3: one of these was refused up to 37 times in ten windows, and attributed to another scope in turn.
  it.each<[string, kind: Kind, limit: number, windowMs: number, phaseMs: number, load: Partial<Load>]>([
    ['a permit in 1.3 s', 'bucket', 34, 45_000, 0, { workers: 36, jitterMs: 172, seed: 414_269 }],
    ['a permit in 1.6 s', 'bucket', 32, 52_000, 0, { workers: 33, jitterMs: 42, seed: 246_700 }],
    ['a permit in 1.7 s, named exactly', 'bucket', 21, 36_000, 0, { workers: 37, jitterMs: 19, exact: true }],
    ['a permit in 2.8 s', 'bucket', 5, 14_000, 0, { workers: 17, jitterMs: 151, seed: 692 }],
    ['an odd window', 'fixed', 17, 22_000, 11_638, { workers: 34, exact: true, seed: 943_396_907 }],
    ['a first burst near its end', 'fixed', 239, 11_000, 5_313, { workers: 8, jitterMs: 139, exact: true }],
  ])(
    'is found, with one refusal in ten windows from the ninth on: %s (%s, %d per %d ms)',
    async (_, kind, limit, windowMs, phaseMs, load) => {
      const untilMs = 38 * windowMs;
      const platform = platformOf(kind, limit, windowMs, phaseMs);
      const { accepted, refused } = await saturate(discover(windowMs), platform, { seed: 1, untilMs, ...load });
      expect(between(accepted, 8 * windowMs, untilMs) / (30 * limit)).toBeGreaterThanOrEqual(0.95);
      expect(between(refused, 8 * windowMs, untilMs) / 3).toBeLessThanOrEqual(1);
    },
  );

  it('is found per route for a hidden route limit, and holds back no other route', async () => {
    const hidden = { '/few': new SlidingWindow(10, 10_000) };
    const platform = new SlidingWindow(10_000, 10_000);
    const load = { untilMs: 120_000, seed: 1, paths: ['/few', '/many'], workers: 60, hidden };
    const { line } = await saturate({ governor: { quotas: [{ limit: 500, windowMs: 10_000 }] } }, platform, load);
    const learned = line.snapshot().scopes.filter((scope) => scope.learned);
    expect(learned.map(({ scope, learned: own }) => [scope.replace(/.*:GET /, ''), own?.limit])).toEqual([
      ['/few', 10],
    ]);
  });
});

/** A quota that numbers its attempts. */
class Played {
  readonly quota: AdaptiveQuota;
  #order = 0;

  constructor(terms: Partial<QuotaTerms> = {}, shared?: SharedCounting) {
    this.quota = new AdaptiveQuota({ limit: Infinity, windowMs: 60_000, enforcement: 'auto', ...terms }, shared);
  }

  /** Sends one attempt now; the returned function ends it. */
  send(now: number): { order: number; end: (at: number, ended?: AttemptResult) => void } {
    const order = ++this.#order;
    this.quota.take(now, 1, order);
    return { order, end: (at, ended = 'accepted') => this.quota.end(at, { sentAt: now, weight: 1, order }, ended) };
  }

  pass(n: number, now: number, answeredAt = now): void {
    Array.from({ length: n }, () => this.send(now)).forEach(({ end }) => end(answeredAt));
  }

  refuse(now: number, waitMs: number, roundedMs = 1_000): void {
    this.send(now).end(now, { until: now + waitMs, roundedMs });
  }

  free(now: number, refusalToleranceMs = Infinity): number {
    return this.quota.freeAt(now, 1, refusalToleranceMs);
  }
}

describe('a refusal', () => {
  it('before any accepted attempt teaches nothing', () => {
    const played = new Played();
    played.refuse(0, 1_000);
    expect([played.quota.limit, played.quota.learnedLimit(), played.free(0)]).toEqual([Infinity, undefined, 0]);
  });

  it('for hours teaches nothing: such a quota is mostly invisible here', () => {
    const played = new Played();
    played.pass(5, 0);
    played.refuse(10, 3_600_000);
    expect(played.quota.limit).toBe(Infinity);
  });

  it('without a Retry-After teaches the limit, and not how the platform counts', () => {
    const played = new Played();
    played.pass(5, 0);
    played.send(10).end(10, { until: 3_010, roundedMs: Infinity });
    expect([played.quota.limit, played.quota.counts]).toEqual([5, undefined]);
  });

  it('overtakes answers of attempts accepted before, and these count', () => {
    const played = new Played();
    const sent = Array.from({ length: 5 }, () => played.send(0));
    sent.slice(0, 2).forEach(({ end }) => end(20));
    sent[2]?.end(21, { until: 30_000, roundedMs: 1_000 });
    sent.slice(3).forEach(({ end }) => end(22));
    expect(played.quota.limit).toBe(4);
  });

  it('of attempts already in flight teaches nothing more', () => {
    const played = new Played();
    played.pass(5, 0);
    const late = [played.send(5), played.send(5)];
    played.refuse(10, 30_000);
    late.forEach(({ end }) => end(12, { until: 30_012, roundedMs: 1_000 }));
    expect([played.quota.limit, played.quota.evidence.refusals]).toEqual([5, 3]);
  });

  it('does not count as a used permit', () => {
    const played = new Played();
    played.pass(5, 0);
    played.refuse(10, 30_000);
    expect([played.quota.used(10), played.quota.learnedLimit()?.limit]).toEqual([5, 5]);
  });

  it('is followed by a trial, alone and marked as a trial', () => {
    const played = new Played();
    played.pass(20, 0);
    played.refuse(10, 60_000);
    played.pass(20, 60_010);
    expect(played.free(60_020)).toBe(60_020);
    const trial = played.send(60_020);
    expect([played.quota.isTrial(trial.order), played.quota.isTrial(trial.order - 1)]).toEqual([true, false]);
    expect(played.free(60_021)).toBeGreaterThan(60_021);
    trial.end(60_040);
    expect(played.quota.limit).toBe(21);
    expect(played.quota.evidence).toEqual({ refusals: 1, trials: 1, trialsPassed: 1 });
  });

  it('of a trial confirms the limit', () => {
    const played = new Played();
    played.pass(20, 0);
    played.refuse(10, 60_000);
    played.pass(20, 60_010);
    const trial = played.send(60_020);
    trial.end(60_040, { until: 120_020, roundedMs: 1_000 });
    expect([played.quota.limit, played.quota.evidence.refusals]).toEqual([20, 2]);
    played.pass(20, 120_100);
    expect(played.free(120_110)).toBeGreaterThan(120_110);
  });

  // Issue 3: a wait of hours belongs to another quota.
  it.each<[string, ended: AttemptResult]>([
    ['for hours', { until: 3_660_000, roundedMs: 1_000 }],
    ['before anything got through', { until: 61_000, roundedMs: Infinity }],
  ])('that taught nothing, %s, is no reason to raise a limit for those that were out already', (_, ended) => {
    const played = new Played();
    played.pass(20, 0);
    played.refuse(10, 60_000);
    // No accepted attempt counts any more, so the second kind finds none.
    const out = Array.from({ length: 21 }, () => played.send(120_100));
    played.send(120_110).end(120_130, ended);
    out.forEach(({ end }) => end(120_140));
    expect(played.quota.limit).toBe(20);
  });

  it('is dropped by a reset', () => {
    const played = new Played();
    played.pass(5, 0);
    played.refuse(10, 30_000);
    expect(played.quota.limit).toBe(5);
    played.quota.reset(15);
    expect([played.quota.limit, played.quota.windowMs, played.free(20)]).toEqual([Infinity, 30_010, 20]);
  });

  it('is remembered while the limit may still hold; then the quota is idle', () => {
    const played = new Played({ windowMs: 10_000 });
    played.pass(5, 0);
    played.refuse(10, 8_000);
    expect(played.quota.idle(50_000)).toBe(false);
    expect(played.quota.idle(200_000)).toBe(true);
  });

  it('limits attempts to those accepted since, up to sixteen, for two windows at most', () => {
    const played = new Played({ windowMs: 10_000 });
    played.pass(30, 0);
    played.refuse(10, 10_000);
    const probe = played.send(10_100);
    expect(played.free(10_100, 0)).toBeGreaterThan(10_100);
    probe.end(10_150);
    const two = [played.send(10_150)];
    expect(played.free(10_150, 0)).toBeGreaterThan(10_150);
    two.forEach(({ end }) => end(10_200));
    expect(played.free(10_200, 0)).toBe(10_200);
    played.send(10_200);
    played.send(10_200);
    expect(played.free(10_250, 0)).toBe(20_010);
  });

  it('never lowers a limit below one', () => {
    const played = new Played({ limit: 5, windowMs: 10_000, enforcement: 'sliding' });
    for (const now of [0, 10_100, 20_200]) {
      played.pass(1, now);
      played.refuse(now + 50, 9_900);
    }
    expect(played.quota.limit).toBe(1);
  });
});

describe('a given limit', () => {
  const given = (enforcement: Enforcement = 'auto', more: Partial<QuotaTerms> = {}): Played =>
    new Played({ limit: 10, windowMs: 10_000, enforcement, ...more });

  it.each<[string, until: number, roundedMs: number, counts: string]>([
    ['at the edge of a fixed window, before the oldest answer leaves a sliding window', 7_020, 1_000, 'fixed'],
    ['when the oldest answer leaves a sliding window', 10_000, 1_000, 'sliding'],
    ['later than that, rounded up', 10_900, 1_000, 'sliding'],
  ])('that a refusal of one attempt beyond it points %s', (_, until, roundedMs, counts) => {
    const played = given();
    played.pass(10, 0);
    const askAt = played.free(0);
    expect(askAt).toBe(1_000);
    played.send(askAt).end(askAt + 20, { until, roundedMs });
    expect([played.quota.counts, played.quota.limit]).toEqual([counts, 10]);
    expect(played.free(1_100)).toBe(counts === 'fixed' ? until : 10_000);
    expect(played.quota.evidence).toEqual({ refusals: 1, trials: 1, trialsPassed: 0 });
  });

  it('is a bucket where the first trial is accepted, and a later one is refused', () => {
    const played = given();
    played.pass(10, 0);
    played.send(1_000).end(1_020);
    expect(played.free(1_030)).toBe(1_030);
    const next = played.send(1_030);
    next.end(1_050, { until: 2_050, roundedMs: 1_000 });
    expect([played.quota.counts, played.quota.limit]).toEqual(['bucket', 10]);
    expect(played.free(1_060)).toBeLessThanOrEqual(2_050);
  });

  it('that the platform does not enforce permanently holds in any window, without further trials', () => {
    const played = given();
    played.pass(10, 0);
    const out: number[] = [];
    for (let now = 0; now < 60_000; now += 10) {
      while (played.free(now) <= now) {
        const { order, end } = played.send(now);
        if (played.quota.isTrial(order)) out.push(now);
        end(now);
      }
    }
    expect(out.length).toBeLessThanOrEqual(4);
    expect(Math.max(...out)).toBeLessThan(20_000);
    expect(played.quota.counts).toBeUndefined();
  });

  it.each<[Enforcement, askAt: number | undefined]>([
    ['auto', 1_000],
    ['fixed', 1_000],
    ['sliding', undefined],
    ['bucket', undefined],
  ])("told to be '%s' is asked about at %s ms", (enforcement, askAt) => {
    const played = given(enforcement);
    played.pass(10, 0);
    const before = enforcement === 'bucket' ? 1_000 : 10_000;
    expect(played.free(0)).toBe(askAt ?? before);
    expect(played.free(0, 5_000)).toBe(before);
    played.send(1_000).end(1_000, 'unknown');
    expect(played.quota.evidence.trials).toBe(askAt === undefined && enforcement === 'bucket' ? 0 : 1);
  });

  it('repeats a trial whose answer was lost', () => {
    const played = given();
    played.pass(10, 0);
    played.send(1_000).end(1_030, 'unknown');
    expect(played.free(1_040)).toBeLessThan(10_000);
  });

  it('takes back a trial that was never sent', () => {
    const played = given();
    played.pass(10, 0);
    const { order } = played.send(1_000);
    played.quota.undo(1, order);
    expect([played.quota.evidence.trials, played.quota.isTrial(order), played.free(1_000)]).toEqual([0, false, 1_000]);
  });

  it('is lowered to the accepted attempts while another client uses it, and never exceeded', () => {
    const played = given('sliding');
    played.pass(4, 0);
    played.refuse(100, 9_900);
    // Issue 13: one refusal leaves half of the limit; another client may have used the rest once.
    expect([played.quota.limit, played.quota.isDiscovered]).toEqual([5, false]);
    for (let now = 10_000; now < 200_000; now += 50) while (played.free(now) <= now) played.pass(1, now);
    expect(played.quota.limit).toBe(10);
  });

  it('with a burst of the platform allows the burst at once', () => {
    const played = given('bucket', { burst: 25 });
    played.pass(25, 0);
    expect(played.free(0)).toBe(1_000);
  });

  // DESIGN §5: in any window, wherever it starts, a line sends at most `limit` attempts of a scope.
  it("told to be 'sliding' counts what was refused too, for a platform may count it", () => {
    const played = given('sliding');
    played.pass(9, 0);
    played.refuse(10, 100, 0);
    played.send(200).end(210);
    expect(played.free(220, 0)).toBe(10_000);
  });

  it.each([
    [10_000, 10_000],
    [20_000, 20_000],
  ])("told to be 'sliding' counts that too where nothing got through, in %d ms", (windowMs, free) => {
    const played = given('sliding');
    for (let i = 0; i < 9; i++) played.refuse(i * 100, 50, 0);
    played.quota.reconfigure({ limit: 10, windowMs, enforcement: 'sliding' }, 900);
    expect(played.free(900)).toBe(900);
    played.refuse(900, 50, 0);
    expect([played.free(1_000), played.free(free)]).toEqual([free, free]);
    // Other quotas count accepted attempts only.
    const other = given('fixed');
    for (let i = 0; i < 10; i++) other.refuse(i * 100, 50, 0);
    expect(other.free(1_000)).toBeLessThan(free);
  });

  it.each<[string, Partial<QuotaTerms>, free: number]>([
    ['a higher limit', { limit: 11 }, 100],
    ['a lower limit', { limit: 5 }, 10_000],
    ['another window', { windowMs: 20_000 }, 20_000],
    ['another enforcement', { enforcement: 'bucket' }, 1_000],
  ])('that is given %s counts what was sent', (_, terms, free) => {
    const played = given('sliding');
    played.pass(10, 0);
    played.quota.reconfigure({ limit: 10, windowMs: 10_000, enforcement: 'sliding', ...terms }, 100);
    expect(played.free(100)).toBe(free);
  });

  it('that is set to the same numbers again forgets nothing', () => {
    const played = given('sliding');
    played.pass(4, 0);
    played.refuse(100, 9_900);
    played.quota.reconfigure({ limit: 10, windowMs: 10_000, enforcement: 'sliding' }, 200);
    expect(played.quota.limit).toBe(5);
  });

  it('loses a burst with the terms that named the burst', () => {
    const played = given('bucket', { burst: 25 });
    played.quota.reconfigure({ limit: 10, windowMs: 10_000, enforcement: 'bucket' }, 0);
    played.pass(10, 0);
    expect(played.free(0)).toBe(1_000);
  });

  it('when lowered allows a heavier attempt once the whole limit is free', () => {
    const played = given('sliding');
    played.pass(4, 0);
    played.refuse(100, 9_900);
    expect(played.quota.freeAt(5_000, 8, 0)).toBe(10_000);
    expect(played.quota.freeAt(10_000, 8, 0)).toBe(10_000);
    expect(played.quota.freeAt(10_000, 11, 0)).toBe(Infinity);
  });
});

describe('scopes of one quota', () => {
  const terms: QuotaTerms = { limit: 10, windowMs: 10_000, enforcement: 'auto' };
  const found = (kind: Kind): { shared: SharedCounting; first: Played } => {
    const shared: SharedCounting = { counts: undefined };
    const first = new Played(terms, shared);
    first.pass(10, 0);
    const trial = first.send(1_000);
    if (kind === 'bucket') {
      trial.end(1_020);
      first.send(1_030).end(1_050, { until: 2_050, roundedMs: 1_000 });
    } else trial.end(1_020, { until: kind === 'fixed' ? 7_020 : 10_500, roundedMs: 1_000 });
    return { shared, first };
  };

  it.each<[Kind, asks: boolean, free: number]>([
    ['sliding', false, 10_000],
    ['bucket', false, 1_000],
    ['fixed', true, 1_000],
  ])('share the counting found by one of them: %s; edges may differ (trials: %s)', (kind, asks, free) => {
    const { shared, first } = found(kind);
    expect([first.quota.counts, shared.counts]).toEqual([kind, kind]);
    const second = new Played(terms, shared);
    second.pass(10, 0);
    expect(second.free(0)).toBe(free);
    second.send(1_000).end(1_010);
    expect(second.quota.isTrial(11)).toBe(false);
    expect(second.quota.evidence.trials > 0).toBe(asks || kind === 'sliding');
    expect(second.quota.counts).toBe(asks ? undefined : kind);
  });

  it('run their own trials where the counting is configured', () => {
    const second = new Played({ ...terms, enforcement: 'fixed' }, found('sliding').shared);
    second.pass(10, 0);
    expect(second.free(0)).toBe(1_000);
  });
});

describe('what was learned', () => {
  it.each<[string, Partial<QuotaTerms>, (played: Played) => void, unknown]>([
    ['nothing', {}, () => undefined, undefined],
    ['nothing of a given limit, while the counting is unknown', { limit: 5 }, (played) => played.pass(5, 0), undefined],
    [
      'nothing of a given limit, where the counting is configured',
      { limit: 5, enforcement: 'bucket' },
      () => undefined,
      undefined,
    ],
    [
      'the limit of a discovered quota',
      { windowMs: 10_000 },
      (played) => (played.pass(5, 0), played.refuse(10, 9_990)),
      { limit: 5, windowMs: 10_000, counts: 'sliding' },
    ],
  ])('%s', (_, terms, fn, learned) => {
    const played = new Played(terms);
    fn(played);
    expect(played.quota.learnedLimit()).toEqual(learned);
  });

  it.each<[Kind, free: number]>([
    ['sliding', 10_000],
    ['bucket', 1_000],
    ['fixed', 1_000],
  ])('is believed by the next start: %s', (counts, free) => {
    const played = new Played();
    played.quota.adoptEstimate({ limit: 10, windowMs: 10_000, counts }, 0);
    expect([played.quota.limit, played.quota.windowMs, played.quota.counts]).toEqual([10, 10_000, counts]);
    expect(played.quota.learnedLimit()).toEqual({ limit: 10, windowMs: 10_000, counts });
    const given = new Played({ limit: 10, windowMs: 10_000 });
    given.quota.adoptEstimate({ limit: 7, windowMs: 10_000, counts }, 0);
    given.pass(10, 0);
    // The edge of fixed windows must be found again.
    expect([given.quota.limit, given.free(0)]).toEqual([10, free]);
  });

  it.each<[string, Partial<QuotaTerms>]>([
    ['of another window', { limit: 10, windowMs: 5_000 }],
    ['where the counting is configured', { limit: 10, windowMs: 10_000, enforcement: 'sliding' }],
  ])('is not believed %s', (_, terms) => {
    const played = new Played(terms);
    played.quota.adoptEstimate({ limit: 10, windowMs: 10_000, counts: 'bucket' }, 0);
    expect(played.quota.counts).toBe(terms.enforcement);
  });
});

describe('fixed windows', () => {
  it('are found from one refusal, for every position of the edge', async () => {
    for (const phaseMs of [1_500, 3_000, 4_500, 6_000, 7_500, 9_000]) {
      const platform = new FixedWindows(50, 10_000, phaseMs);
      const config = { governor: { quotas: [{ limit: 50, windowMs: 10_000 }] } };
      const { accepted, refused, line } = await saturate(config, platform, { untilMs: 100_000, seed: 1 });
      expect(refused.length).toBe(1);
      // The first and the last window are granted too.
      expect(accepted.length / platform.wouldGrant(0, 100_000)).toBeGreaterThanOrEqual(0.99);
      expect(line.snapshot().scopes[0]?.quotas[0]).toMatchObject({ counts: 'fixed', limit: 50, given: 50 });
    }
  });

  it.each<[windowMs: number, roundedMs: number]>([
    [1_000, 1_000],
    [1_200, 1_000],
    [2_000, 1_000],
    [1_000, 1],
  ])('of %d ms are used up after a refusal whose wait is rounded to %d ms', async (windowMs, roundedMs) => {
    const platform = new FixedWindows(40, windowMs, 130);
    const { arrive } = platform;
    let isRefused = false;
    // One refusal that no limit explains.
    platform.arrive = (at) => {
      if (isRefused || at < 10_000) return arrive.call(platform, at);
      isRefused = true;
      return 600;
    };
    const config = { governor: { quotas: [{ limit: 40, windowMs }], enforcement: 'fixed' as const } };
    const load = { untilMs: 60_000, seed: 1, workers: 30, exact: roundedMs === 1 };
    const { accepted } = await saturate(config, platform, load);
    expect(between(accepted, 20_000, 60_000) / ((40 * 40_000) / windowMs)).toBeGreaterThanOrEqual(0.9);
  });

  it('get a limit back that refusals lowered, where their edge is known to a second only', () => {
    const played = new Played({ limit: 40, windowMs: 1_000, enforcement: 'fixed' });
    let now = 0;
    for (; now < 15_000; now += 10) {
      // Three refusals without a reason, after fewer and fewer permits.
      if (now % 3_000 === 2_900 && now < 9_000) played.refuse(now, 1_000);
      else if (played.free(now) <= now && played.quota.used(now) < 20) played.pass(1, now);
    }
    const lowered = played.quota.limit;
    for (; now < 60_000; now += 10) if (played.free(now) <= now) played.pass(1, now);
    expect(lowered).toBeLessThanOrEqual(20);
    expect(played.quota.limit).toBe(40);
  });

  it('keep the edge that is known when a refusal names none', () => {
    const played = new Played({ limit: 4, windowMs: 1_000, enforcement: 'fixed' });
    played.pass(4, 0);
    played.refuse(0, 300, 1);
    expect(played.free(0, -1)).toBe(300);
    played.pass(4, 300);
    expect(played.free(310, -1)).toBe(1_300);
    played.refuse(310, 1_000);
    expect(played.free(320, -1)).toBe(1_300);
  });
});

describe('a bucket of the platform', () => {
  it('is used up to a capacity above the limit where configured', async () => {
    const platform = new Bucket(17, 60_000, 250);
    const quota: Quota = { limit: 17, windowMs: 60_000, burst: 250, enforcement: 'bucket' };
    const { accepted, refused } = await saturate({ governor: { quotas: [quota] } }, platform, {
      untilMs: 600_000,
      seed: 1,
    });
    expect(between(accepted, 0, 5_000)).toBeGreaterThanOrEqual(250);
    expect(accepted.length / platform.wouldGrant(0, 600_000)).toBeGreaterThanOrEqual(0.98);
    expect(refused.length).toBe(0);
  });
});
