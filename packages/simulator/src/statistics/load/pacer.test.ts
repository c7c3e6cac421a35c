import { describe, expect, it } from 'vitest';
import { createRandomStream, type Random } from '../../random.js';
import { Limiter, type LimitSubject } from '../../limits/limiter.js';
import { parseLimits } from '../../option-parsing/parse-limits.js';
import type { Limit, LimitSettings } from '../../options/limit-options.js';
import { PLAIN_PATHS } from '../../paths/request-path.js';
import { LoadRecorder } from './load-recorder.js';
import type { LoadReport, PacingAdvice } from './load-report.js';
import { RatePacer, WindowPacer, acceptedPaces } from './pacer.js';

/** Arrivals of several tokens, in order of time: bursts, pauses and steady streams, drawn from a seed. */
function drawArrivals(random: Random, tokens: number, requests: number): { at: number; token: string }[] {
  const arrivals: { at: number; token: string }[] = [];
  for (let token = 0; token < tokens; token += 1) {
    let at = random.next() * 5000;
    for (let n = 0; n < requests; n += 1) {
      const kind = random.next();
      at += kind < 0.7 ? random.next() * 30 : kind < 0.95 ? random.next() * 2000 : random.next() * 40_000;
      arrivals.push({ at, token: `t${token}` });
    }
  }
  return arrivals.sort((a, b) => a.at - b.at);
}

function drawLimit(random: Random): Limit {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.next() * items.length)] as T;
  const enforcement = pick(['fixed', 'sliding', 'bucket'] as const);
  return {
    name: 'drawn',
    per: pick(['token', 'org']),
    limit: pick([1, 2, 3, 10, 60, 97, 300]),
    windowMs: pick([1000, 7001, 60_000]),
    enforcement,
    ...(enforcement === 'bucket' && { burst: pick([1, 5, 60]) }),
  };
}

const subjectOf = (token: string): LimitSubject => {
  return { method: 'GET', segments: ['a'], route: 'GET /a', token, client: 'c', user: 'u', tenant: 't', socket: '' };
};

/** Lets arrivals into a limiter and a recorder, and returns the number of refusals and the report. */
function run(
  limits: readonly LimitSettings[],
  arrivals: readonly { at: number; token: string }[],
): { refused: number; report: LoadReport } {
  const limiter = new Limiter(limits);
  const recorder = new LoadRecorder(0);
  let refused = 0;
  let now = 0;
  for (const { at, token } of arrivals) {
    now = at;
    const { applied, refusal } = limiter.admit(subjectOf(token), at);
    if (refusal !== undefined) refused += 1;
    const caller = { label: token, clientId: 'c', user: 'u', tenant: 't' };
    recorder.recordDecision({
      of: 'requests',
      applied,
      refusal,
      caller,
      subject: 'GET /a',
      namesTime: false,
      now: at,
    });
  }
  const sockets = { open: 0, peakOpen: 0, upgrades: 0, accepted: 0, framesIn: 0, framesOut: 0 } as never;
  return { refused, report: recorder.report({ now, enforced: false, sockets, calls: undefined }) };
}

/** Delays arrivals by the advice, each scope for itself. */
function pace(
  arrivals: readonly { at: number; token: string }[],
  per: Limit['per'],
  makePacer: () => { release(now: number): number },
): { paced: { at: number; token: string }[]; waits: number[] } {
  const pacers = new Map<string, { release(now: number): number }>();
  const waits: number[] = [];
  const paced = arrivals.map(({ at, token }) => {
    const scope = per === 'token' ? token : 'org';
    const pacer = pacers.get(scope) ?? makePacer();
    pacers.set(scope, pacer);
    const released = pacer.release(at);
    waits.push(released - at);
    return { at: released, token };
  });
  return { paced: paced.sort((a, b) => a.at - b.at), waits };
}

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0;

describe('pacing advice', () => {
  it('lets the same arrivals through without a refusal, and costs the waits that it names', () => {
    let advised = 0;
    for (let seed = 1; seed <= 150; seed += 1) {
      const random = createRandomStream(seed, 'pacing');
      const limit = drawLimit(random);
      const limits = parseLimits('limits', [limit], seed, PLAIN_PATHS);
      const arrivals = drawArrivals(random, 1 + Math.floor(random.next() * 4), 20 + Math.floor(random.next() * 400));
      const { refused, report } = run(limits, arrivals);
      const [load] = report.limits;
      expect(load?.throttled).toBe(refused);
      const advice = load?.pacing;
      if (refused === 0) {
        expect(advice).toBeUndefined();
        continue;
      }
      advised += 1;
      const { ratePerSec, burst, window, waitMaxMs, waitP95Ms, delayed } = advice as PacingAdvice;
      const byRate = pace(arrivals, limit.per, () => new RatePacer({ ratePerSec, burst }));
      const what = JSON.stringify({ seed, limit, ratePerSec, burst });
      expect(run(limits, byRate.paced).refused, what).toBe(0);
      expect(Math.max(...byRate.waits), what).toBeCloseTo(waitMaxMs, 6);
      expect(waitP95Ms, what).toBeGreaterThanOrEqual(quantile(byRate.waits, 0.95) * 0.999);
      expect(waitP95Ms, what).toBeLessThanOrEqual(quantile(byRate.waits, 0.95) * 1.03 + 0.02);
      expect(delayed, what).toBeGreaterThan(0);
      if (window === undefined) {
        expect(limit.enforcement).toBe('bucket');
        continue;
      }
      const [settings] = limits as [LimitSettings];
      const byWindow = pace(arrivals, limit.per, () => new WindowPacer(settings));
      expect(run(limits, byWindow.paced).refused, what).toBe(0);
      expect(Math.max(...byWindow.waits), what).toBeCloseTo(window.waitMaxMs, 6);
    }
    expect(advised).toBeGreaterThan(80);
  });

  it('takes the pace with the shortest longest wait of all that the limit accepts', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = createRandomStream(seed, 'best');
      const limit: Limit = { name: 'l', per: 'org', limit: 20, windowMs: 10_000, enforcement: 'sliding' };
      const limits = parseLimits('limits', [limit], seed, PLAIN_PATHS);
      const arrivals = drawArrivals(random, 3, 200);
      const { refused, report } = run(limits, arrivals);
      expect(refused).toBeGreaterThan(0);
      const advice = report.limits[0]?.pacing;
      const longest = acceptedPaces(limits[0] as LimitSettings).map((one) =>
        Math.max(...pace(arrivals, 'org', () => new RatePacer(one)).waits),
      );
      expect(advice?.waitMaxMs).toBeCloseTo(Math.min(...longest), 6);
    }
  });

  it('says over which time agents have to start', () => {
    // 200 agents sign in at once, and each reads its script: 60 a minute are allowed.
    const limit: Limit = { name: 'scripts', per: 'org', limit: 60, windowMs: 60_000, enforcement: 'sliding' };
    const limits = parseLimits('limits', [limit], 1, PLAIN_PATHS);
    const arrivals = Array.from({ length: 200 }, (_, n) => ({ at: n, token: `t${n}` }));
    const { refused, report } = run(limits, arrivals);
    expect(refused).toBe(140);
    const pacing = report.limits[0]?.pacing as PacingAdvice;
    expect(pacing.rampUp).toMatchObject({ agents: 200, requestsPerAgent: 1 });
    const overMs = pacing.rampUp?.overMs ?? 0;
    const spread = arrivals.map(({ token }, n) => ({ at: (n * overMs) / 199, token }));
    expect(run(limits, spread).refused).toBe(0);
    expect(overMs).toBeLessThan(205_000);
    expect(pacing.window?.waitMaxMs).toBeLessThan(180_010);
  });

  it('never lets a pace through that the window would refuse: bounds of every accepted pace', () => {
    for (const enforcement of ['fixed', 'sliding'] as const) {
      for (const limit of [1, 2, 5, 60, 300, 100_000]) {
        for (const one of acceptedPaces({ limit, windowMs: 60_000, enforcement, burst: limit })) {
          expect((limit + 1 - one.burst) * (1000 / one.ratePerSec)).toBeGreaterThan(60_000);
          expect(one.ratePerSec).toBeGreaterThan(0);
          expect(one.burst).toBeGreaterThanOrEqual(1);
        }
      }
    }
  });
});
